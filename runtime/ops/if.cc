// SPDX-License-Identifier: Apache-2.0
// IF: input 0 chooses between two graphs; the further inputs are theirs, the outputs too.
#include "ops/call_util.h"

namespace inlay {
namespace {

struct Data {
  Callee branches[2];  ///< then, else
};

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_node& node = p.node();
  INLAY_TRY(p.counts(1, INT32_MAX, node.output_count));
  INLAY_TRY(p.no_activation());
  const inlay_graphs* params = nullptr;
  INLAY_TRY(p.params(INLAY_PARAMS_GRAPHS, &params));
  INLAY_TRY(p.dtype(p.input(0), dtype_bit(INLAY_BOOL), "condition"));
  if (p.input(0)->bytes != 1) return p.fail("the condition must be one value");
  const inlay_graph *yes = nullptr, *no = nullptr;
  INLAY_TRY(check_call_inputs(p, params->first, 1, node.input_count - 1, &yes));
  INLAY_TRY(check_call_inputs(p, params->second, 1, node.input_count - 1, &no));
  *p.data<Data>() = {{Callee::to(*yes, *raw->graph), Callee::to(*no, *raw->graph)}};
  INLAY_TRY(check_call_outputs(p, *yes));
  return check_call_outputs(p, *no);
}

inlay_status eval(const inlay_eval* raw) {
  const inlay_node& node = *raw->node;
  const auto& graphs = *static_cast<const inlay_graphs*>(node.params);
  const bool yes = truth(raw->tensors, node.inputs[0]);
  const inlay_graph& callee = static_cast<const Data*>(raw->data)->branches[yes ? 0 : 1].from(*raw->graph);
  const int32_t index = yes ? graphs.first : graphs.second;
  void* const* inside = raw->calls->tensors(raw->calls, index);
  copy_values(callee.input_count, node.inputs + 1, raw->tensors, callee, callee.inputs, inside);
  INLAY_TRY(raw->calls->run(raw->calls, index));
  copy_values(callee.output_count, callee.outputs, inside, *raw->graph, node.outputs, raw->tensors);
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(if, IF, NONE, sizeof(Data), prepare, eval)

}  // namespace inlay
