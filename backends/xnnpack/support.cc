// SPDX-License-Identifier: Apache-2.0
#include "support.h"

#include <cmath>
#include <limits>

#include "api.h"
#include "core/quant.h"
#include "core/tensor.h"

namespace inlay::xnnpack {
namespace {

constexpr int kMaxRank = XNN_MAX_TENSOR_DIMS;
constexpr int64_t kMaxPointers = int64_t{1} << 22;  // of an indirection table: one per pixel of each window

const inlay_tensor* input(const inlay_graph& graph, const inlay_node& node, int i) {
  return i < node.input_count && node.inputs[i] >= 0 ? &graph.tensors[node.inputs[i]] : nullptr;
}

bool constant(const inlay_tensor* t) { return t->data != nullptr && (t->flags & INLAY_TENSOR_VARIABLE) == 0; }

/// All checks of shapes, dtypes and options are those of the builtin op: what it refuses, it may explain itself.
bool valid(const inlay_segment& segment, const inlay_node& node) {
  inlay_segment alone = segment;
  alone.first_node = static_cast<int32_t>(&node - segment.graph->nodes);
  alone.node_count = 1;
  inlay_need need;
  return inlay_backend_builtin.measure(0, &alone, &need, nullptr) == INLAY_OK;
}

bool takes_float(uint16_t kind) {
  switch (kind) {
    case INLAY_OP_CONV_2D:
    case INLAY_OP_DEPTHWISE_CONV_2D:
    case INLAY_OP_FULLY_CONNECTED:
    case INLAY_OP_AVERAGE_POOL_2D:
    case INLAY_OP_MAX_POOL_2D:
    case INLAY_OP_RELU:
    case INLAY_OP_PRELU:
    case INLAY_OP_SOFTMAX:
    case INLAY_OP_MEAN:
    case INLAY_OP_RESIZE_BILINEAR:
    case INLAY_OP_PAD:
    case INLAY_OP_ADD:
    case INLAY_OP_SUB:
    case INLAY_OP_MUL:
    case INLAY_OP_DIV:
    case INLAY_OP_MAXIMUM:
    case INLAY_OP_MINIMUM:
    case INLAY_OP_SQUARED_DIFFERENCE:
    case INLAY_OP_ABS:
    case INLAY_OP_NEG:
    case INLAY_OP_SQUARE:
    case INLAY_OP_SQRT:
    case INLAY_OP_FLOOR:
    case INLAY_OP_CEIL:
    case INLAY_OP_ROUND:
    case INLAY_OP_HARD_SWISH:
    case INLAY_OP_LOGISTIC:
    case INLAY_OP_ELU:
    case INLAY_OP_LEAKY_RELU: return true;
    default: return false;
  }
}

#if defined(__x86_64__) || defined(__i386__)
constexpr bool kX86 = true;
#else
constexpr bool kX86 = false;
#endif

/// Whether the operator of floats clamps or compares so that a NaN, of its inputs or of inf - inf, comes out as a number or as
/// another one than Inlay's. The other operators keep NaN (tests/elements_test.cc).
bool loses_nan(uint16_t kind) {
  switch (kind) {
    case INLAY_OP_CONV_2D:
    case INLAY_OP_DEPTHWISE_CONV_2D:
    case INLAY_OP_FULLY_CONNECTED:
    case INLAY_OP_AVERAGE_POOL_2D:
    case INLAY_OP_MAX_POOL_2D:
    case INLAY_OP_RELU:
    case INLAY_OP_SOFTMAX:
    case INLAY_OP_MEAN: return true;
    case INLAY_OP_ADD:
    case INLAY_OP_SUB:
    case INLAY_OP_MUL:
    case INLAY_OP_DIV: return kBinaryClamps;
    case INLAY_OP_MAXIMUM:
    case INLAY_OP_MINIMUM: return !kX86;  // ARM's make NaN of a number and a NaN, in either order
    default: return false;
  }
}

bool is_conv(uint16_t kind) {
  return kind == INLAY_OP_CONV_2D || kind == INLAY_OP_DEPTHWISE_CONV_2D || kind == INLAY_OP_FULLY_CONNECTED;
}

/// Why a dtype is not computed, or NULL. The other checks may then rely on it.
const char* dtype_reason(const inlay_graph& graph, const inlay_node& node) {
  const inlay_tensor* in = input(graph, node, 0);
  if (in == nullptr || node.output_count != 1 || node.outputs[0] < 0) return "the node has no input or not one output";
  const inlay_tensor& out = graph.tensors[node.outputs[0]];
  if (out.dtype != in->dtype) return "input and output differ in dtype";
  if (node.kind == INLAY_OP_PAD) {
    const uint32_t bits = inlay_dtype_bits(static_cast<inlay_dtype>(in->dtype));
    return bits == 8 || bits == 32 ? nullptr : "XNNPACK pads only elements of 8 and 32 bits";
  }
  if (in->dtype == INLAY_FLOAT32) return nullptr;
  if (in->dtype != INLAY_INT8 && in->dtype != INLAY_UINT8) return "XNNPACK computes only float32, int8 and uint8";
  if (is_conv(node.kind)) {
    return kX86 || in->dtype == INLAY_INT8 ? nullptr : "XNNPACK rounds uint8 otherwise than Inlay on this CPU";
  }
  if (node.kind == INLAY_OP_MAX_POOL_2D || node.kind == INLAY_OP_RELU) return nullptr;
  return "XNNPACK's integer arithmetic of this op has other bits than Inlay's";
}

const char* pointers_reason(const inlay_tensor& out, int64_t window) {
  const int64_t pixels = int64_t{out.dims[1]} * out.dims[2];
  return pixels > kMaxPointers / window ? "XNNPACK's table of pixels would be too large" : nullptr;
}

/// XNNPACK's factors lie in (0, 256) and are made of normal numbers.
const char* scales_reason(const inlay_tensor& in, const inlay_tensor& weights, const inlay_tensor& out) {
  if (!std::isnormal(scale_of(&in)) || !std::isnormal(scale_of(&out))) return "XNNPACK needs scales that are normal numbers";
  for (int32_t c = 0; c < weights.quant.count; ++c) {
    const float scale = weights.quant.scales[c];
    if (!std::isnormal(scale) || !(scale > 0)) return "XNNPACK needs scales that are normal numbers";
    if (!(scale_of(&in) * scale / scale_of(&out) < 256.0f)) return "XNNPACK needs scale factors below 256";
  }
  return nullptr;
}

const char* conv_reason(const inlay_graph& graph, const inlay_node& node) {
  const inlay_tensor& in = *input(graph, node, 0);
  const inlay_tensor& weights = *input(graph, node, 1);
  const inlay_tensor* bias = input(graph, node, 2);
  const inlay_tensor& out = graph.tensors[node.outputs[0]];
  if (weights.dtype != in.dtype) return "XNNPACK has no operator of these dtypes of input and weights with Inlay's answers";
  if (!constant(&weights) || (bias != nullptr && !constant(bias))) return "XNNPACK packs weights once: they must be constants";
  if (node.kind != INLAY_OP_FULLY_CONNECTED) {
    const char* reason = pointers_reason(out, int64_t{weights.dims[1]} * weights.dims[2]);
    if (reason != nullptr) return reason;
  }
  if (in.dtype == INLAY_FLOAT32) return nullptr;
  if (in.dtype == INLAY_INT8 && zero_point_of(&weights) != 0) return "XNNPACK has no int8 weights with a zero point";
  if (in.dtype == INLAY_UINT8 && weights.quant.count != 1) return "XNNPACK has no uint8 weights with a scale per channel";
  const char* reason = scales_reason(in, weights, out);
  if (reason != nullptr) return reason;
  const QuantRange range = activation_range(out.dtype, node.activation, scale_of(&out), zero_point_of(&out));
  return range.min < range.max ? nullptr : "XNNPACK refuses an activation that leaves one value";
}

const char* pool_reason(const inlay_graph& graph, const inlay_node& node) {
  const inlay_tensor& out = graph.tensors[node.outputs[0]];
  const auto& w = *static_cast<const inlay_window*>(node.params);
  if (w.filter_h == 1 && w.filter_w == 1) return "XNNPACK does not pool single pixels";
  if (out.dtype != INLAY_FLOAT32) {
    const QuantRange range = activation_range(out.dtype, node.activation, scale_of(&out), zero_point_of(&out));
    if (range.min >= range.max) return "XNNPACK refuses an activation that leaves one value";
  }
  return pointers_reason(out, int64_t{w.filter_h} * w.filter_w);
}

const char* clamp_reason(const inlay_graph& graph, const inlay_node& node) {
  const inlay_tensor& in = *input(graph, node, 0);
  const inlay_tensor& out = graph.tensors[node.outputs[0]];
  if (in.dtype == INLAY_FLOAT32) return nullptr;
  if (!same_quant(&in, &out)) return "XNNPACK clamps integers only where input and output have the same quantization";
  const QuantRange range = activation_range(out.dtype, node.activation, scale_of(&out), zero_point_of(&out));
  return range.min < range.max ? nullptr : "XNNPACK refuses an activation that leaves one value";
}

const char* binary_reason(const inlay_graph& graph, const inlay_node& node) {
  const bool clamps =
      node.kind == INLAY_OP_ADD || node.kind == INLAY_OP_SUB || node.kind == INLAY_OP_MUL || node.kind == INLAY_OP_DIV;
  if (!clamps && node.activation != INLAY_ACT_NONE) return "XNNPACK does not fuse this activation";
  if (clamps && !kBinaryClamps && node.activation != INLAY_ACT_NONE) return "XNNPACK does not fuse this activation";
  for (int i = 0; i < 2; ++i) {
    const inlay_tensor& t = *input(graph, node, i);
    if (t.rank > kMaxRank) return "XNNPACK takes at most six dims";
    if (t.bytes == 0) return "the tensors are empty";
  }
  return nullptr;
}

const char* pad_reason(const inlay_graph& graph, const inlay_node& node) {
  const inlay_tensor& in = *input(graph, node, 0);
  if (static_cast<const inlay_pad*>(node.params)->mode != 0) return "XNNPACK pads only with a constant";
  return in.rank >= 1 && in.rank <= kMaxRank ? nullptr : "XNNPACK pads one to six dims";
}

const char* mean_reason(const inlay_graph& graph, const inlay_node& node) {
  const auto& axes = *static_cast<const inlay_axes*>(node.params);
  const inlay_tensor& in = *input(graph, node, 0);
  return in.rank == 4 && axes.mask == 6 ? nullptr : "XNNPACK averages only over height and width of images";
}

const char* prelu_reason(const inlay_graph& graph, const inlay_node& node) {
  const inlay_tensor& in = *input(graph, node, 0);
  const inlay_tensor& alpha = *input(graph, node, 1);
  if (!constant(&alpha)) return "XNNPACK packs weights once: they must be constants";
  if (in.rank > kMaxRank) return "XNNPACK takes at most six dims";
  const int64_t count = element_count(alpha);
  const bool per_channel = count == last_dim(in) && last_dim(alpha) == count && alpha.rank <= in.rank;
  return per_channel ? nullptr : "XNNPACK needs one slope per channel";
}

const char* scalar_reason(const inlay_node& node) {
  const float alpha = static_cast<const inlay_scalars*>(node.params)->alpha;
  if (node.kind == INLAY_OP_SOFTMAX) return alpha == 1.0f ? nullptr : "XNNPACK's softmax has no beta";
  return std::isfinite(alpha) ? nullptr : "XNNPACK needs a finite slope";
}

const char* kind_reason(const inlay_graph& graph, const inlay_node& node) {
  switch (node.kind) {
    case INLAY_OP_CONV_2D:
    case INLAY_OP_DEPTHWISE_CONV_2D:
    case INLAY_OP_FULLY_CONNECTED: return conv_reason(graph, node);
    case INLAY_OP_AVERAGE_POOL_2D:
    case INLAY_OP_MAX_POOL_2D: return pool_reason(graph, node);
    case INLAY_OP_RELU: return clamp_reason(graph, node);
    case INLAY_OP_PRELU: return prelu_reason(graph, node);
    case INLAY_OP_SOFTMAX:
    case INLAY_OP_LEAKY_RELU: return scalar_reason(node);
    case INLAY_OP_MEAN: return mean_reason(graph, node);
    case INLAY_OP_PAD: return pad_reason(graph, node);
    case INLAY_OP_ADD:
    case INLAY_OP_SUB:
    case INLAY_OP_MUL:
    case INLAY_OP_DIV:
    case INLAY_OP_MAXIMUM:
    case INLAY_OP_MINIMUM:
    case INLAY_OP_SQUARED_DIFFERENCE: return binary_reason(graph, node);
    default: return nullptr;
  }
}

}  // namespace

const char* rejection(const inlay_segment& segment, const inlay_node& node) {
  const inlay_graph& graph = *segment.graph;
  if (!takes_float(node.kind)) return "XNNPACK has no such operator, or Inlay does not use it";
  const char* reason = dtype_reason(graph, node);
  if (reason != nullptr) return reason;
  if (!valid(segment, node)) return "the builtin op refuses the node";
  const inlay_tensor& out = graph.tensors[node.outputs[0]];
  if (out.bytes == 0 || input(graph, node, 0)->bytes == 0) return "the tensors are empty";
  const bool clamp = node.activation <= INLAY_ACT_RELU_N1_TO_1 || node.kind == INLAY_OP_RELU;
  if (!clamp) return "XNNPACK fuses only activations that clamp";
  reason = kind_reason(graph, node);
  if (reason != nullptr) return reason;
  const bool exact = input(graph, node, 0)->dtype != INLAY_FLOAT32 || !loses_nan(node.kind);
  return exact || segment.allow_inexact != 0 ? nullptr : "XNNPACK loses NaN here; allow_inexact accepts that";
}

int32_t claim(const inlay_node& node) {
  switch (node.kind) {
    // As fast as the portable kernels, or slower (README.md has the times).
    case INLAY_OP_PAD:
    case INLAY_OP_SQUARE:
    case INLAY_OP_ADD:
    case INLAY_OP_SUB:
    case INLAY_OP_MUL:
    case INLAY_OP_MAXIMUM:
    case INLAY_OP_MINIMUM:
    case INLAY_OP_SQUARED_DIFFERENCE: return INLAY_PREFERENCE_PORTABLE - 1;
    default: return INLAY_PREFERENCE_LIBRARY;
  }
}

}  // namespace inlay::xnnpack
