// SPDX-License-Identifier: Apache-2.0
// The measuring path of `inlay tune` with splits on a board that is not there: a host and a queue of the same speed, on a virtual clock.
// What it measures is the board's own time, the same on every machine.
#include "backends/simulated/simulated.h"
#include "split_nets.h"
#include "tools/split/tune_splits.h"

namespace inlay::tools {
namespace {

/// What an op takes: 50 ns for a view, else 200 ns and a part of a nanosecond for each multiply-add or value.
simulated::Nanos paper_cost(const inlay_graph& graph, int32_t n, double per_mac) {
  const inlay_node& node = graph.nodes[n];
  const bool features = node.kind == INLAY_OP_CONCATENATION && static_cast<const inlay_axis*>(node.params)->axis == 3;
  if (node.kind == INLAY_OP_SLICE || node.kind == INLAY_OP_RESHAPE || (node.kind == INLAY_OP_CONCATENATION && !features)) return 50;
  const Work work = work_of(graph, node);
  return static_cast<simulated::Nanos>(200 + per_mac * static_cast<double>(work.macs != 0 ? work.macs : graph.tensors[node.outputs[0]].bytes));
}

class TwoDevices {
 public:
  explicit TwoDevices(double twin_per_mac) : board_(machine(twin_per_mac)) {
    stopwatch = {[this] { board_.begin(); }, [this] { return static_cast<double>(board_.end()) / 1000; }};
    options.devices = board_.devices();
    options.rest = options.devices[0];
    options.stopwatch = &stopwatch;
    options.seconds = 0.05;
    for (const char* name : {"cpu", "twin"}) {
      DeviceModel known;
      known.name = name;
      profile.devices.push_back(known);
    }
  }

  Stopwatch stopwatch;
  TuneOptions options;
  Profile profile;

 private:
  static simulated::Machine machine(double twin_per_mac) {
    simulated::Machine out;
    out.devices.push_back({"cpu", "", simulated::Kind::kHost, true, 0, 0, 0, [](const inlay_graph& g, int32_t n) { return paper_cost(g, n, 0.1); }});
    out.devices.push_back({"twin", "", simulated::Kind::kAsynchronous, true, 0, 0, 0,
                           [=](const inlay_graph& g, int32_t n) { return paper_cost(g, n, twin_per_mac); }});
    out.paths.assign(9, {true, 0, 0});
    return out;
  }

  simulated::Board board_;
};

TEST(SplitSimulated, WhatIsPredictedIsMeasured) {
  const Model model = conv_heavy(28);
  const OpenedModel opened(model);
  TwoDevices two(0.1);
  const TuneReport whole = tune(opened.get(), two.options, &two.profile);
  const SplitReport split = tune_splits(opened.get(), two.options, whole, &two.profile);
  ASSERT_FALSE(split.model.graphs.empty()) << split.why;
  EXPECT_GE(split.plan.splits.size(), 8u);
  EXPECT_NEAR(split.whole_us, whole.choice.predicted_us, 1e-6);
  // The session does what the plan says: parts on the queue and on the host's thread overlap.
  EXPECT_NEAR(split.split_us, static_cast<double>(split.plan.latency) / 1000, 0.01 * split.split_us) << split.why;
  EXPECT_GE(split.whole_us / split.split_us, 1.8) << split.why;
  EXPECT_NE(split.why.find(", measured "), std::string::npos) << split.why;
  const OpenedModel made(split.model);
  const inlay_device cpu = {&inlay_backend_builtin, 0};
  EXPECT_EQ(answers(made.get(), {cpu}, {}, 3), answers(opened.get(), {cpu}, {}, 3));
  EXPECT_EQ(answers(made.get(), two.options.devices, split.tuned.choice.placement, 3), answers(opened.get(), {cpu}, {}, 3));
}

TEST(SplitSimulated, EstimatesSplitWithoutMeasuring) {
  const OpenedModel opened(conv_heavy(28));
  TwoDevices two(0.1);
  two.options.estimate = true;
  for (DeviceModel& known : two.profile.devices) {
    known.has_speed = true;
    known.speed = {0.2, 10000, 10000, 0};
  }
  const TuneReport whole = tune(opened.get(), two.options, &two.profile);
  const SplitReport split = tune_splits(opened.get(), two.options, whole, &two.profile);
  ASSERT_FALSE(split.model.graphs.empty()) << split.why;
  EXPECT_TRUE(two.profile.ops.empty());
  EXPECT_GE(static_cast<double>(split.plan.whole), 1.7 * static_cast<double>(split.plan.latency)) << split.why;
  EXPECT_NE(split.why.find(", by estimates"), std::string::npos) << split.why;
  const OpenedModel made(split.model);
  EXPECT_EQ(answers(made.get(), two.options.devices, split.tuned.choice.placement, 3),
            answers(opened.get(), {{&inlay_backend_builtin, 0}}, {}, 3));
}

TEST(SplitSimulated, ASlowQueueGetsNothing) {
  const OpenedModel opened(conv_heavy(14));
  TwoDevices two(50);
  const TuneReport whole = tune(opened.get(), two.options, &two.profile);
  const SplitReport split = tune_splits(opened.get(), two.options, whole, &two.profile);
  EXPECT_TRUE(split.model.graphs.empty());
  EXPECT_EQ(split.why.find("nothing is split: "), 0u) << split.why;
  EXPECT_EQ(split.plan.rejected.size(), static_cast<size_t>(main_graph(opened.get()).node_count));
}

}  // namespace
}  // namespace inlay::tools
