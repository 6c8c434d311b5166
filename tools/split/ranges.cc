// SPDX-License-Identifier: Apache-2.0
#include "tools/split/ranges.h"

#include <algorithm>

#include "tools/graph/uses.h"

namespace inlay::tools {
namespace {

/// How the elements of an op's output depend on those of its inputs.
enum class Rule {
  kNone,
  kElements,  ///< element by element, inputs broadcast
  kRows,      ///< element by element but for the last dim, which an output needs whole
  kWindow,    ///< pooling
  kConv,
  kDepthwise,
  kDense,   ///< fully connected
  kMatmul,
  kConcat,
  kPad,
};

Rule rule_of(uint16_t kind) {
  switch (kind) {
    case INLAY_OP_ADD: case INLAY_OP_SUB: case INLAY_OP_MUL: case INLAY_OP_DIV: case INLAY_OP_MAXIMUM: case INLAY_OP_MINIMUM:
    case INLAY_OP_SQUARED_DIFFERENCE: case INLAY_OP_POW: case INLAY_OP_FLOOR_DIV: case INLAY_OP_FLOOR_MOD: case INLAY_OP_EQUAL:
    case INLAY_OP_NOT_EQUAL: case INLAY_OP_GREATER: case INLAY_OP_GREATER_EQUAL: case INLAY_OP_LESS: case INLAY_OP_LESS_EQUAL:
    case INLAY_OP_LOGICAL_AND: case INLAY_OP_LOGICAL_OR: case INLAY_OP_LOGICAL_NOT: case INLAY_OP_PRELU: case INLAY_OP_ATAN2:
    case INLAY_OP_QUANTIZE: case INLAY_OP_DEQUANTIZE: case INLAY_OP_LOGISTIC: case INLAY_OP_RELU: case INLAY_OP_ABS:
    case INLAY_OP_NEG: case INLAY_OP_EXP: case INLAY_OP_LOG: case INLAY_OP_SQRT: case INLAY_OP_RSQRT: case INLAY_OP_SQUARE:
    case INLAY_OP_SIN: case INLAY_OP_COS: case INLAY_OP_CEIL: case INLAY_OP_FLOOR: case INLAY_OP_ROUND: case INLAY_OP_SIGN:
    case INLAY_OP_TANH: case INLAY_OP_ELU: case INLAY_OP_GELU: case INLAY_OP_HARD_SWISH: case INLAY_OP_LEAKY_RELU:
    case INLAY_OP_CAST:
      return Rule::kElements;
    case INLAY_OP_SOFTMAX: case INLAY_OP_LOG_SOFTMAX: case INLAY_OP_L2_NORMALIZATION: case INLAY_OP_LOCAL_RESPONSE_NORMALIZATION:
      return Rule::kRows;
    case INLAY_OP_AVERAGE_POOL_2D: case INLAY_OP_MAX_POOL_2D: case INLAY_OP_L2_POOL_2D: return Rule::kWindow;
    case INLAY_OP_CONV_2D: return Rule::kConv;
    case INLAY_OP_DEPTHWISE_CONV_2D: return Rule::kDepthwise;
    case INLAY_OP_FULLY_CONNECTED: return Rule::kDense;
    case INLAY_OP_BATCH_MATMUL: return Rule::kMatmul;
    case INLAY_OP_CONCATENATION: return Rule::kConcat;
    case INLAY_OP_PAD: return Rule::kPad;
    default: return Rule::kNone;
  }
}

int32_t rank_of(const Tensor& t) { return static_cast<int32_t>(t.shape.size()); }
int32_t dim(const Tensor& t, int32_t axis) { return t.shape[static_cast<size_t>(axis)]; }

/// A part under construction.
struct Parting {
  const Graph& graph;
  const Node& node;
  int32_t axis;
  Range out;
  PartNode part;

