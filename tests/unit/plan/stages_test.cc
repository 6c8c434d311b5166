// SPDX-License-Identifier: Apache-2.0
#include "plan/stages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <set>
#include <tuple>
#include <vector>

namespace inlay {
namespace {

using Dice = std::mt19937;

int32_t below(Dice& random, int32_t n) { return static_cast<int32_t>(random() % static_cast<uint32_t>(n)); }

/// A random graph of nodes that read any tensors before them, a constant and a variable among them.
struct Made {
  Made(Dice& random, int32_t nodes, bool variables) {
    const auto tensor = [&](bool constant, bool variable) {
      inlay_tensor t = {};
      t.bytes = size_t{1} << below(random, 8);
      t.data = constant ? &weight : nullptr;
      t.flags = variable ? INLAY_TENSOR_VARIABLE : 0;
      t.variable = variable ? below(random, 2) : -1;
      tensors.push_back(t);
      return static_cast<int32_t>(tensors.size()) - 1;
    };
    tensor(false, false), tensor(false, false), tensor(true, false);
    const int32_t state = variables ? tensor(false, true) : -1, more = variables ? tensor(false, true) : -1;
    for (int32_t n = 0; n < nodes; ++n) {
      std::vector<int32_t> in, out;
      for (int32_t i = 1 + below(random, 3); i > 0; --i) in.push_back(below(random, static_cast<int32_t>(tensors.size()) + 1) - 1);
      for (int32_t i = 1 + below(random, 2); i > 0; --i) out.push_back(tensor(false, false));
      if (variables && below(random, 4) == 0) in.push_back(state);
      if (variables && below(random, 4) == 0) out.push_back(more);
      inputs.push_back(in);
      outputs.push_back(out);
    }
    wanted = {static_cast<int32_t>(tensors.size()) - 1, 0};
    for (int32_t t = 5; t < static_cast<int32_t>(tensors.size()); t += 5) wanted.push_back(t);
    for (int32_t n = 0; n < nodes; ++n) {
      inlay_node node = {};
      const auto i = static_cast<size_t>(n);
      node.inputs = inputs[i].data();
      node.input_count = static_cast<int32_t>(inputs[i].size());
      node.outputs = outputs[i].data();
      node.output_count = static_cast<int32_t>(outputs[i].size());
      list.push_back(node);
    }
    graph.tensors = tensors.data();
    graph.tensor_count = static_cast<int32_t>(tensors.size());
    graph.nodes = list.data();
    graph.node_count = nodes;
    graph.outputs = wanted.data();
    graph.output_count = static_cast<int32_t>(wanted.size());
  }
  Made(const Made&) = delete;
  Made& operator=(const Made&) = delete;

  bool is_variable(int32_t t) const { return (tensors[static_cast<size_t>(t)].flags & INLAY_TENSOR_VARIABLE) != 0; }

  float weight = 0;
  std::vector<inlay_tensor> tensors;
  std::vector<std::vector<int32_t>> inputs, outputs;
  std::vector<int32_t> wanted;
  std::vector<inlay_node> list;
  inlay_graph graph = {};
};

/// A problem with its numbers: whole ones, and rates that are powers of 2, so that sums are exact.
struct Problem {
  Problem(Dice& random, int32_t nodes, int32_t devices, bool variables) : made(random, nodes, variables), problem{nullptr, nodes, devices} {
    for (int32_t i = 0; i < nodes * devices; ++i) costs.push_back(below(random, 8) == 0 ? -1.0f : static_cast<float>(below(random, 20)));
    for (int32_t d = 0; d < devices; ++d) {
      const auto us = [&] { return static_cast<float>(below(random, 6)); };
      const auto rate = [&] { return below(random, 3) == 0 ? 0.0f : static_cast<float>(1 << below(random, 6)); };
      links.push_back({us(), us(), us(), rate(), us(), rate()});
      if (below(random, 3) == 0) links.back() = {};
    }
    joined.assign(static_cast<size_t>(nodes), 0);
    join_variables(made.graph, variables, joined.data());
    problem.costs_us = costs.data();
    if (below(random, 4) == 0) return;  // nothing travels
    problem.graph = &made.graph;
    problem.links = links.data();
    problem.joined = joined.data();
  }

