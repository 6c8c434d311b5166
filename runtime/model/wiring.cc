// SPDX-License-Identifier: Apache-2.0
#include "model/reader.h"

namespace inlay {
namespace {

bool valid(const inlay_graph& g, int32_t tensor) { return tensor >= 0 && tensor < g.tensor_count; }

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
    if (!valid(g, t)) return INLAY_FAIL(r.error, MODEL_CORRUPT, "op % writes tensor %, the graph has %", index, t, g.tensor_count);
    // A variable always has a value; whoever writes it replaces it.
    if (written[t] != 0 && (g.tensors[t].flags & INLAY_TENSOR_VARIABLE) == 0) return INLAY_FAIL(r.error, MODEL_CORRUPT, "op % writes tensor %, which has a value already", index, t);
    written[t] = 1;
  }
  return INLAY_OK;
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