  const Tensor& input(size_t i) const { return tensor_at(graph, node.inputs[i]); }
  const Tensor& output() const { return tensor_at(graph, node.outputs[0]); }
  bool has(size_t i) const { return i < node.inputs.size() && node.inputs[i] >= 0; }
  void refuse(const char* why) { part.refusal = why; }
  void need(size_t i, int32_t along, Range range) { part.inputs[i] = {along, range}; }
};

/// Input i under the dims of the output, the last ones facing each other; what is broadcast along the axis is read whole.
void need_facing(Parting& p, size_t i) {
  if (!p.has(i)) return;
  const int32_t along = p.axis - (rank_of(p.output()) - rank_of(p.input(i)));
  if (along >= 0 && dim(p.input(i), along) != 1) p.need(i, along, p.out);
}

/// One dim of a window: the range of the input, and the pads of the part.
void need_window(Parting& p, inlay_window* w, int32_t filter, bool rows) {
  int32_t& before = rows ? w->pad_top : w->pad_left;
  int32_t& after = rows ? w->pad_bottom : w->pad_right;
  const int64_t stride = rows ? w->stride_h : w->stride_w, dilation = rows ? w->dilation_h : w->dilation_w;
  const int64_t size = dim(p.input(0), p.axis);
  const int64_t first = p.out.begin * stride - before;
  const int64_t last = (p.out.end - 1) * stride - before + (filter - 1) * dilation + 1;
  const int64_t begin = std::clamp<int64_t>(first, 0, size), end = std::clamp<int64_t>(last, 0, size);
  if (begin >= end) return p.refuse("a part would lie wholly in the padding");
  before = static_cast<int32_t>(begin - first);
  after = static_cast<int32_t>(last - end);
  p.need(0, p.axis, {static_cast<int32_t>(begin), static_cast<int32_t>(end)});
}

void part_window(Parting& p, int32_t filter_h, int32_t filter_w) {
  auto* w = std::get_if<inlay_window>(&p.part.params);
  if (w == nullptr || rank_of(p.output()) != 4 || rank_of(p.input(0)) != 4) return p.refuse("its options are not those of a window");
  if (p.axis == 0) return p.need(0, 0, p.out);
  need_window(p, w, p.axis == 1 ? filter_h : filter_w, p.axis == 1);
}

/// Ranges of the weights and of the bias.
void need_features(Parting& p, int32_t along) {
  p.need(1, along, p.out);
  if (!p.has(2)) return;
  const int32_t features = split_axis(p.input(2));
  if (features >= 0) p.need(2, features, p.out);
}

/// float32 with int8 or int4 weights: what an image is quantized by depends on all of its pixels.
bool by_image(const Parting& p) { return p.input(0).dtype == INLAY_FLOAT32 && p.input(1).dtype != INLAY_FLOAT32; }

void part_conv(Parting& p, bool depthwise) {
  auto* w = std::get_if<inlay_window>(&p.part.params);
  if (w == nullptr || rank_of(p.input(1)) != 4) return p.refuse("its options are not those of a window");
  if (p.axis < 3) {
    if (p.axis > 0 && by_image(p)) return p.refuse("its input is quantized by the whole image");
    return part_window(p, dim(p.input(1), 1), dim(p.input(1), 2));
  }
  if (depthwise || w->groups != 1) return p.refuse("its features read different channels");
  need_features(p, 0);
}

void part_dense(Parting& p) {
  const Tensor &in = p.input(0), &out = p.output();
  if (p.axis == rank_of(out) - 1) return need_features(p, 0);
  const auto* m = std::get_if<inlay_matmul>(&p.part.params);
  const bool same_dims = m != nullptr && m->transpose_a == 1;
  if (!same_dims && (rank_of(in) != 2 || dim(in, 0) != dim(out, 0))) return p.refuse("its rows are not a dim of its input");
  p.need(0, p.axis, p.out);
}

void part_matmul(Parting& p) {
  const auto* m = std::get_if<inlay_matmul>(&p.part.params);
  const int32_t rank = rank_of(p.output());
  if (m == nullptr) return p.refuse("it has no options");
  if (p.axis < rank - 2) {
    need_facing(p, 0);
    need_facing(p, 1);
  } else if (p.axis == rank - 2) {
    if (m->transpose_a != 0) return p.refuse("its rows are columns of its input");
    if (by_image(p)) return p.refuse("its input is quantized as a whole");
    p.need(0, rank_of(p.input(0)) - 2, p.out);
  } else {
    if (m->transpose_b == 0) return p.refuse("its features are columns of its input");
    p.need(1, rank_of(p.input(1)) - 2, p.out);
  }
}

void part_pad(Parting& p) {
  auto* pad = std::get_if<inlay_pad>(&p.part.params);
  if (pad == nullptr) return p.refuse("it has no options");
  int32_t& before = pad->before[p.axis];
  int32_t& after = pad->after[p.axis];
  const int32_t size = dim(p.input(0), p.axis);
  if (before == 0 && after == 0) return p.need(0, p.axis, p.out);
  if (pad->mode != 0) return p.refuse("its padding mirrors rows");
  const Range in = {std::max(p.out.begin - before, 0), std::min(p.out.end - before, size)};
  if (in.begin >= in.end) return p.refuse("a part would lie wholly in the padding");
  after = std::max(p.out.end - before - size, 0);
  before = std::max(before - p.out.begin, 0);
  p.need(0, p.axis, in);
}

void apply(Parting& p, Rule rule) {
  switch (rule) {
    case Rule::kNone: return p.refuse("this kind of op is not computed in parts");
    case Rule::kRows:
      if (p.axis == rank_of(p.output()) - 1) return p.refuse("each of its outputs needs the whole row");
      [[fallthrough]];
    case Rule::kElements:
      for (size_t i = 0; i < p.node.inputs.size(); ++i) need_facing(p, i);
      return;
    case Rule::kWindow: {
      const auto* w = std::get_if<inlay_window>(&p.part.params);
      if (p.axis == 3) return p.refuse("its features read different channels");
      return part_window(p, w != nullptr ? w->filter_h : 0, w != nullptr ? w->filter_w : 0);
    }
    case Rule::kConv: return part_conv(p, false);
    case Rule::kDepthwise: return part_conv(p, true);
    case Rule::kDense: return part_dense(p);
    case Rule::kMatmul: return part_matmul(p);
    case Rule::kConcat: {
      const auto* along = std::get_if<inlay_axis>(&p.part.params);
      if (along == nullptr || along->axis == p.axis) return p.refuse("it joins along that dim");
      for (size_t i = 0; i < p.node.inputs.size(); ++i) need_facing(p, i);
      return;
    }
    case Rule::kPad: return part_pad(p);
  }
}

/// A tensor may be cut where the bits of its elements fill bytes; scales by index only where they are those of constants.
const char* cannot_cut(const Tensor& t, const Need& need) {
  if (t.is_variable) return "it works on a variable";
  if (!t.is_constant() && t.quant.scales.size() > 1) return "an activation has scales of its own by index";
  if (need.axis < 0) return nullptr;
  if (!is_run(t, need)) return "the range of an input is not one run of bytes";
  uint64_t inner = inlay_dtype_bits(t.dtype);
  for (size_t d = static_cast<size_t>(need.axis) + 1; d < t.shape.size(); ++d) inner *= static_cast<uint64_t>(t.shape[d]);
  const bool whole_bytes = inner * static_cast<uint64_t>(need.range.begin) % 8 == 0 && inner * static_cast<uint64_t>(need.range.end) % 8 == 0;
  return whole_bytes && (t.is_constant() || inlay_dtype_bits(t.dtype) >= 8) ? nullptr : "elements smaller than a byte are not cut";
}

}  // namespace

int32_t split_axis(const Tensor& tensor) {
  for (size_t d = 0; d < tensor.shape.size(); ++d) {
    if (tensor.shape[d] > 1) return static_cast<int32_t>(d);
  }
  return -1;
}

bool is_run(const Tensor& tensor, const Need& need) {
  for (int32_t d = 0; d < need.axis; ++d) {
    if (tensor.shape[static_cast<size_t>(d)] != 1) return false;
  }
  return true;
}

PartNode part_of(const Graph& graph, const Node& node, int32_t axis, Range out) {
  Parting p = {graph, node, axis, out, {node.params, std::vector<Need>(node.inputs.size()), ""}};
  const Rule rule = rule_of(node.kind);
  if (rule == Rule::kNone) {
    p.refuse("this kind of op is not computed in parts");
  } else if (node.outputs.size() != 1 || node.inputs.empty() || node.inputs[0] < 0) {
    p.refuse("it has not one input and one output");
  } else if (axis < 0 || axis >= rank_of(p.output()) || out.begin < 0 || out.begin >= out.end || out.end > dim(p.output(), axis)) {
    p.refuse("its output has no such rows");
  } else {
    apply(p, rule);
  }
  for (size_t i = 0; i < node.inputs.size() && p.part.refusal.empty(); ++i) {
    const char* why = node.inputs[i] >= 0 ? cannot_cut(p.input(i), p.part.inputs[i]) : nullptr;
    if (why != nullptr) p.refuse(why);
  }
  if (p.part.refusal.empty() && cannot_cut(p.output(), {}) != nullptr) p.refuse(cannot_cut(p.output(), {}));
  return p.part;
}

}  // namespace inlay::tools
