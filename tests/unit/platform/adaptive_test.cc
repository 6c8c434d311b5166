// SPDX-License-Identifier: Apache-2.0
// A model that moves between the two devices of drifting_plugin, whose speed and clock are the test's: switches happen at exact frames.
#include "inlay/adaptive.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <thread>

#include "inlay/graph.h"
#include "inlay/placement.h"
#include "tests/unit/platform/drifting_plugin.h"
#include "tools/emit/emit.h"
#include "tools/inlay/handles.h"

namespace inlay::tools {
namespace {

using drifting::Board;

constexpr int32_t kSize = 8;
/// NEG is at home on device 0, ABS on device 1: 72 us as stored, 98 us on device 1 alone.
constexpr uint16_t kOps[] = {INLAY_OP_NEG, INLAY_OP_RELU, INLAY_OP_NEG, INLAY_OP_ABS, INLAY_OP_NEG, INLAY_OP_RELU, INLAY_OP_NEG};

/// The plug-in is loaded once: a process keeps its backends.
Board& board() {
  static Board* const found = [] {
    const inlay_backend* loaded = nullptr;
    inlay_error error{};
    check(inlay_backend_load(INLAY_DRIFTING_PLUGIN, &loaded, &error), error, "loading the drifting devices");
    void* library = dlopen(INLAY_DRIFTING_PLUGIN, RTLD_NOW | RTLD_LOCAL);  // the one that is loaded
    return reinterpret_cast<decltype(&drifting_board)>(dlsym(library, "drifting_board"))();
  }();
  return *found;
}

const uint64_t* usual_ns(uint16_t kind) {
  return kind == INLAY_OP_NEG ? drifting::kNegNs : kind == INLAY_OP_ABS ? drifting::kAbsNs : drifting::kReluNs;
}

class Adaptive : public testing::Test {
 protected:
  struct Told {
    inlay_adaptive_event event;
    std::string sentence;
  };

  Adaptive() {
    Board& b = board();
    b.now = 0;
    b.noise_percent = 0;
    for (int d = 0; d < drifting::kDevices; ++d) {
      b.percent[d] = 100;
      b.refuses[d] = b.breaks[d] = false;
    }
    config.struct_size = sizeof(config);
    config.by_step = 1;
    config.now = [](void*) -> uint64_t { return board().now; };
    config.told = [](void* user, const inlay_adaptive_event* event) {
      auto& log = *static_cast<std::vector<Told>*>(user);
      log.push_back({*event, event->sentence});
      log.back().event.sentence = nullptr;
    };
    config.user = &told;
  }
  ~Adaptive() override {
    inlay_adaptive_destroy(adaptive);
    EXPECT_EQ(board().compiled, 0);
    std::remove(path().c_str());
  }

  static std::string path() { return testing::TempDir() + "adaptive_test_" + std::to_string(getpid()) + ".inlay"; }

