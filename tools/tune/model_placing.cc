// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/model_placing.h"

#include <algorithm>
#include <map>

#include "plan/place_device.h"
#include "tools/graph/ir.h"

namespace inlay::tools {
namespace {

/// 0: the host; d + 1: device d; -1: not of this problem.
int32_t place_named(const Placing& problem, const std::string& name) {
  if (name == "host") return 0;
  for (size_t d = 0; d < problem.devices.size(); ++d) {
    if (problem.devices[d].name == name) return static_cast<int32_t>(d) + 1;
  }
  return -1;
}

/// A variable is read as the last run left it and written for the next: each write makes a new tensor, which later ops read and
/// which goes to the host at the end. Several tensors may stand for one variable.
class Variables {
 public:
  Variables(const inlay_graph& graph, Placing* problem) : graph_(graph), problem_(problem) {}

  std::vector<int32_t> reads(const int32_t* tensors, int32_t count) {
    std::vector<int32_t> out(tensors, tensors + count);
    for (int32_t& t : out) {
      if (is_variable(t)) t = now_.emplace(graph_.tensors[t].variable, t).first->second;
    }
    return out;
  }
  std::vector<int32_t> writes(const int32_t* tensors, int32_t count) {
    std::vector<int32_t> out(tensors, tensors + count);
    for (int32_t& t : out) {
      if (!is_variable(t)) continue;
      problem_->tensors.push_back(problem_->tensors[static_cast<size_t>(t)]);
      now_[graph_.tensors[t].variable] = static_cast<int32_t>(problem_->tensors.size()) - 1;
      t = now_[graph_.tensors[t].variable];
      problem_->outputs.push_back(t);
    }
    return out;
  }

 private:
  bool is_variable(int32_t t) const { return t >= 0 && (graph_.tensors[t].flags & INLAY_TENSOR_VARIABLE) != 0; }

  const inlay_graph& graph_;
  Placing* problem_;
  std::map<int32_t, int32_t> now_;  // by variable: the tensor that holds its value
};

}  // namespace

void add_paths(Placing* problem, const std::vector<Transfer>& transfers) {
  problem->make_paths();
  const auto places = static_cast<int32_t>(problem->devices.size()) + 1;
  for (int32_t place = 1; place < places; ++place) {
    if (problem->devices[static_cast<size_t>(place) - 1].kind == PlaceKind::kHost) continue;
    problem->path(0, place) = problem->path(place, 0) = {true, 0, 0};
  }
  for (const Transfer& t : transfers) {
    const int32_t from = place_named(*problem, t.from), to = place_named(*problem, t.to);
    if (from < 0 || to < 0 || from == to) continue;
    if (from != 0 && to != 0) continue;  // sessions bring tensors from one device to another by way of the host
    problem->path(from, to) = {true, nanos_of(t.latency_us), static_cast<double>(static_cast<float>(t.bytes_per_us))};
  }
}

PlacingDevice placing_device(const inlay_device& device, const std::string& name) {
  const PlaceDevice d = place_device(device, name.c_str());
  return {name, d.kind, d.shares_memory, d.start, d.submit, d.memory_limit};
}

Placing model_placing(const inlay_model* model, const std::vector<PlacingDevice>& devices,
                      const std::vector<Transfer>& transfers) {
  const inlay_graph& graph = *inlay_model_graph(model, 0);
  Placing out;
  out.devices = devices;
  out.devices.push_back({"session", PlaceKind::kHost, false, 0, 0, 0});
  for (int32_t i = 0; i < graph.tensor_count; ++i)
    out.tensors.push_back({graph.tensors[i].bytes, graph.tensors[i].data != nullptr});
  Variables variables(graph, &out);
  for (int32_t n = 0; n < graph.node_count; ++n) {
    const inlay_node& node = graph.nodes[n];
    std::vector<int32_t> reads = variables.reads(node.inputs, node.input_count);
    out.nodes.push_back({inlay_op_kind_name(node.kind), std::move(reads), variables.writes(node.outputs, node.output_count), {}});
  }
  const std::vector<int32_t> wanted = variables.reads(graph.outputs, graph.output_count);
  out.outputs.insert(out.outputs.end(), wanted.begin(), wanted.end());
  std::sort(out.outputs.begin(), out.outputs.end());
  out.outputs.erase(std::unique(out.outputs.begin(), out.outputs.end()), out.outputs.end());
  add_paths(&out, transfers);
  return out;
}

void add_option(Placing* problem, size_t node, int32_t column, int32_t place, Nanos cost) {
  const auto session = static_cast<int32_t>(problem->devices.size()) - 1;
  problem->nodes[node].options.push_back({column < 0 ? session : place, column < 0 ? 0 : cost});
  problem->nodes[node].columns.push_back(column);
}

PlacingPlan plan_of(const Placing& problem, const std::vector<int32_t>& placement) {
  PlacingPlan plan = first_plan(problem);
  for (size_t n = 0; n < placement.size(); ++n) {
    const std::vector<int32_t>& columns = problem.nodes[n].columns;
    const auto at = std::find(columns.begin(), columns.end(), placement[n]);
    if (at == columns.end()) throw Error("op " + std::to_string(n) + " was not measured where it is placed");
    plan.options[n] = static_cast<int32_t>(at - columns.begin());
  }
  return plan;
}

std::vector<int32_t> placement_of(const Placing& problem, const PlacingPlan& plan) {
  std::vector<int32_t> out;
  for (size_t n = 0; n < plan.options.size(); ++n) out.push_back(problem.nodes[n].columns[static_cast<size_t>(plan.options[n])]);
  return out;
}

}  // namespace inlay::tools
