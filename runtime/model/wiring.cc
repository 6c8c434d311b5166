// SPDX-License-Identifier: Apache-2.0
#include "model/reader.h"

namespace inlay {
namespace {

bool valid(const inlay_graph& g, int32_t tensor) { return tensor >= 0 && tensor < g.tensor_count; }

/// Of an op that writes a variable; control flow may have more.
constexpr int32_t kMaxOutputs = 16;

bool same_variable(const inlay_tensor& a, const inlay_tensor& b) {
  return (a.flags & b.flags & INLAY_TENSOR_VARIABLE) != 0 && a.variable == b.variable;
}

/// An op's output must not lie over what the op reads, such as indices that it has checked, nor over another output. The plan
/// sees to it for activations; variables lie where they are. Control flow only copies its inputs and outputs.
inlay_status check_variables(const Reader& r, const inlay_graph& g, int32_t index) {
  const inlay_node& node = g.nodes[index];
  if (node.params_type == INLAY_PARAMS_GRAPHS) return INLAY_OK;
  for (int32_t o = 0; o < node.output_count; ++o) {
    if (node.outputs[o] < 0 || (g.tensors[node.outputs[o]].flags & INLAY_TENSOR_VARIABLE) == 0) continue;
    const inlay_tensor& out = g.tensors[node.outputs[o]];
    bool shared = node.output_count > kMaxOutputs;
    for (int32_t i = 0; !shared && i < node.input_count; ++i)
      shared = node.inputs[i] >= 0 && same_variable(g.tensors[node.inputs[i]], out);
    for (int32_t i = 0; !shared && i < node.output_count; ++i) {
      shared = i != o && node.outputs[i] >= 0 && same_variable(g.tensors[node.outputs[i]], out);
    }
    if (shared)
      return INLAY_FAIL(r.error, MODEL_CORRUPT, "op % writes variable % and uses it for something else, too", index,
                        out.variable);
  }
  return INLAY_OK;
}

inlay_status check_node(const Reader& r, const inlay_graph& g, int32_t index, uint8_t* written) {
  const inlay_node& node = g.nodes[index];
  for (int32_t i = 0; i < node.input_count; ++i) {
    const int32_t t = node.inputs[i];
    if (t == -1) continue;
    if (!valid(g, t)) return INLAY_FAIL(r.error, MODEL_CORRUPT, "op % reads tensor %, the graph has %", index, t, g.tensor_count);
    if (written[t] == 0) return INLAY_FAIL(r.error, MODEL_CORRUPT, "op % reads tensor % before any op writes it", index, t);
  }
  for (int32_t i = 0; i < node.output_count; ++i) {
    const int32_t t = node.outputs[i];
    if (t == -1) continue;
    if (!valid(g, t))
      return INLAY_FAIL(r.error, MODEL_CORRUPT, "op % writes tensor %, the graph has %", index, t, g.tensor_count);
    // A variable always has a value; whoever writes it replaces it.
    if (written[t] != 0 && (g.tensors[t].flags & INLAY_TENSOR_VARIABLE) == 0)
      return INLAY_FAIL(r.error, MODEL_CORRUPT, "op % writes tensor %, which has a value already", index, t);
    written[t] = 1;
  }
  return check_variables(r, g, index);
}

}  // namespace

inlay_status check_wiring(const Reader& r, const inlay_graph& g, uint8_t* written) {
  for (int32_t t = 0; t < g.tensor_count; ++t) {
    const inlay_tensor& tensor = g.tensors[t];
    const bool variable = (tensor.flags & INLAY_TENSOR_VARIABLE) != 0;
    written[t] = tensor.data != nullptr || variable;
    if (tensor.data != nullptr && variable) return INLAY_FAIL(r.error, MODEL_CORRUPT, "tensor % is a constant and a variable", t);
  }
  for (int32_t i = 0; i < g.input_count; ++i) {
    const int32_t t = g.inputs[i];
    if (!valid(g, t) || written[t] != 0) {
      return INLAY_FAIL(r.error, MODEL_CORRUPT, "graph input % is no free tensor of the graph", i);
    }
    written[t] = 1;
  }
  for (int32_t n = 0; n < g.node_count; ++n) INLAY_TRY(check_node(r, g, n, written));
  for (int32_t i = 0; i < g.output_count; ++i) {
    if (!valid(g, g.outputs[i]) || written[g.outputs[i]] == 0) {
      return INLAY_FAIL(r.error, MODEL_CORRUPT, "graph output % is written by no op", i);
    }
  }
  return INLAY_OK;
}

}  // namespace inlay
