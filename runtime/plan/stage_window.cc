// SPDX-License-Identifier: Apache-2.0
#include "plan/stage_window.h"

namespace inlay {
namespace {

bool is_variable(const inlay_tensor& tensor) { return (tensor.flags & INLAY_TENSOR_VARIABLE) != 0; }

}  // namespace

StageWindow::Tables StageWindow::take(const StageProblem& problem, Bump* bump) {
  const size_t tensors = problem.graph != nullptr ? static_cast<size_t>(problem.graph->tensor_count) : 0;
  Tables tables = {};
  tables.last_use = bump->take_array<int32_t>(tensors);
  tables.counted = bump->take_array<int32_t>(tensors);
  return tables;
}

StageWindow::StageWindow(const StageProblem& problem, const Tables& tables) : p_(problem), t_(tables) {
  if (p_.graph == nullptr) return;
  const inlay_graph& graph = *p_.graph;
  for (int32_t t = 0; t < graph.tensor_count; ++t) {
    t_.last_use[t] = is_variable(graph.tensors[t]) ? p_.node_count : -1;
    t_.counted[t] = 0;
  }
  for (int32_t n = 0; n < graph.node_count; ++n) {
    for (int32_t i = 0; i < graph.nodes[n].input_count; ++i) {
      const int32_t t = graph.nodes[n].inputs[i];
      if (t >= 0 && t_.last_use[t] < n) t_.last_use[t] = n;
    }
  }
  for (int32_t i = 0; i < graph.output_count; ++i) t_.last_use[graph.outputs[i]] = p_.node_count;
}

void StageWindow::end_at(int32_t end) {
  begin_ = end_ = end;
  ++mark_;
  for (double& us : ops_us_) us = 0;
  to_ = from_ = {};
}

/// What the node in front makes no longer comes from outside; what it reads does, unless a later node had it brought already.
void StageWindow::carry(const inlay_node& node) {
  const inlay_tensor* tensors = p_.graph->tensors;
  for (int32_t i = 0; i < node.output_count; ++i) {
    const int32_t t = node.outputs[i];
    if (t < 0) continue;
    if (t_.last_use[t] >= end_) from_.add(tensors[t].bytes, 1);
    if (is_variable(tensors[t]) || t_.counted[t] != mark_) continue;
    to_.add(tensors[t].bytes, -1);
    t_.counted[t] = 0;
  }
  for (int32_t i = 0; i < node.input_count; ++i) {
    const int32_t t = node.inputs[i];
    if (t < 0 || tensors[t].data != nullptr || t_.counted[t] == mark_) continue;
    to_.add(tensors[t].bytes, 1);
    t_.counted[t] = mark_;
  }
}

bool StageWindow::grow(double limit) {
  if (begin_ == 0) return false;
  --begin_;
  const float* row = p_.costs_us + static_cast<size_t>(begin_) * static_cast<size_t>(p_.device_count);
  bool any = false;
  for (int32_t d = 0; d < p_.device_count; ++d) {
    const auto cost = static_cast<double>(row[d]);
    ops_us_[d] = cost >= 0 && ops_us_[d] < kNeverUs ? ops_us_[d] + cost : kNeverUs;
    any = any || (ops_us_[d] < kNeverUs && ops_us_[d] <= limit);
  }
  if (any && p_.graph != nullptr) carry(p_.graph->nodes[begin_]);
  return any;
}

double StageWindow::time(const Cargo& cargo, float each_us, float bytes_per_us) {
  const double each = static_cast<double>(cargo.count) * static_cast<double>(each_us);
  return bytes_per_us > 0 ? each + static_cast<double>(cargo.bytes) / static_cast<double>(bytes_per_us) : each;
}

double StageWindow::load(int32_t d) const {
  if (p_.links == nullptr || ops_us_[d] >= kNeverUs) return ops_us_[d];
  const inlay_device_link& l = p_.links[d];
  return ops_us_[d] + (static_cast<double>(l.start_us) + static_cast<double>(l.submit_us)) +
         time(to_, l.to_us, l.to_bytes_per_us) + time(from_, l.from_us, l.from_bytes_per_us);
}

}  // namespace inlay