  /// What a stage takes, from the sets of tensors that it reads and writes; below 0: it cannot be.
  double stage(int32_t first, int32_t end, int32_t device) const {
    double us = 0;
    for (int32_t n = first; n < end; ++n) {
      const float cost = costs[static_cast<size_t>(n * problem.device_count + device)];
      if (cost < 0) return -1;
      us += static_cast<double>(cost);
    }
    if (problem.graph == nullptr) return us;
    std::set<int32_t> read, written, read_behind(made.wanted.begin(), made.wanted.end());
    for (int32_t n = first; n < problem.node_count; ++n) {
      const auto i = static_cast<size_t>(n);
      (n < end ? read : read_behind).insert(made.inputs[i].begin(), made.inputs[i].end());
      if (n < end) written.insert(made.outputs[i].begin(), made.outputs[i].end());
    }
    const inlay_device_link& l = links[static_cast<size_t>(device)];
    us += static_cast<double>(l.start_us + l.submit_us);
    const auto travels = [&](int32_t t, float each, float rate) {
      const inlay_tensor& tensor = made.tensors[static_cast<size_t>(t)];
      us += static_cast<double>(each) + (rate > 0 ? static_cast<double>(tensor.bytes) / static_cast<double>(rate) : 0);
    };
    for (const int32_t t : read) {
      if (t < 0 || made.tensors[static_cast<size_t>(t)].data != nullptr) continue;
      if (written.count(t) == 0 || made.is_variable(t)) travels(t, l.to_us, l.to_bytes_per_us);
    }
    for (int32_t n = first; n < end; ++n) {
      for (const int32_t t : made.outputs[static_cast<size_t>(n)]) {
        if (read_behind.count(t) != 0 || made.is_variable(t)) travels(t, l.from_us, l.from_bytes_per_us);
      }
    }
    return us;
  }

  bool may_part(int32_t node) const {
    return problem.joined == nullptr || node == problem.node_count || joined[static_cast<size_t>(node)] == 0;
  }

  inlay_status cut(StageCut* out) const {
    std::vector<uint64_t> memory(cut_stages_bytes(problem) / 8 + 1);
    inlay_error error = {};
    return cut_stages(problem, {memory.data(), memory.size() * 8}, out, &error);
  }

