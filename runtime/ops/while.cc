// SPDX-License-Identifier: Apache-2.0
// WHILE: the inputs are the loop's state; graph one says whether to go on, graph two makes the next state. The outputs are the
// last state. The number of rounds is the model's own affair: a model that never stops is the caller's to avoid.
#include "ops/call_util.h"

namespace inlay {
namespace {

struct Data {
  Callee condition, body;
};

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_node& node = p.node();
  INLAY_TRY(p.counts(1, INT32_MAX, node.output_count));
  INLAY_TRY(p.no_activation());
  const inlay_graphs* params = nullptr;
  INLAY_TRY(p.params(INLAY_PARAMS_GRAPHS, &params));
  const inlay_graph *condition = nullptr, *body = nullptr;
  INLAY_TRY(check_call_inputs(p, params->first, 0, node.input_count, &condition));
  INLAY_TRY(check_call_inputs(p, params->second, 0, node.input_count, &body));
  *p.data<Data>() = {Callee::to(*condition, *raw->graph), Callee::to(*body, *raw->graph)};
  if (condition->output_count != 1) return p.fail("the condition must give one value");
  const inlay_tensor& verdict = condition->tensors[condition->outputs[0]];
  if (verdict.dtype != INLAY_BOOL || verdict.bytes != 1) return p.fail("the condition must give one bool");
  if (node.output_count != node.input_count) return p.fail("inputs and outputs differ in number");
  INLAY_TRY(check_call_outputs(p, *body));
  for (int32_t i = 0; i < node.input_count; ++i) {
    if (p.input(i)->dtype != p.output(i)->dtype) return p.fail("input and output of the loop differ in dtype");
    INLAY_TRY(p.output_like(i, p.input(i)));
  }
  return INLAY_OK;
}

inlay_status eval(const inlay_eval* raw) {
  const inlay_node& node = *raw->node;
  const auto& graphs = *static_cast<const inlay_graphs*>(node.params);
  const auto& d = *static_cast<const Data*>(raw->data);
  const inlay_graph &condition = d.condition.from(*raw->graph), &body = d.body.from(*raw->graph);
  const inlay_calls& calls = *raw->calls;
  void* const* in_condition = calls.tensors(&calls, graphs.first);
  void* const* in_body = calls.tensors(&calls, graphs.second);
  const int32_t count = node.input_count;
  copy_values(count, node.inputs, raw->tensors, *raw->graph, node.outputs, raw->tensors);
  while (true) {
    copy_values(count, node.outputs, raw->tensors, condition, condition.inputs, in_condition);
    INLAY_TRY(calls.run(&calls, graphs.first));
    if (!truth(in_condition, condition.outputs[0])) return INLAY_OK;
    copy_values(count, node.outputs, raw->tensors, body, body.inputs, in_body);
    INLAY_TRY(calls.run(&calls, graphs.second));
    copy_values(count, body.outputs, in_body, *raw->graph, node.outputs, raw->tensors);
  }
}

}  // namespace

INLAY_DEFINE_OP(while, WHILE, NONE, sizeof(Data), prepare, eval)

}  // namespace inlay
