// SPDX-License-Identifier: Apache-2.0
#include "tools/split/split_search.h"

#include <algorithm>
#include <cmath>

#include "core/tensor.h"
#include "tools/graph/uses.h"

namespace inlay::tools {
namespace {

constexpr Nanos kViewNs = 50;  // a call that finds its bytes in place

double share_of(const Graph& graph, const Piece& piece) {
  if (piece.range.axis < 0) return 1;
  return static_cast<double>(piece.range.range.size()) / extent_of(tensor_at(graph, piece.tensor), piece.range.axis);
}

/// Is it a range beside others, and not behind them?
bool by_features(const Graph& graph, const Piece& piece) {
  return piece.range.axis >= 0 && !is_run(tensor_at(graph, piece.tensor), piece.range);
}

PlaceTensor tensor_of(const Graph& graph, const Piece& piece) {
  const Tensor& whole = tensor_at(graph, piece.tensor);
  const std::vector<int32_t> shape = shape_of(whole, piece.range);
  uint64_t bytes = 0;
  if (!tensor_bytes(whole.dtype, shape.data(), static_cast<int32_t>(shape.size()), &bytes)) throw Error("a tensor is too large");
  return {bytes, whole.is_constant()};
}

/// What a step of the host takes; -1: not known.
Nanos host_cost(const Graph& graph, const Layout& layout, const Step& step, const Curves& curves) {
  const Piece& first = layout.pieces[static_cast<size_t>(step.inputs[0])];
  return step.kind == Step::kJoin && by_features(graph, first) ? curves.join(step.node) : kViewNs;
}

Nanos part_cost(const Graph& graph, const Layout& layout, const Step& step, const DeviceSplit& split, const Curves& curves) {
  const Piece& written = layout.pieces[static_cast<size_t>(step.outputs[0])];
  const int32_t device = split.devices[static_cast<size_t>(step.part)];
  return curves.cost(step.node, device, share_of(graph, written), by_features(graph, written));
}

/// The ratio of one split, moved until its schedule gets no shorter.
class Balancer {
 public:
  Balancer(const Graph& graph, const Placing& whole, const Curves& curves, const std::vector<int32_t>& nodes,
           const std::vector<int32_t>& devices, Cut cut)
      : graph_(graph), whole_(whole), curves_(curves), split_{{nodes, {}, {}, cut}, devices} {
    const Tensor& out = tensor_at(graph, graph.nodes[static_cast<size_t>(nodes.back())].outputs[0]);
    const int32_t axis = axis_of(out, cut);
    extent_ = axis < 0 ? 1 : extent_of(out, axis);
  }

  std::optional<Balanced> run() {
    if (extent_ < static_cast<int32_t>(split_.devices.size()) || !begin()) return std::nullopt;
    for (int32_t step = std::max(extent_ / 8, 1);;) {
      if (improve(step)) continue;
      if (step == 1) break;
      step /= 2;
    }
    split_.split.bounds = bounds_of(rows_);
    return Balanced{split_, latency_};
  }

 private:
  /// Rows by the speed of the devices.
  bool begin() {
    std::vector<double> speed;
    double sum = 0;
    for (const int32_t device : split_.devices) {
      double time = 1;
      for (const int32_t n : split_.split.nodes) {
        const Nanos cost = curves_.cost(n, device, 1);
        if (cost < 0) return false;
        time += static_cast<double>(cost);
      }
      speed.push_back(1 / time);
      sum += speed.back();
    }
    int32_t left = extent_;
    for (size_t p = 0; p < speed.size(); ++p) {
      const auto others = static_cast<int32_t>(speed.size() - p) - 1;
      const auto fair = static_cast<int32_t>(std::lround(speed[p] / sum * extent_));
      rows_.push_back(others == 0 ? left : std::clamp(fair, 1, left - others));
      left -= rows_.back();
    }
    latency_ = latency_of(rows_);
    return latency_ >= 0;
  }

  /// Moves `step` rows from the part where that helps most.
  bool improve(int32_t step) {
    std::vector<int32_t> best;
    for (size_t from = 0; from < rows_.size(); ++from) {
      for (size_t to = 0; to < rows_.size(); ++to) {
        if (from == to || rows_[from] <= step) continue;
        std::vector<int32_t> rows = rows_;
        rows[from] -= step;
        rows[to] += step;
        const Nanos latency = latency_of(rows);
        if (latency < 0 || latency >= latency_) continue;
        latency_ = latency;
        best = rows;
      }
    }
    if (!best.empty()) rows_ = best;
    return !best.empty();
  }

