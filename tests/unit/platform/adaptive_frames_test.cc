// SPDX-License-Identifier: Apache-2.0
// What frames may count on while the placement changes under them: state, memory, failures, threads.
#include <time.h>

#include <thread>

#include "tests/unit/platform/adaptive_fixture.h"

namespace inlay::tools {
namespace {

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
  std::vector<float> in(kDriftingSize, -2), out(kDriftingSize, 0);
  ASSERT_EQ(inlay_adaptive_bind_input(adaptive, 0, in.data(), kDriftingSize * sizeof(float), &error), INLAY_OK) << error.text;
  ASSERT_EQ(inlay_adaptive_bind_output(adaptive, 0, out.data(), kDriftingSize * sizeof(float), &error), INLAY_OK) << error.text;
  board().percent[0] = 300;
  for (int32_t i = 0; i < 200; ++i) {
    in.assign(kDriftingSize, static_cast<float>(-i));
    ASSERT_EQ(inlay_adaptive_run(adaptive, &error), INLAY_OK);
    ASSERT_EQ(inlay_adaptive_step(adaptive, nullptr, &error), INLAY_OK);
    for (const float value : out) ASSERT_EQ(value, 0) << i;
    for (const float value : in) ASSERT_EQ(value, static_cast<float>(-i)) << "an input is only read";
    out.assign(kDriftingSize, 1);
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

TEST_F(Adaptive, HasACppHandle) {
  board();
  const Bytes file = emit_inlay(chain(false), {stored(false)});
  write_file(path(), file.data(), file.size());
  auto opened = inlay::Model::open(path().c_str());
  ASSERT_TRUE(opened) << opened.message();
  const inlay_adaptive_config unset = {};
  EXPECT_EQ(inlay::Adaptive::create(*opened, &unset).status(), INLAY_STATUS_BAD_ARGUMENT);
  auto made = inlay::Adaptive::create(*opened, &config);
  ASSERT_TRUE(made) << made.message();
  std::fill(made->input<float>(0), made->input<float>(0) + kDriftingSize, 2.0f);
  ASSERT_EQ(made->run().status, INLAY_OK);
  EXPECT_EQ(made->output<float>(0)[0], 0);
  EXPECT_EQ(made->info().frames, 1u);
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
  p.placed.assign(std::size(kDriftingOps), 0);  // what is not used need not be here, but then there is no choice
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