  /// `state`: the ops read the sum of the inputs of all frames, which a variable keeps.
  static Model chain(bool state) {
    Model m;
    Graph& g = m.graphs.emplace_back();
    const auto tensor = [&](bool variable) {
      Tensor t;
      t.name = "t" + std::to_string(g.tensors.size());
      t.shape = {kSize};
      t.is_variable = variable;
      t.variable = variable ? 0 : -1;
      return g.add(t);
    };
    const auto node = [&](uint16_t kind, std::vector<int32_t> inputs, int32_t output) {
      Node n;
      n.kind = kind;
      if (kind == INLAY_OP_RELU) n.activation = INLAY_ACT_RELU;
      n.inputs = std::move(inputs);
      n.outputs = {output};
      g.nodes.push_back(std::move(n));
    };
    int32_t last = tensor(false);
    g.inputs = {last};
    if (state) {
      const int32_t sum = tensor(false);
      const int32_t kept = tensor(true);
      node(INLAY_OP_ADD, {kept, last}, sum);
      node(INLAY_OP_COPY, {sum}, kept);
      last = sum;
    }
    for (const uint16_t kind : kOps) {
      const int32_t next = tensor(false);
      node(kind, {last}, next);
      last = next;
    }
    g.outputs = {last};
    return m;
  }
  /// What inlay tune would store: each op on the faster device, with both costs; `scale`: all costs are off by so much.
  static Placement stored(bool state, double scale = 1) {
    Placement p;
    p.devices = {"drifting", "drifting:1"};
    p.threads = 1;
    if (state) {
      p.placed = {INLAY_PLACED_FREELY, INLAY_PLACED_FREELY};
      p.costs_us = {-1, -1, -1, -1};
    }
    for (const uint16_t kind : kOps) {
      const uint64_t* ns = usual_ns(kind);
      p.placed.push_back(ns[0] <= ns[1] ? 0 : 1);
      for (int d = 0; d < 2; ++d) p.costs_us.push_back(static_cast<float>(static_cast<double>(ns[d]) * scale / 1000));
    }
    return p;
  }
  inlay_status make(const Model& m, const std::vector<Placement>& placements) {
    board();
    const Bytes file = emit_inlay(m, placements);
    write_file(path(), file.data(), file.size());
    model = open_model(path());
    return inlay_adaptive_create(model.get(), &config, &adaptive, &error);
  }
  void start(bool state = false) {
    ASSERT_EQ(make(chain(state), {stored(state)}), INLAY_OK) << error.text;
    stateful = state;
    write_input();
  }
  void write_input() {
    auto* in = static_cast<float*>(inlay_adaptive_input(adaptive, 0));
    for (int32_t i = 0; i < kSize; ++i) in[i] = static_cast<float>(i - 3);
  }
  /// One frame, its answer checked, then a step.
  void frame() {
    ASSERT_EQ(inlay_adaptive_run(adaptive, &error), INLAY_OK) << error.text;
    ++frames;
    const auto* out = static_cast<const float*>(inlay_adaptive_output(adaptive, 0));
    for (int32_t i = 0; i < kSize; ++i) {
      const float x = static_cast<float>(i - 3) * static_cast<float>(stateful ? frames : 1);
      ASSERT_EQ(out[i], -std::max(-std::fabs(-std::max(-x, 0.0f)), 0.0f)) << "frame " << frames << " value " << i;
    }
    if (config.by_step == 0) return;
    ASSERT_EQ(inlay_adaptive_step(adaptive, nullptr, &error), INLAY_OK) << error.text;
  }
  void run_until(int32_t end) {
    while (frames < end && !HasFatalFailure()) frame();
  }
  inlay_adaptive_info info() const {
    inlay_adaptive_info out = {};
    out.struct_size = sizeof(out);
    EXPECT_EQ(inlay_adaptive_info_of(adaptive, &out), INLAY_OK);
    return out;
  }
  inlay_adaptive_processor processor(int32_t index) const {
    inlay_adaptive_processor out = {};
    EXPECT_EQ(inlay_adaptive_processor_at(adaptive, index, &out), INLAY_OK);
    return out;
  }
  /// The frames after which events of a kind were told.
  std::vector<uint64_t> when(inlay_adaptive_event_kind kind) const {
    std::vector<uint64_t> out;
    for (const Told& t : told) {
      if (t.event.kind == kind) out.push_back(t.event.frame);
    }
    return out;
  }