  static std::vector<int32_t> bounds_of(const std::vector<int32_t>& rows) {
    std::vector<int32_t> bounds = {0};
    for (const int32_t r : rows) bounds.push_back(bounds.back() + r);
    return bounds;
  }

  /// -1: there is no such split.
  Nanos latency_of(const std::vector<int32_t>& rows) {
    split_.split.bounds = bounds_of(rows);
    if (!refusal(graph_, split_.split).empty()) return -1;
    const Layout layout = make_layout(graph_, split_.split);
    if (!known(layout)) return -1;
    Placing problem = placing_of(graph_, whole_, layout, {split_}, curves_);
    problem.outputs = {graph_.nodes[static_cast<size_t>(split_.split.nodes.back())].outputs[0]};
    PlaceScore score = {};
    return Scheduler(problem).score(first_plan(problem), &score) ? score.latency : -1;
  }

  /// Is there a number for every part and join?
  bool known(const Layout& layout) const {
    return std::all_of(layout.steps.begin(), layout.steps.end(), [&](const Step& step) {
      return (step.kind == Step::kPart ? part_cost(graph_, layout, step, split_, curves_) : host_cost(graph_, layout, step, curves_)) >= 0;
    });
  }

  const Graph& graph_;
  const Placing& whole_;
  const Curves& curves_;
  DeviceSplit split_;
  int32_t extent_ = 1;
  std::vector<int32_t> rows_;
  Nanos latency_ = 0;
};

}  // namespace

int32_t host_of(const Placing& whole) {
  for (size_t d = 0; d < whole.devices.size(); ++d) {
    if (whole.devices[d].kind == PlaceKind::kHost) return static_cast<int32_t>(d);
  }
  throw Error("no device computes in the host's memory");
}

Placing placing_of(const Graph& graph, const Placing& whole, const Layout& layout, const std::vector<DeviceSplit>& splits,
                   const Curves& curves) {
  Placing out;
  out.devices = whole.devices;
  out.paths = whole.paths;
  out.outputs = whole.outputs;
  // The problem may have more tensors than the graph, states of variables among them: ranges stand behind all of them.
  out.tensors = whole.tensors;
  const size_t own = graph.tensors.size();
  const auto shift = static_cast<int32_t>(out.tensors.size() - own);
  for (size_t i = own; i < layout.pieces.size(); ++i) out.tensors.push_back(tensor_of(graph, layout.pieces[i]));
  const auto shifted = [&](std::vector<int32_t> ids) {
    for (int32_t& id : ids) id += id >= static_cast<int32_t>(own) ? shift : 0;
    return ids;
  };
  const int32_t host = host_of(whole);
  for (const Step& step : layout.steps) {
    PlacingNode node = {"", shifted(step.inputs), shifted(step.outputs), {}};
    if (step.kind == Step::kWhole) {
      node = whole.nodes[static_cast<size_t>(step.node)];
    } else if (step.kind == Step::kPart) {
      const DeviceSplit& split = splits[static_cast<size_t>(step.split)];
      node.name = whole.nodes[static_cast<size_t>(step.node)].name;
      node.options = {{split.devices[static_cast<size_t>(step.part)], std::max<Nanos>(part_cost(graph, layout, step, split, curves), 0)}};
    } else {
      const bool inner = step.kind == Step::kInner;  // what the part has computed stays where it is
      node.name = step.kind == Step::kJoin ? "CONCATENATION" : step.kind == Step::kShape ? "RESHAPE" : "SLICE";
      node.options = {{inner ? splits[static_cast<size_t>(step.split)].devices[static_cast<size_t>(step.part)] : host,
                       std::max<Nanos>(host_cost(graph, layout, step, curves), 0)}};
    }
    out.nodes.push_back(std::move(node));
  }
  return out;
}

std::optional<Balanced> balance(const Graph& graph, const Placing& whole, const Curves& curves, const std::vector<int32_t>& nodes,
                                const std::vector<int32_t>& devices, Cut cut) {
  return Balancer(graph, whole, curves, nodes, devices, cut).run();
}

}  // namespace inlay::tools
