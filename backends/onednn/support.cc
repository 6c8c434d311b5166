// SPDX-License-Identifier: Apache-2.0
#include "support.h"

#include "core/quant.h"
#include "core/tensor.h"

namespace inlay::onednn {
namespace {

constexpr int kMostDims = 6;             // of operands of elementwise ops and products: what every kernel of the library takes
constexpr float kExactFloat = 16777216;  // 2^24: integers up to it are floats

/// All checks of shapes, dtypes and options are those of the builtin op: what it refuses, it may explain itself.
bool valid(const inlay_segment& segment, const inlay_node& node) {
  inlay_segment alone = segment;
  alone.first_node = static_cast<int32_t>(&node - segment.graph->nodes);
  alone.node_count = 1;
  inlay_need need;
  return inlay_backend_builtin.measure(0, &alone, &need, nullptr) == INLAY_OK;
}

bool takes(uint16_t kind) {
  switch (kind) {
    case INLAY_OP_CONV_2D:
    case INLAY_OP_DEPTHWISE_CONV_2D:
    case INLAY_OP_FULLY_CONNECTED:
    case INLAY_OP_BATCH_MATMUL:
    case INLAY_OP_AVERAGE_POOL_2D:
    case INLAY_OP_MAX_POOL_2D:
    case INLAY_OP_SOFTMAX:
    case INLAY_OP_RELU:
    case INLAY_OP_TANH:
    case INLAY_OP_LOGISTIC:
    case INLAY_OP_ADD:
    case INLAY_OP_MUL: return true;
    default: return false;
  }
}

const char* dtype_reason(const inlay_graph& graph, const inlay_node& node) {
  const inlay_tensor* in = input_of(graph, node, 0);
  if (in == nullptr || node.output_count != 1 || node.outputs[0] < 0) return "the node has no input or not one output";
  const inlay_tensor& out = graph.tensors[node.outputs[0]];
  if (out.dtype != in->dtype) return "input and output differ in dtype";
  if (in->dtype == INLAY_FLOAT32) return nullptr;
  if (in->dtype != INLAY_INT8) return "the oneDNN backend computes only float32 and int8";
  if (is_conv(node.kind) || node.kind == INLAY_OP_MAX_POOL_2D) return nullptr;
  return "oneDNN's integer arithmetic of this op has other bits than Inlay's";
}

/// Products per output of a conv-like node.
int64_t products(const inlay_node& node, const inlay_tensor& weights) {
  if (node.kind == INLAY_OP_FULLY_CONNECTED) return weights.dims[1];
  const int64_t window = int64_t{weights.dims[1]} * weights.dims[2];
  return node.kind == INLAY_OP_DEPTHWISE_CONV_2D ? window : window * weights.dims[3];
}

/// oneDNN sums products in int32, converts the sum to float and adds the bias there. That is f32(acc), as docs/numerics.md has
/// it, where both are exact floats, and has the same answer where a sum too large for that saturates anyway.
const char* sums_reason(const inlay_graph& graph, const inlay_node& node) {
  const inlay_tensor& in = *input_of(graph, node, 0);
  const inlay_tensor& weights = *input_of(graph, node, 1);
  const inlay_tensor* bias = input_of(graph, node, 2);
  const inlay_tensor& out = graph.tensors[node.outputs[0]];
  const int64_t count = products(node, weights);
  if (count > INT32_MAX / (255 * 128 * 2)) return "the sums of products may not fit an int32 in oneDNN";
  const bool always_fit = count * 255 * 128 <= static_cast<int64_t>(kExactFloat);
  const auto* values = bias != nullptr ? static_cast<const int32_t*>(bias->data) : nullptr;
  const int32_t channels = last_dim(out);
  for (int32_t c = 0; c < channels; ++c) {
    const float scale = weights.quant.scales[weights.quant.count == channels ? c : 0];
    const float factor = scale_of(&in) * scale / scale_of(&out);
    if (!(factor > 0) || !(factor < 1e30f)) return "oneDNN needs scales that make positive, finite factors";
    const auto value = values != nullptr ? static_cast<float>(values[c]) : 0.0f;
    const float room = kExactFloat - (value < 0 ? -value : value);
    if (room < 0 || (!always_fit && room * factor < 512)) return "sums of this size are rounded otherwise in oneDNN";
  }
  return nullptr;
}

const char* conv_reason(const inlay_segment& segment, const inlay_node& node) {
  const inlay_graph& graph = *segment.graph;
  const inlay_tensor& in = *input_of(graph, node, 0);
  const inlay_tensor& weights = *input_of(graph, node, 1);
  const inlay_tensor* bias = input_of(graph, node, 2);
  if (weights.dtype != in.dtype) return "the oneDNN backend takes weights of the input's dtype only";
  if (!is_constant(&weights) || (bias != nullptr && !is_constant(bias))) return "weights are packed once: they must be constants";
  if (in.dtype == INLAY_FLOAT32) return nullptr;
  const inlay_tensor& out = graph.tensors[node.outputs[0]];
  const QuantRange range = activation_range(out.dtype, node.activation, scale_of(&out), zero_point_of(&out));
  if (range.min >= range.max) return "an activation that leaves one value";
  return segment.allow_inexact != 0 ? nullptr : sums_reason(graph, node);
}

const char* pool_reason(const inlay_graph& graph, const inlay_node& node) {
  const inlay_tensor& in = *input_of(graph, node, 0);
  return in.dtype == INLAY_INT8 && node.activation != INLAY_ACT_NONE ? "an int8 pool is not clamped here" : nullptr;
}

/// oneDNN broadcasts the second operand. Both are given as many dims.
const char* binary_reason(const inlay_graph& graph, const inlay_node& node) {
  const inlay_tensor& out = graph.tensors[node.outputs[0]];
  const inlay_tensor& a = *input_of(graph, node, 0);
  const inlay_tensor& b = *input_of(graph, node, 1);
  if (b.dtype != INLAY_FLOAT32) return "the oneDNN backend computes only float32 and int8";
  if (out.rank > kMostDims || out.rank == 0) return "one to six dims are taken";
  if (!same_shape(a, out)) return "only the second operand is broadcast";
  return b.bytes == 0 ? "the tensors are empty" : nullptr;
}

const char* product_reason(const inlay_graph& graph, const inlay_node& node) {
  const inlay_tensor& b = *input_of(graph, node, 1);
  if (b.dtype != INLAY_FLOAT32) return "the oneDNN backend takes factors of one dtype only";
  if (b.bytes == 0 || input_of(graph, node, 0)->bytes == 0) return "the tensors are empty";
  return graph.tensors[node.outputs[0]].rank <= kMostDims ? nullptr : "two to six dims are taken";
}

const char* kind_reason(const inlay_segment& segment, const inlay_node& node) {
  const inlay_graph& graph = *segment.graph;
  switch (node.kind) {
    case INLAY_OP_CONV_2D:
    case INLAY_OP_DEPTHWISE_CONV_2D:
    case INLAY_OP_FULLY_CONNECTED: return conv_reason(segment, node);
    case INLAY_OP_AVERAGE_POOL_2D:
    case INLAY_OP_MAX_POOL_2D: return pool_reason(graph, node);
    case INLAY_OP_SOFTMAX:
      return static_cast<const inlay_scalars*>(node.params)->alpha == 1.0f ? nullptr : "oneDNN's softmax has no beta";
    case INLAY_OP_ADD:
    case INLAY_OP_MUL: return binary_reason(graph, node);
    case INLAY_OP_BATCH_MATMUL: return product_reason(graph, node);
    default: return nullptr;
  }
}

}  // namespace

double work_of(const inlay_segment& model) {
  double work = 0;
  for (int32_t i = 0; i < model.node_count; ++i) {
    const inlay_node& node = model.graph->nodes[model.first_node + i];
    const inlay_tensor* in = input_of(*model.graph, node, 0);
    const inlay_tensor* weights = input_of(*model.graph, node, 1);
    if (!is_conv(node.kind) || in == nullptr || weights == nullptr || node.output_count < 1 || node.outputs[0] < 0) continue;
    if (weights->dtype != in->dtype || (in->dtype != INLAY_FLOAT32 && in->dtype != INLAY_INT8)) continue;
    const inlay_tensor& out = model.graph->tensors[node.outputs[0]];
    if (out.bytes == 0) continue;
    work += static_cast<double>(element_count(out)) * static_cast<double>(element_count(*weights)) / last_dim(out);
  }
  return work;
}

const char* rejection(const inlay_segment& segment, const inlay_node& node) {
  const inlay_graph& graph = *segment.graph;
  if (!takes(node.kind)) return "oneDNN has no such operation, or Inlay does not use it";
  const char* reason = dtype_reason(graph, node);
  if (reason != nullptr) return reason;
  if (!valid(segment, node)) return "the builtin op refuses the node";
  if (graph.tensors[node.outputs[0]].bytes == 0 || input_of(graph, node, 0)->bytes == 0) return "the tensors are empty";
  if (node.activation > INLAY_ACT_RELU_N1_TO_1 && node.kind != INLAY_OP_RELU) return "only activations that clamp are fused";
  return kind_reason(segment, node);
}

}  // namespace inlay::onednn