  inlay_adaptive_config config = {};
  std::vector<Told> told;
  ModelPtr model;
  inlay_adaptive* adaptive = nullptr;
  inlay_error error = {};
  int32_t frames = 0;
  bool stateful = false;
};

using Frames = std::vector<uint64_t>;

TEST_F(Adaptive, NothingHappensWhileNothingChanges) {
  start();
  run_until(5000);
  EXPECT_TRUE(told.empty());
  const inlay_adaptive_info all = info();
  EXPECT_EQ(all.frames, 5000u);
  EXPECT_EQ(all.plans, 1u) << "the first estimate, and no other";
  EXPECT_NEAR(static_cast<double>(all.watched), 5000.0 / 16, 16);
  EXPECT_EQ(all.stored_runs, 1);
  EXPECT_DOUBLE_EQ(all.measured_us, 72);
  EXPECT_NEAR(all.expected_us, 72.3, 0.001) << "three segments of 100 ns";
  EXPECT_FLOAT_EQ(processor(0).factor, 1);
}

/// Device 0 is three times slower from frame 100 to frame 300.
TEST_F(Adaptive, LeavesASlowDeviceAndComesBackOnce) {
  config.dwell = 64;
  config.retry = 64;
  start();
  run_until(100);
  board().percent[0] = 300;
  run_until(300);
  EXPECT_EQ(info().stored_runs, 0);
  EXPECT_FALSE(processor(0).seen);
  EXPECT_FLOAT_EQ(processor(0).factor, 3);
  // Six slow frames are an alarm, three windows of nine each ask for another placement; one frame warms it up, five try it.
  EXPECT_EQ(when(INLAY_ADAPTIVE_SWITCHED), Frames{100 + 6 + 3 * 9 + 1 + 5});
  board().percent[0] = 100;
  run_until(2000);
  ASSERT_EQ(when(INLAY_ADAPTIVE_SWITCHED).size(), 2u);
  EXPECT_EQ(info().stored_runs, 1);
  const inlay_adaptive_event& away = told[1].event;
  EXPECT_EQ(away.moved, 6);
  EXPECT_EQ(away.to_stored, 0);
  EXPECT_DOUBLE_EQ(away.before_us, 192);
  EXPECT_DOUBLE_EQ(away.measured_us, 98);
  EXPECT_NEAR(away.expected_us, 98.1, 0.001);
  const inlay_adaptive_event& back = told.back().event;
  EXPECT_EQ(back.to_stored, 1);
  EXPECT_LE(back.frame, 300u + 2 * 128 + 6) << "hope waits at most as long again as it has";
  EXPECT_TRUE(when(INLAY_ADAPTIVE_FAILED).empty());
}

TEST_F(Adaptive, NoiseNeverSwitches) {
  start();
  board().noise_percent = 20;
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    board().seed = seed;
    run_until(frames + 2000);
  }
  EXPECT_EQ(info().switches, 0u);
  EXPECT_EQ(info().frames, 40000u);
}

TEST_F(Adaptive, ADriftIsSeenThroughNoise) {
  start();
  board().noise_percent = 20;
  run_until(1000);
  board().percent[0] = 200;
  run_until(2000);
  EXPECT_EQ(when(INLAY_ADAPTIVE_SWITCHED).size(), 1u);
  EXPECT_NEAR(processor(0).factor, 2, 0.3);
}

/// A load that comes and goes faster than the adaptation may follow: ever fewer switches.
TEST_F(Adaptive, AnOscillatingLoadIsNotChased) {
  config.dwell = 64;
  config.retry = 64;
  start();
  for (int32_t period = 0; period < 100; ++period) {
    board().percent[0] = period % 2 == 0 ? 300 : 100;
    run_until(frames + 150);
  }
  const Frames switches = when(INLAY_ADAPTIVE_SWITCHED);
  EXPECT_GE(switches.size(), 2u);
  EXPECT_LE(switches.size(), 16u) << "of 100 changes of the load";
  for (size_t i = 1; i < switches.size(); ++i) EXPECT_GE(switches[i] - switches[i - 1], 64u);
  EXPECT_LE(info().trials, 32u);
}

TEST_F(Adaptive, AWholeBoardThatSlowsDownStaysAsItIs) {
  start();
  run_until(100);
  board().percent[0] = board().percent[1] = 170;
  run_until(1500);
  EXPECT_EQ(info().trials, 0u);
  EXPECT_FLOAT_EQ(processor(0).factor, 1.7f);
  EXPECT_FLOAT_EQ(processor(1).factor, 1.7f);
}

/// By the costs that are stored device 1 is twice as fast as it is: a trial finds out, and is repeated ever more rarely.
TEST_F(Adaptive, ATrialThatDisappointsIsNotTaken) {
  Placement wrong = stored(false);
  for (size_t n = 0; n < std::size(kOps); ++n) {
    wrong.placed[n] = 0;
    wrong.costs_us[2 * n + 1] /= 2;
  }
  board().percent[1] = 400;
  config.dwell = 64;
  ASSERT_EQ(make(chain(false), {wrong}), INLAY_OK) << error.text;
  write_input();
  run_until(4000);
  EXPECT_EQ(info().switches, 0u);
  EXPECT_EQ(info().rejected, info().trials);
  EXPECT_GE(info().trials, 1u);
  EXPECT_LE(info().trials, 8u);
  EXPECT_FLOAT_EQ(processor(1).factor, 8) << "what the trial taught";
}

TEST_F(Adaptive, VariablesGoAlong) {
  config.dwell = 64;
  config.retry = 64;
  start(true);
  run_until(100);
  board().percent[0] = 300;
  run_until(300);
  board().percent[0] = 100;
  run_until(1000);
  EXPECT_EQ(info().switches, 2u);
  ASSERT_EQ(inlay_adaptive_reset(adaptive, &error), INLAY_OK);
  frames = 0;
  frame();
}

TEST_F(Adaptive, AFailureToPrepareKeepsThePlacement) {
  start();
  board().percent[0] = 300;
  run_until(20);
  board().refuses[1] = true;
  run_until(1000);
  EXPECT_EQ(info().switches, 0u);
  EXPECT_EQ(info().trials, 0u);
  EXPECT_GE(info().failed, 1u);
  EXPECT_LE(info().failed, 2u);
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told[0].event.kind, INLAY_ADAPTIVE_FAILED);
  EXPECT_EQ(told[0].sentence, "the device is out of memory today");
  EXPECT_GT(told[0].event.before_us, 0);
  board().refuses[1] = false;
  run_until(4000);
  EXPECT_EQ(info().switches, 1u);
}

