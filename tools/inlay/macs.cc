// SPDX-License-Identifier: Apache-2.0
#include "tools/inlay/macs.h"

namespace inlay::tools {
namespace {

uint64_t elements(const inlay_tensor& tensor) {
  uint64_t count = 1;
  for (int i = 0; i < tensor.rank; ++i) count *= static_cast<uint64_t>(tensor.dims[i]);
  return count;
}

const inlay_tensor* tensor_at(const inlay_graph& graph, const int32_t* ids, uint16_t count, uint16_t index) {
  return index < count && ids[index] >= 0 ? &graph.tensors[ids[index]] : nullptr;
}

/// Every matrix of the layer once per vector of the sequence.
uint64_t recurrent_macs(const inlay_graph& graph, const inlay_node& node) {
  constexpr uint16_t kMatricesEnd = 24;  // behind it an LSTM has scales
  const inlay_tensor* x = tensor_at(graph, node.inputs, node.input_count, 0);
  if (x == nullptr || x->rank == 0 || x->dims[x->rank - 1] < 1) return 0;
  uint64_t weights = 0;
  for (uint16_t i = 1; i < kMatricesEnd; ++i) {
    const inlay_tensor* matrix = tensor_at(graph, node.inputs, node.input_count, i);
    if (matrix != nullptr && matrix->data != nullptr && matrix->rank == 2) weights += elements(*matrix);
  }
  return weights * (elements(*x) / static_cast<uint64_t>(x->dims[x->rank - 1]));
}

/// Every input value meets the weights of its channel.
uint64_t transposed_macs(const inlay_graph& graph, const inlay_node& node) {
  const inlay_tensor* weights = tensor_at(graph, node.inputs, node.input_count, 1);  // [out, h, w, in]
  const inlay_tensor* x = tensor_at(graph, node.inputs, node.input_count, 2);
  if (weights == nullptr || x == nullptr || weights->rank != 4 || weights->dims[3] < 1) return 0;
  return elements(*x) * (elements(*weights) / static_cast<uint64_t>(weights->dims[3]));
}

/// Every output value is a sum over the axis that only the operands have.
uint64_t matmul_macs(const inlay_graph& graph, const inlay_node& node) {
  const inlay_tensor* a = tensor_at(graph, node.inputs, node.input_count, 0);
  const inlay_tensor* out = tensor_at(graph, node.outputs, node.output_count, 0);
  if (a == nullptr || out == nullptr || a->rank < 2 || node.params_type != INLAY_PARAMS_MATMUL) return 0;
  const bool turned = static_cast<const inlay_matmul*>(node.params)->transpose_a != 0;
  return elements(*out) * static_cast<uint64_t>(a->dims[a->rank - (turned ? 2 : 1)]);
}

}  // namespace

uint64_t node_macs(const inlay_graph& graph, const inlay_node& node) {
  if (node.kind == INLAY_OP_UNIDIRECTIONAL_SEQUENCE_LSTM || node.kind == INLAY_OP_UNIDIRECTIONAL_SEQUENCE_RNN ||
      node.kind == INLAY_OP_SVDF) {
    return recurrent_macs(graph, node);
  }
  if (node.kind == INLAY_OP_TRANSPOSE_CONV) return transposed_macs(graph, node);
  if (node.kind == INLAY_OP_BATCH_MATMUL) return matmul_macs(graph, node);
  const inlay_tensor* weights = tensor_at(graph, node.inputs, node.input_count, 1);
  const inlay_tensor* output = tensor_at(graph, node.outputs, node.output_count, 0);
  if (weights == nullptr || output == nullptr || weights->rank == 0) return 0;
  const uint64_t positions = elements(*output);
  switch (node.kind) {
    case INLAY_OP_CONV_2D:  // weights [out, h, w, in / groups]
    case INLAY_OP_FULLY_CONNECTED:  // weights [out, in]
      return weights->dims[0] > 0 ? positions * (elements(*weights) / static_cast<uint64_t>(weights->dims[0])) : 0;
    case INLAY_OP_DEPTHWISE_CONV_2D:  // weights [1, h, w, channels]
      return weights->rank == 4 ? positions * static_cast<uint64_t>(weights->dims[1]) * static_cast<uint64_t>(weights->dims[2]) : 0;
    default: return 0;
  }
}

uint64_t node_constant_bytes(const inlay_graph& graph, const inlay_node& node) {
  uint64_t bytes = 0;
  for (uint16_t i = 0; i < node.input_count; ++i) {
    const inlay_tensor* tensor = tensor_at(graph, node.inputs, node.input_count, i);
    if (tensor != nullptr && tensor->data != nullptr) bytes += tensor->bytes;
  }
  return bytes;
}

uint64_t graph_macs(const inlay_graph& graph) {
  uint64_t macs = 0;
  for (int32_t i = 0; i < graph.node_count; ++i) macs += node_macs(graph, graph.nodes[i]);
  return macs;
}

}  // namespace inlay::tools
