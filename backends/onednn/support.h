// SPDX-License-Identifier: Apache-2.0
// What a model alone tells about which nodes oneDNN can run with our answers. Needs no oneDNN; what only the library knows, such
// as its kernels for this CPU, the plug-in says.
#pragma once
#include "inlay/backend.h"

namespace inlay::onednn {

/// Multiply-adds per run of the products that oneDNN might take.
double work_of(const inlay_segment& model);

/// NULL, or why not.
const char* rejection(const inlay_segment& segment, const inlay_node& node);

inline const inlay_tensor* input_of(const inlay_graph& graph, const inlay_node& node, int i) {
  return i < node.input_count && node.inputs[i] >= 0 ? &graph.tensors[node.inputs[i]] : nullptr;
}
inline bool is_constant(const inlay_tensor* t) { return t->data != nullptr && (t->flags & INLAY_TENSOR_VARIABLE) == 0; }

inline bool is_conv(uint16_t kind) {
  return kind == INLAY_OP_CONV_2D || kind == INLAY_OP_DEPTHWISE_CONV_2D || kind == INLAY_OP_FULLY_CONNECTED;
}

}  // namespace inlay::onednn