/// The frame that fails on trial is run again as before: none is lost, and the variable counts each frame once.
TEST_F(Adaptive, ATrialThatBreaksLosesNoFrame) {
  Placement alone = stored(true);
  std::fill(alone.placed.begin() + 2, alone.placed.end(), uint8_t{0});
  config.dwell = 64;
  ASSERT_EQ(make(chain(true), {alone}), INLAY_OK) << error.text;
  stateful = true;
  write_input();
  board().percent[0] = 300;
  while (info().trying == 0 && frames < 200) frame();
  run_until(frames + 2);
  ASSERT_EQ(info().trying, 1);
  board().breaks[1] = true;
  frame();
  EXPECT_EQ(info().trying, 0);
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[1].event.kind, INLAY_ADAPTIVE_FAILED);
  EXPECT_EQ(told[1].sentence, "the device is gone");
  run_until(150);
  board().breaks[1] = false;
  run_until(600);
  EXPECT_EQ(info().switches, 1u);
  EXPECT_EQ(info().frames, 600u);
}

TEST_F(Adaptive, AFrameThatFailsWithoutATrialSaysSo) {
  start();
  run_until(50);
  board().breaks[0] = true;
  EXPECT_EQ(inlay_adaptive_run(adaptive, &error), INLAY_STATUS_BACKEND_FAILED);
  EXPECT_STREQ(error.text, "the device is gone");
  board().breaks[0] = false;
  run_until(500);
  EXPECT_TRUE(told.empty());
}

TEST_F(Adaptive, WhatWasBoundStaysBound) {
  config.dwell = 64;
  start();
  std::vector<float> in(kSize, -2), out(kSize, 0);
  ASSERT_EQ(inlay_adaptive_bind_input(adaptive, 0, in.data(), kSize * sizeof(float), &error), INLAY_OK) << error.text;
  ASSERT_EQ(inlay_adaptive_bind_output(adaptive, 0, out.data(), kSize * sizeof(float), &error), INLAY_OK) << error.text;
  board().percent[0] = 300;
  for (int32_t i = 0; i < 200; ++i) {
    in.assign(kSize, static_cast<float>(-i));
    ASSERT_EQ(inlay_adaptive_run(adaptive, &error), INLAY_OK);
    ASSERT_EQ(inlay_adaptive_step(adaptive, nullptr, &error), INLAY_OK);
    for (const float value : out) ASSERT_EQ(value, 0) << i;
    for (const float value : in) ASSERT_EQ(value, static_cast<float>(-i)) << "an input is only read";
    out.assign(kSize, 1);
  }
  EXPECT_EQ(info().switches, 1u);
  EXPECT_EQ(inlay_adaptive_input(adaptive, 0), in.data());
  EXPECT_EQ(inlay_adaptive_output(adaptive, 0), out.data());
  EXPECT_EQ(inlay_adaptive_bind_input(adaptive, 1, in.data(), 4, &error), INLAY_STATUS_BAD_INDEX);
  EXPECT_EQ(inlay_adaptive_bind_output(adaptive, 0, out.data(), 4, &error), INLAY_STATUS_MEMORY_TOO_SMALL);
  ASSERT_EQ(inlay_adaptive_bind_input(adaptive, 0, nullptr, 0, &error), INLAY_OK);
  ASSERT_EQ(inlay_adaptive_bind_output(adaptive, 0, nullptr, 0, &error), INLAY_OK);
  write_input();
  frames = 0;
  frame();
}

