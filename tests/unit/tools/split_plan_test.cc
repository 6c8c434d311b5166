// SPDX-License-Identifier: Apache-2.0
// Splits planned on paper: boards are tables of costs.
#include "tools/split/plan_splits.h"

#include <cstdlib>
#include <numeric>
#include <sstream>

#include "split_nets.h"
#include "tools/split/stored.h"

namespace inlay::tools {
namespace {

/// A device by a line: fixed cost per op, and nanoseconds per multiply-add.
struct PaperDevice {
  PlacingDevice device;
  double fixed, per_mac;
};

struct Paper {
  std::vector<PaperDevice> devices;
  Nanos latency = 0;         ///< of every transfer
  double bytes_per_us = 0;  ///< 0: any size takes the same
  double join_macs = 2;     ///< what a value takes to be copied beside others

  static PaperDevice host(double fixed, double per_mac) { return {{"cpu", PlaceKind::kHost, false, 0, 0, 0}, fixed, per_mac}; }
  static PaperDevice queue(const char* name, double fixed, double per_mac, Nanos submit = 0) {
    return {{name, PlaceKind::kAsynchronous, true, 0, submit, 0}, fixed, per_mac};
  }
};

int64_t elements(const Tensor& t) {
  return std::accumulate(t.shape.begin(), t.shape.end(), int64_t{1}, std::multiplies<int64_t>());
}

double macs_of(const Graph& g, const Node& n) {
  const auto out = static_cast<double>(elements(tensor_at(g, n.outputs[0])));
  if (n.kind == INLAY_OP_RESHAPE) return 0;
  if (n.kind != INLAY_OP_CONV_2D && n.kind != INLAY_OP_DEPTHWISE_CONV_2D && n.kind != INLAY_OP_FULLY_CONNECTED) return out;
  const Tensor& w = tensor_at(g, n.inputs[1]);
  return out * static_cast<double>(elements(w)) / w.shape[n.kind == INLAY_OP_DEPTHWISE_CONV_2D ? 3 : 0];
}

Nanos cost_on(const PaperDevice& d, double macs) { return static_cast<Nanos>(d.fixed + d.per_mac * macs); }

Placing whole_problem(const Graph& g, const Paper& paper) {
  Placing out;
  for (const PaperDevice& d : paper.devices) out.devices.push_back(d.device);
  for (const Tensor& t : g.tensors) out.tensors.push_back({static_cast<uint64_t>(elements(t)), t.is_constant()});
  for (const Node& n : g.nodes) {
    PlacingNode node = {n.name, n.inputs, n.outputs, {}};
    for (size_t d = 0; d < paper.devices.size(); ++d)
      node.options.push_back({static_cast<int32_t>(d), cost_on(paper.devices[d], macs_of(g, n))});
    out.nodes.push_back(node);
  }
  out.outputs = g.outputs;
  out.make_paths();
  const auto places = static_cast<int32_t>(paper.devices.size()) + 1;
  for (int32_t place = 1; place < places; ++place)
    out.path(0, place) = out.path(place, 0) = {true, paper.latency, paper.bytes_per_us};
  return out;
}

Curves paper_curves(const Graph& g, const Paper& paper) {
  Curves out;
  for (size_t n = 0; n < g.nodes.size(); ++n) {
    out.set_join(static_cast<int32_t>(n), cost_on(paper.devices[0], paper.join_macs * static_cast<double>(elements(tensor_at(g, g.nodes[n].outputs[0])))));
    for (size_t d = 0; d < paper.devices.size(); ++d) {
      for (const double share : {0.25, 0.5, 0.75, 1.0}) {
        const double macs = macs_of(g, g.nodes[n]) * share;
        for (const bool features : {false, true})
          out.of(static_cast<int32_t>(n), static_cast<int32_t>(d), features).add(share, cost_on(paper.devices[d], macs));
      }
    }
  }
  return out;
}

SplitPlan plan_on(const Graph& g, const Paper& paper, const SplitSettings& settings = {}) {
  return plan_splits(g, whole_problem(g, paper), paper_curves(g, paper), settings);
}

double gain(const SplitPlan& plan) { return static_cast<double>(plan.whole) / static_cast<double>(plan.latency); }

TEST(SplitPlan, CurvesKeepTheFixedCost) {
  Curve curve;
  for (const double share : {0.25, 0.5, 1.0}) curve.add(share, static_cast<Nanos>(1000 + 8000 * share));
  EXPECT_EQ(curve.at(0.5), 5000);
  EXPECT_EQ(curve.at(0.75), 7000);
  EXPECT_EQ(curve.at(0.125), 2000);
  Curve steep;  // a cache that the half fits
  steep.add(0.5, 1000);
  steep.add(1, 9000);
  EXPECT_EQ(steep.at(0.75), 5000);
  EXPECT_EQ(steep.at(0.25), 500);
  Curve one;
  one.add(1, 8000);
  EXPECT_EQ(one.at(0.25), 2000);
}

TEST(SplitPlan, TwoEqualDevicesWithFreeTransfer) {
  const Model model = conv_heavy();
  const Paper paper = {{Paper::host(200, 0.1), Paper::queue("gpu", 200, 0.1)}};
  const SplitPlan plan = plan_on(model.graphs[0], paper);
  EXPECT_GE(gain(plan), 1.85) << plan.why;
  std::vector<PartOrigin> origins;
  const Graph rewritten = split_graph(model.graphs[0], plan.splits, &origins);
  EXPECT_EQ(rewritten.nodes.size(), plan.problem.nodes.size());
  ASSERT_EQ(plan.saved.size(), plan.splits.size());
  for (const Nanos saved : plan.saved) EXPECT_GT(saved, 0);
  for (const Split& split : plan.splits) EXPECT_EQ(split.devices, (std::vector<std::string>{"gpu", "cpu"}));
}

TEST(SplitPlan, ThreeDevicesAndTwoQueues) {
  const Graph g = conv_heavy().graphs[0];
  EXPECT_GE(gain(plan_on(g, {{Paper::host(200, 0.1), Paper::queue("a", 200, 0.1), Paper::queue("b", 200, 0.1)}})), 2.5);
  // The host is of no use, and the queues share the work.
  const SplitPlan plan = plan_on(g, {{Paper::host(200, 100), Paper::queue("a", 200, 0.1), Paper::queue("b", 200, 0.1)}});
  EXPECT_GE(gain(plan), 1.8);
  for (const Split& split : plan.splits) EXPECT_EQ(split.devices, (std::vector<std::string>{"a", "b"}));
}

TEST(SplitPlan, TransfersThatTakeLongerThanTheOpsForbidSplits) {
  const Graph g = conv_heavy().graphs[0];
  for (const Paper& paper : {Paper{{Paper::host(200, 0.1), Paper::queue("gpu", 200, 0.1)}, 50000000, 0},
                             Paper{{Paper::host(200, 0.1), Paper::queue("gpu", 200, 0.1)}, 0, 0.1}}) {
    const SplitPlan plan = plan_on(g, paper);
    EXPECT_TRUE(plan.splits.empty());
    EXPECT_EQ(plan.latency, plan.whole);
    EXPECT_EQ(plan.why.find("nothing is split: the best, op "), 0u) << plan.why;
    EXPECT_NE(plan.why.find("the whole ops take"), std::string::npos) << plan.why;
    for (const int32_t option : plan.plan.options) EXPECT_EQ(option, plan.plan.options[0]);  // one device, exactly
  }
}

TEST(SplitPlan, DevicesThatTheHostWaitsForShareNothing) {
  const Graph g = conv_heavy(16).graphs[0];
  Paper paper = {{Paper::host(200, 0.1), Paper::queue("gpu", 200, 0.1)}};
  paper.devices[1].device.kind = PlaceKind::kRemote;
  const SplitPlan plan = plan_on(g, paper);
  EXPECT_TRUE(plan.splits.empty());
  EXPECT_EQ(plan.why, "nothing is split: no device computes while the host goes on");
}

TEST(SplitPlan, TheRatioFollowsTheSpeeds) {
  Net net(2);
  const int32_t in = net.input({1, 80, 20, 16});
  const Model model = net.finish({net.conv(in, 16)});
  const SplitPlan plan = plan_on(model.graphs[0], {{Paper::host(100, 0.3), Paper::queue("gpu", 100, 0.1)}});
  ASSERT_EQ(plan.splits.size(), 1u);
  EXPECT_EQ(plan.splits[0].bounds, (std::vector<int32_t>{0, 60, 80}));
  // A fixed cost of a third of the op on the fast device moves rows to the other.
  const double op = 0.1 * macs_of(model.graphs[0], model.graphs[0].nodes[0]);
  const SplitPlan slow = plan_on(model.graphs[0], {{Paper::host(100, 0.1), Paper::queue("gpu", op / 3, 0.1)}});
  ASSERT_EQ(slow.splits.size(), 1u);
  EXPECT_NEAR(slow.splits[0].bounds[1], 80.0 / 3, 1.5);
  // One of the whole op, and nothing is left to gain.
  EXPECT_TRUE(plan_on(model.graphs[0], {{Paper::host(100, 0.1), Paper::queue("gpu", op, 0.1)}}).splits.empty());
}

TEST(SplitPlan, ChainsShareASplitWhereTransfersCost) {
  Net net(3);
  int32_t x = net.input({1, 64, 32, 8});
  for (int i = 0; i < 4; ++i) x = net.conv(x, 8, {i % 2 == 0 ? 3 : 1, 1, 1, true});
  const Graph g = net.finish({x}).graphs[0];
  const Nanos whole = cost_on(Paper::host(200, 0.1), macs_of(g, g.nodes[0]));
  const SplitPlan free = plan_on(g, {{Paper::host(200, 0.1), Paper::queue("gpu", 200, 0.1)}});
  const SplitPlan dear = plan_on(g, {{Paper::host(200, 0.1), Paper::queue("gpu", 200, 0.1)}, whole / 10, 0});
  EXPECT_GE(gain(free), 1.9);
  EXPECT_GE(gain(dear), 1.5) << dear.why;
  ASSERT_EQ(dear.splits.size(), 1u) << "a chain has one join";
  EXPECT_GE(dear.splits[0].nodes.size(), 3u);
  EXPECT_GT(free.splits.size(), 1u) << "joins that cost nothing save the halo";
}

TEST(SplitPlan, NeverWorseThanWholeOpsOnRandomBoards) {
  std::mt19937 random(4);
  const auto pick = [&](int32_t low, int32_t high) { return std::uniform_int_distribution<int32_t>(low, high)(random); };
  const Graph g = conv_heavy(20).graphs[0];
  int split = 0;
  for (int board = 0; board < 12; ++board) {
    Paper paper = {{Paper::host(pick(10, 2000), 0.01 * pick(5, 40))}, pick(0, 1) * pick(0, 30000), pick(0, 1) * 0.1 * pick(1, 20000)};
    for (int32_t d = pick(1, 2); d > 0; --d)
      paper.devices.push_back(Paper::queue(d == 1 ? "a" : "b", pick(10, 9000), 0.01 * pick(1, 40), pick(0, 3000)));
    const SplitPlan plan = plan_on(g, paper, {0.03, 0.02, 4});
    EXPECT_LE(plan.latency, plan.whole);
    PlaceScore score = {};
    EXPECT_TRUE(Scheduler(plan.problem).score(plan.plan, &score));
    EXPECT_EQ(score.latency, plan.latency);
    EXPECT_LE(static_cast<double>(plan.latency), (plan.splits.empty() ? 1 : 0.97) * static_cast<double>(plan.whole));
    EXPECT_FALSE(plan.why.empty());
    split += plan.splits.empty() ? 0 : 1;
  }
  EXPECT_GT(split, 1);
  EXPECT_LT(split, 12);
}

/// A table of other models, for people: INLAY_SPLIT_MODELS, .inlay files with colons between them.
TEST(SplitPlan, GivenModels) {
  const char* list = std::getenv("INLAY_SPLIT_MODELS");
  if (list == nullptr) GTEST_SKIP() << "INLAY_SPLIT_MODELS names no models";
  std::istringstream in(list);
  for (std::string path; std::getline(in, path, ':');) {
    const Graph g = read_model(open_model(path).get()).graphs[0];
    const SplitPlan plan = plan_on(g, {{Paper::host(200, 0.1), Paper::queue("gpu", 200, 0.1)}});
    std::printf("%s: %zu ops, %zu splits, %.3fx: %s\n", path.c_str(), g.nodes.size(), plan.splits.size(), gain(plan), plan.why.c_str());
    EXPECT_LE(plan.latency, plan.whole);
  }
}

}  // namespace
}  // namespace inlay::tools
