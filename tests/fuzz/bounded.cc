// SPDX-License-Identifier: Apache-2.0
#include "fuzz/bounded.h"

#include <vector>

#include "inlay/op.h"

extern "C" const inlay_op inlay_op_if, inlay_op_while;

namespace inlay::fuzz {
namespace {

double elements(const inlay_tensor& t) {
  double count = 1;
  // A dim of 0 leaves the loops over the others.
  for (int32_t i = 0; i < t.rank; ++i) count *= t.dims[i] > 0 ? t.dims[i] : 1;
  return count;
}

/// Whether an op takes a few steps per element of its output: those whose output may lie over an input.
bool is_light(uint16_t kind) {
  const inlay_op_table& table = *inlay_default_ops();
  for (int32_t i = 0; i < table.count; ++i) {
    if (table.ops[i]->kind == kind) return table.ops[i]->alias != INLAY_ALIAS_NONE;
  }
  return false;
}

double work_of(const inlay_graph& graph, const inlay_node& node) {
  double in = 0, out = 0;
  for (int32_t i = 0; i < node.input_count; ++i) in += node.inputs[i] >= 0 ? elements(graph.tensors[node.inputs[i]]) : 0;
  for (int32_t i = 0; i < node.output_count; ++i) out += node.outputs[i] >= 0 ? elements(graph.tensors[node.outputs[i]]) : 0;
  double each = is_light(node.kind) ? 1 : in;
  if (node.params_type == INLAY_PARAMS_WINDOW) {
    const auto& w = *static_cast<const inlay_window*>(node.params);
    each = double{1} * w.filter_h * w.filter_w;
  }
  if (node.kind == INLAY_OP_CONV_2D || node.kind == INLAY_OP_DEPTHWISE_CONV_2D || node.kind == INLAY_OP_FULLY_CONNECTED) {
    const inlay_tensor& weights = graph.tensors[node.inputs[1]];
    const int32_t channels = weights.rank > 0 ? weights.dims[node.kind == INLAY_OP_DEPTHWISE_CONV_2D ? weights.rank - 1 : 0] : 1;
    each = channels > 0 ? elements(weights) / channels : 1;
  }
  const bool pairs = node.params_type == INLAY_PARAMS_DETECTION || node.kind == INLAY_OP_NON_MAX_SUPPRESSION_V4 ||
                     node.kind == INLAY_OP_NON_MAX_SUPPRESSION_V5;
  return in + out * (1 + each) + (pairs ? in * in : 0);
}

double work_of(const inlay_graph& graph) {
  double work = 100;
  for (int32_t n = 0; n < graph.node_count; ++n) work += work_of(graph, graph.nodes[n]);
  return work;
}

thread_local double steps_left = 0;
thread_local const inlay_model* running = nullptr;

struct BoundedCalls : inlay_calls {
  const inlay_calls* inner;
};

inlay_status run_bounded(const inlay_calls* raw, int32_t index) {
  const inlay_calls* inner = static_cast<const BoundedCalls*>(raw)->inner;
  steps_left -= work_of(*inlay_model_graph(running, index));
  return steps_left < 0 ? INLAY_STATUS_BACKEND_FAILED : inner->run(inner, index);
}

void* const* tensors_of(const inlay_calls* raw, int32_t index) {
  const inlay_calls* inner = static_cast<const BoundedCalls*>(raw)->inner;
  return inner->tensors(inner, index);
}

template <const inlay_op& op>
inlay_status eval_bounded(const inlay_eval* raw) {
  BoundedCalls calls;
  calls.run = run_bounded;
  calls.tensors = tensors_of;
  calls.inner = raw->calls;
  inlay_eval call = *raw;
  call.calls = &calls;
  return op.eval(&call);
}

}  // namespace

double work_of(const inlay_model& model) {
  double work = 0;
  for (int32_t g = 0; g < inlay_model_graph_count(&model); ++g) work += work_of(*inlay_model_graph(&model, g));
  return work;
}

const inlay_op_table* bounded_ops() {
  static const auto make = [](const inlay_op& op, inlay_status (*eval)(const inlay_eval*)) {
    inlay_op bounded = op;
    bounded.eval = eval;
    return bounded;
  };
  static const inlay_op if_op = make(inlay_op_if, eval_bounded<inlay_op_if>);
  static const inlay_op while_op = make(inlay_op_while, eval_bounded<inlay_op_while>);
  static const std::vector<const inlay_op*> list = [] {
    const inlay_op_table& all = *inlay_default_ops();
    std::vector<const inlay_op*> ops(all.ops, all.ops + all.count);
    for (const inlay_op*& op : ops) op = op->kind == INLAY_OP_IF ? &if_op : op->kind == INLAY_OP_WHILE ? &while_op : op;
    return ops;
  }();
  static const inlay_op_table table = {list.data(), static_cast<int32_t>(list.size())};
  return &table;
}

void set_steps_left(const inlay_model& model, double steps) {
  running = &model;
  steps_left = steps;
}

}  // namespace inlay::fuzz
