// SPDX-License-Identifier: Apache-2.0
#include "tools/split/ranges.h"

#include <algorithm>

#include "tools/split/parting.h"

namespace inlay::tools {
namespace {

/// Input i under the dims of the output, the last ones facing each other; what is broadcast along the axis is read whole.
void need_facing(Parting& p, size_t i) {
  if (!p.has(i)) return;
  const Tensor &in = p.input(i), &out = p.output();
  const int32_t missing = rank_of(out) - rank_of(in);
  if (p.axis != kPixelAxis) {
    const int32_t along = p.axis - missing;
    if (along >= 0 && dim(in, along) != 1) p.need(i, along, p.out);
    return;
  }
  bool same = true, one = true;  // of all dims but the last
  for (int32_t d = 0; d + 1 < rank_of(out); ++d) {
    const int32_t have = d >= missing ? dim(in, d - missing) : 1;
    same = same && have == dim(out, d);
    one = one && have == 1;
  }
  if (same && rank_of(in) >= 2) return p.need(i, kPixelAxis, p.out);
  if (!one) p.refuse("an input is broadcast along some of its dims");
}

void part_elements(Parting& p) {
  for (size_t i = 0; i < p.node.inputs.size() && p.part.refusal.empty(); ++i) need_facing(p, i);
}

/// Element by element but for the last dim, which an output needs whole.
void part_row_by_row(Parting& p) {
  if (p.by_features()) return p.refuse("each of its outputs needs the whole row");
  part_elements(p);
}

void part_concat(Parting& p) {
  const auto* along = p.options<inlay_axis>();
  if (along == nullptr) return;
  const bool across = p.axis == kPixelAxis ? along->axis + 1 != rank_of(p.output()) : along->axis == p.axis;
  if (across) return p.refuse("it joins along that dim");
  part_elements(p);
}

void part_dense(Parting& p) {
  const Tensor &in = p.input(0), &out = p.output();
  if (p.by_features()) return need_features(p, 0);
  const auto* m = std::get_if<inlay_matmul>(&p.part.params);
  const bool same_dims = m != nullptr && m->transpose_a == 1;
  if (!same_dims && (rank_of(in) != 2 || p.axis != 0 || dim(in, 0) != dim(out, 0))) return p.refuse("its rows are not a dim of its input");
  p.need(0, p.axis, p.out);
}

void part_matmul(Parting& p) {
  const auto* m = p.options<inlay_matmul>();
  const int32_t rank = rank_of(p.output());
  if (m == nullptr) return;
  if (p.axis == kPixelAxis) return p.refuse("its matrices differ");
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

using Rule = void (*)(Parting&);

/// How the elements of an op's output depend on those of its inputs; NULL: it is not computed in parts.
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
    case INLAY_OP_CAST: case INLAY_OP_BITWISE_XOR: case INLAY_OP_RIGHT_SHIFT:
      return part_elements;
    case INLAY_OP_SOFTMAX: case INLAY_OP_LOG_SOFTMAX: case INLAY_OP_L2_NORMALIZATION: case INLAY_OP_LOCAL_RESPONSE_NORMALIZATION:
      return part_row_by_row;
    case INLAY_OP_MEAN: case INLAY_OP_SUM: case INLAY_OP_REDUCE_MAX: case INLAY_OP_REDUCE_MIN: case INLAY_OP_REDUCE_PROD:
    case INLAY_OP_REDUCE_ANY: case INLAY_OP_REDUCE_ALL:
      return part_reduction;
    case INLAY_OP_AVERAGE_POOL_2D: case INLAY_OP_MAX_POOL_2D: case INLAY_OP_L2_POOL_2D: return part_pool;
    case INLAY_OP_RESIZE_BILINEAR: case INLAY_OP_RESIZE_NEAREST_NEIGHBOR: return part_resize;
    case INLAY_OP_ARG_MAX: case INLAY_OP_ARG_MIN: return part_arg;
    case INLAY_OP_CONV_2D: return part_conv;
    case INLAY_OP_DEPTHWISE_CONV_2D: return part_depthwise;
    case INLAY_OP_TRANSPOSE_CONV: return part_transpose_conv;
    case INLAY_OP_FULLY_CONNECTED: return part_dense;
    case INLAY_OP_BATCH_MATMUL: return part_matmul;
    case INLAY_OP_CONCATENATION: return part_concat;
    case INLAY_OP_PAD: return part_pad;
    case INLAY_OP_SLICE: return part_slice;
    case INLAY_OP_TRANSPOSE: return part_transpose;
    case INLAY_OP_RESHAPE: return part_reshape;
    case INLAY_OP_SPACE_TO_DEPTH: return part_space_to_depth;
    case INLAY_OP_DEPTH_TO_SPACE: return part_depth_to_space;
    default: return nullptr;
  }
}

/// A tensor may be cut where the bits of its elements fill bytes; scales by index only where they are those of constants.
const char* cannot_cut(const Tensor& t, const Need& need) {
  if (t.is_variable) return "it works on a variable";
  if (!t.is_constant() && t.quant.scales.size() > 1) return "an activation has scales of its own by index";
  if (!is_part(t, need)) return nullptr;
  uint64_t inner = inlay_dtype_bits(t.dtype);
  for (size_t d = need.axis == kPixelAxis ? t.shape.size() - 1 : static_cast<size_t>(need.axis) + 1; d < t.shape.size(); ++d)
    inner *= static_cast<uint64_t>(t.shape[d]);
  const auto whole_bytes = [&](int32_t index) { return inner * static_cast<uint64_t>(index) % 8 == 0; };
  const bool fits = whole_bytes(need.range.begin) && whole_bytes(need.range.end) && (is_run(t, need) || whole_bytes(extent_of(t, need.axis)));
  return fits && (t.is_constant() || inlay_dtype_bits(t.dtype) >= 8) ? nullptr : "elements smaller than a byte are not cut";
}

}  // namespace

PartNode part_of(const Graph& graph, const Node& node, int32_t axis, Range out) {
  Parting p = {graph, node, axis, out, {node.params, std::vector<Need>(node.inputs.size()), "", out}};
  const Rule rule = rule_of(node.kind);
  if (rule == nullptr) {
    p.refuse("this kind of op is not computed in parts");
  } else if (node.outputs.size() != 1 || node.inputs.empty() || node.inputs[0] < 0) {
    p.refuse("it has not one input and one output");
  } else if (axis < 0 || (axis >= rank_of(p.output()) && axis != kPixelAxis) || out.begin < 0 || out.begin >= out.end ||
             out.end > extent_of(p.output(), axis)) {
    p.refuse("its output has no such rows");
  } else {
    rule(p);
  }
  for (size_t i = 0; i < node.inputs.size() && p.part.refusal.empty(); ++i) {
    const char* why = node.inputs[i] >= 0 ? cannot_cut(p.input(i), p.part.inputs[i]) : nullptr;
    if (why != nullptr) p.refuse(why);
  }
  if (p.part.refusal.empty() && cannot_cut(p.output(), {}) != nullptr) p.refuse(cannot_cut(p.output(), {}));
  return p.part;
}

}  // namespace inlay::tools
