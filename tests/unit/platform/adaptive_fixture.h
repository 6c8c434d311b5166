// SPDX-License-Identifier: Apache-2.0
// A model that moves between the two devices of drifting_plugin, whose speed and clock are the test's.
#pragma once
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "inlay/adaptive.hpp"
#include "inlay/graph.h"
#include "inlay/placement.h"
#include "tests/unit/platform/drifting_plugin.h"
#include "tools/emit/emit.h"
#include "tools/inlay/handles.h"

namespace inlay::tools {

constexpr int32_t kDriftingSize = 8;
/// NEG is at home on device 0, ABS on device 1: 72 us as stored, 98 us on device 1 alone.
constexpr uint16_t kDriftingOps[] = {INLAY_OP_NEG, INLAY_OP_RELU, INLAY_OP_NEG, INLAY_OP_ABS,
                                     INLAY_OP_NEG, INLAY_OP_RELU, INLAY_OP_NEG};

/// The plug-in is loaded once: a process keeps its backends.
inline drifting::Board& board() {
  static drifting::Board* const found = [] {
    const inlay_backend* loaded = nullptr;
    inlay_error error{};
    check(inlay_backend_load(INLAY_DRIFTING_PLUGIN, &loaded, &error), error, "loading the drifting devices");
    void* library = dlopen(INLAY_DRIFTING_PLUGIN, RTLD_NOW | RTLD_LOCAL);  // the one that is loaded
    return reinterpret_cast<decltype(&drifting_board)>(dlsym(library, "drifting_board"))();
  }();
  return *found;
}

inline const uint64_t* usual_ns(uint16_t kind) {
  return kind == INLAY_OP_NEG ? drifting::kNegNs : kind == INLAY_OP_ABS ? drifting::kAbsNs : drifting::kReluNs;
}

class Adaptive : public testing::Test {
 protected:
  struct Told {
    inlay_adaptive_event event;
    std::string sentence;
  };

  Adaptive() {
    drifting::Board& b = board();
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
      t.shape = {kDriftingSize};
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
    for (const uint16_t kind : kDriftingOps) {
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
    for (const uint16_t kind : kDriftingOps) {
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
    for (int32_t i = 0; i < kDriftingSize; ++i) in[i] = static_cast<float>(i - 3);
  }
  /// One frame, its answer checked, then a step.
  void frame() {
    ASSERT_EQ(inlay_adaptive_run(adaptive, &error), INLAY_OK) << error.text;
    ++frames;
    const auto* out = static_cast<const float*>(inlay_adaptive_output(adaptive, 0));
    for (int32_t i = 0; i < kDriftingSize; ++i) {
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

}  // namespace inlay::tools