/// With the thread the frame of a switch is chance; that it comes, and that answers stay right, is not.
TEST_F(Adaptive, AThreadPreparesInTheBackground) {
  config.by_step = 0;
  config.dwell = 64;
  config.retry = 64;
  start(true);
  const auto run_until_switches = [&](uint64_t switches) {
    for (int32_t i = 0; i < 20000 && info().switches < switches && !HasFatalFailure(); ++i) {
      frame();
      const timespec pause = {0, 100000};
      nanosleep(&pause, nullptr);
    }
  };
  board().percent[0] = 300;
  run_until_switches(1);
  EXPECT_EQ(info().stored_runs, 0);
  board().percent[0] = 100;
  run_until_switches(2);
  EXPECT_EQ(info().stored_runs, 1);
  EXPECT_EQ(inlay_adaptive_step(adaptive, nullptr, &error), INLAY_STATUS_BAD_STATE);
}

TEST_F(Adaptive, StepsMayComeFromAnotherThread) {
  config.dwell = 64;
  start();
  std::atomic<bool> done{false};
  std::thread stepper([&] {
    while (!done) EXPECT_EQ(inlay_adaptive_step(adaptive, nullptr, nullptr), INLAY_OK);
  });
  board().percent[0] = 300;
  for (int32_t i = 0; i < 100000 && info().switches == 0; ++i) {
    EXPECT_EQ(inlay_adaptive_run(adaptive, &error), INLAY_OK);
    std::this_thread::yield();
  }
  done = true;
  stepper.join();
  EXPECT_EQ(info().switches, 1u);
}

TEST_F(Adaptive, RefusesWhatCannotAdapt) {
  EXPECT_EQ(make(chain(false), {}), INLAY_STATUS_BAD_INDEX);
  EXPECT_STREQ(error.text, "the model has no stored placement: make one with inlay tune");
  Placement p = stored(false);
  p.costs_us.clear();
  EXPECT_EQ(make(chain(false), {p}), INLAY_STATUS_UNSUPPORTED);
  EXPECT_STREQ(error.text, "the stored placement has no costs to adapt by: make it anew with inlay tune");
  p = stored(false);
  p.devices = {"drifting", "nowhere"};
  EXPECT_EQ(make(chain(false), {p}), INLAY_STATUS_NO_DEVICE);
  EXPECT_STREQ(error.text, "the stored placement wants the device 'nowhere', which is not here");
  p.placed.assign(std::size(kOps), 0);  // what is not used need not be here, but then there is no choice
  EXPECT_EQ(make(chain(false), {p}), INLAY_STATUS_UNSUPPORTED);
  EXPECT_EQ(std::string(error.text).substr(0, 19), "nothing to adapt to");
  p.devices = {"builtin", "reference"};
  EXPECT_EQ(make(chain(false), {p}), INLAY_STATUS_UNSUPPORTED) << "both are the CPU";

  config.window = 32;
  EXPECT_EQ(make(chain(false), {stored(false)}), INLAY_STATUS_BAD_ARGUMENT);
  EXPECT_STREQ(error.text, "inlay_adaptive_config.window is 32, it may be 3 to 31");
  config.window = 0;
  inlay_config session = {};
  config.session = &session;
  EXPECT_EQ(make(chain(false), {stored(false)}), INLAY_STATUS_BAD_ARGUMENT);
  session.struct_size = sizeof(session);
  session.by_preference = 1;
  const inlay_device builtin = {&inlay_backend_builtin, 0};
  session.devices = &builtin;
  session.device_count = 1;
  EXPECT_EQ(make(chain(false), {stored(false)}), INLAY_STATUS_BAD_ARGUMENT);
  config.session = nullptr;
  config.struct_size = 4;
  EXPECT_EQ(make(chain(false), {stored(false)}), INLAY_STATUS_BAD_ARGUMENT);
  EXPECT_EQ(inlay_adaptive_create(nullptr, nullptr, &adaptive, &error), INLAY_STATUS_BAD_ARGUMENT);
  EXPECT_EQ(inlay_adaptive_run(nullptr, &error), INLAY_STATUS_BAD_ARGUMENT);
  EXPECT_EQ(adaptive, nullptr);
}

}  // namespace
}  // namespace inlay::tools