  Made made;
  std::vector<float> costs;
  std::vector<inlay_device_link> links;
  std::vector<uint8_t> joined;
  StageProblem problem;
};

/// The least (slowest, total) by trying every cut, and the fewest stages that reach it.
struct Best {
  double slowest = 1e30, total = 1e30;
  int32_t stages = 0;
};

Best try_all(const Problem& p) {
  Best best;
  const std::function<void(int32_t, int32_t, double, double, int32_t)> go = [&](int32_t at, int32_t used, double slowest,
                                                                                double total, int32_t stages) {
    if (at == p.problem.node_count) {
      if (std::make_tuple(slowest, total, stages) < std::make_tuple(best.slowest, best.total, best.stages))
        best = {slowest, total, stages};
      return;
    }
    for (int32_t d = 0; d < p.problem.device_count; ++d) {
      if ((used >> d & 1) != 0) continue;
      for (int32_t end = at + 1; end <= p.problem.node_count; ++end) {
        const double load = p.stage(at, end, d);
        if (load < 0) break;
        if (p.may_part(end)) go(end, used | 1 << d, std::max(slowest, load), total + load, stages + 1);
      }
    }
  };
  go(0, 0, 0, 0, 0);
  return best;
}

void expect_sound(const Problem& p, const StageCut& cut) {
  double total = 0, slowest = 0;
  int32_t used = 0;
  EXPECT_EQ(cut.first[0], 0);
  EXPECT_EQ(cut.first[cut.count], p.problem.node_count);
  for (int32_t k = 0; k < cut.count; ++k) {
    ASSERT_LT(cut.first[k], cut.first[k + 1]);
    EXPECT_TRUE(p.may_part(cut.first[k + 1]));
    EXPECT_EQ(used >> cut.device[k] & 1, 0) << "a device has two stages";
    used |= 1 << cut.device[k];
    EXPECT_EQ(cut.stage_us[k], p.stage(cut.first[k], cut.first[k + 1], cut.device[k]));
    total += cut.stage_us[k];
    slowest = std::max(slowest, cut.stage_us[k]);
  }
  EXPECT_EQ(total, cut.total_us);
  EXPECT_EQ(slowest, cut.slowest_us);
}

TEST(Stages, EqualEveryCutTried) {
  Dice random(7);
  int32_t refused = 0, several = 0, bound = 0;
  for (int turn = 0; turn < 1000; ++turn) {
    const Problem p(random, 1 + below(random, 9), 1 + below(random, 4), turn % 3 == 0);
    const Best best = try_all(p);
    StageCut cut = {};
    const inlay_status status = p.cut(&cut);
    if (best.stages == 0) {
      EXPECT_EQ(status, INLAY_STATUS_NO_DEVICE);
      ++refused;
      continue;
    }
    ASSERT_EQ(status, INLAY_OK) << turn;
    EXPECT_EQ(cut.slowest_us, best.slowest) << turn;
    EXPECT_EQ(cut.total_us, best.total) << turn;
    EXPECT_EQ(cut.count, best.stages) << turn;
    expect_sound(p, cut);
    several += cut.count > 1 ? 1 : 0;
    bound += p.problem.joined != nullptr && std::count(p.joined.begin(), p.joined.end(), 1) > 0 ? 1 : 0;
    if (HasFailure()) FAIL() << "turn " << turn;
  }
  EXPECT_GT(refused, 10);
  EXPECT_GT(several, 200);
  EXPECT_GT(bound, 50);
}

TEST(Stages, AreWeighedWhereTheyAre) {
  Dice random(8);
  int32_t weighed = 0;
  for (int turn = 0; turn < 200; ++turn) {
    const Problem p(random, 4 + below(random, 5), 3, false);
    StageCut cut = {3, {0, 1, 3, p.problem.node_count}, {below(random, 3), below(random, 3), below(random, 3)}, {}, 0, 0};
    std::vector<uint64_t> memory(cut_stages_bytes(p.problem) / 8 + 1);
    inlay_error error = {};
    const inlay_status status = weigh_stages(p.problem, {memory.data(), memory.size() * 8}, &cut, &error);
    double slowest = 0;
    bool runs = true;
    for (int32_t k = 0; k < 3; ++k) {
      const double us = p.stage(cut.first[k], cut.first[k + 1], cut.device[k]);
      runs = runs && us >= 0;
      slowest = std::max(slowest, us);
    }
    ASSERT_EQ(status, runs ? INLAY_OK : INLAY_STATUS_NO_DEVICE) << turn;
    if (!runs) continue;
    ++weighed;
    EXPECT_EQ(cut.slowest_us, slowest);
  }
  EXPECT_GT(weighed, 50);
}

StageCut solve(const std::vector<float>& costs, int32_t nodes, int32_t devices, inlay_status* status) {
  const StageProblem problem = {costs.data(), nodes, devices};
  std::vector<uint64_t> memory(cut_stages_bytes(problem) / 8 + 1);
  StageCut cut = {};
  inlay_error error = {};
  *status = cut_stages(problem, {memory.data(), memory.size() * 8}, &cut, &error);
  return cut;
}

TEST(Stages, TwoEqualDevicesHalveTheDistanceOfFrames) {
  inlay_status status = INLAY_OK;
  const StageCut cut = solve(std::vector<float>(40, 10.0f), 20, 2, &status);
  ASSERT_EQ(status, INLAY_OK);
  EXPECT_EQ(cut.slowest_us, 100);
  EXPECT_EQ(cut.total_us, 200);
  EXPECT_EQ(cut.first[1], 10);
}

TEST(Stages, RefuseWhatMakesNoSense) {
  inlay_status status = INLAY_OK;
  solve({}, 0, 1, &status);
  EXPECT_EQ(status, INLAY_STATUS_BAD_ARGUMENT);
  solve(std::vector<float>(7, 1.0f), 1, 7, &status);
  EXPECT_EQ(status, INLAY_STATUS_BAD_ARGUMENT);
  const std::vector<float> costs = {1, 1};
  uint64_t little = 0;
  StageCut cut = {};
  inlay_error error = {};
  EXPECT_EQ(cut_stages({costs.data(), 2, 1}, {&little, 8}, &cut, &error), INLAY_STATUS_MEMORY_TOO_SMALL);
  EXPECT_STRNE(error.text, "");
}

}  // namespace
}  // namespace inlay
