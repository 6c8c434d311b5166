// SPDX-License-Identifier: Apache-2.0
// Functions of two tensors that broadcast: arithmetic with a fused clamp, comparisons, logic. Quantized integers take their
// numbers from the functions that the builtin ops use.
#include "core/quant.h"
#include "gpu/ops/pair.h"
#include "kernels/add.h"
#include "kernels/compare.h"
#include "kernels/squared_difference.h"

namespace inlay::gpu {
namespace {

/// As in kernels/pair.cl.
struct BroadcastArgument {
  int32_t rank;
  int32_t dims[kernels::kBroadcastRank], a_stride[kernels::kBroadcastRank], b_stride[kernels::kBroadcastRank];
};
struct MathArgument {
  int32_t a_factor, b_factor, a_zero, b_zero, zero, a_shift, b_shift, a_left, b_left;
  int32_t bounds, low, high;
  float scale, second_scale, least, most;
};

/// What a kind can do.
struct Kind {
  uint16_t kind;
  const char* real;       ///< the kernel's function of floats
  const char* integer;    ///< of integers as they are stored, NULL: none
  const char* quantized;  ///< of 8-bit and 16-bit quantized values, NULL: `integer` does them
  bool compares;
};
constexpr Kind kKinds[] = {
    {INLAY_OP_ADD, "sum", "sum", "sum_quantized", false},
    {INLAY_OP_SUB, "difference", "difference", "sum_quantized", false},
    {INLAY_OP_MUL, "product", "product", "product_quantized", false},
    {INLAY_OP_DIV, "quotient", nullptr, nullptr, false},
    {INLAY_OP_MAXIMUM, "larger", "larger", nullptr, false},
    {INLAY_OP_MINIMUM, "smaller", "smaller", nullptr, false},
    {INLAY_OP_SQUARED_DIFFERENCE, "squared_difference", "squared_difference", "squared_difference_quantized", false},
    {INLAY_OP_PRELU, "prelu", nullptr, "prelu_quantized", false},
    {INLAY_OP_POW, "power", nullptr, nullptr, false},
    {INLAY_OP_ATAN2, "angle", nullptr, nullptr, false},
    {INLAY_OP_FLOOR_DIV, "floor_quotient", nullptr, nullptr, false},
    {INLAY_OP_FLOOR_MOD, "floor_rest", nullptr, nullptr, false},
    {INLAY_OP_LOGICAL_AND, nullptr, "both", nullptr, false},
    {INLAY_OP_LOGICAL_OR, nullptr, "either", nullptr, false},
    {INLAY_OP_BITWISE_XOR, nullptr, "bits_differ", nullptr, false},
    {INLAY_OP_RIGHT_SHIFT, nullptr, "shifted_right", nullptr, false},
    {INLAY_OP_EQUAL, "is_equal", "is_equal", nullptr, true},
    {INLAY_OP_NOT_EQUAL, "is_not_equal", "is_not_equal", nullptr, true},
    {INLAY_OP_LESS, "is_less", "is_less", nullptr, true},
    {INLAY_OP_LESS_EQUAL, "is_less_equal", "is_less_equal", nullptr, true},
    {INLAY_OP_GREATER, "is_greater", "is_greater", nullptr, true},
    {INLAY_OP_GREATER_EQUAL, "is_greater_equal", "is_greater_equal", nullptr, true},
};

const Kind& kind_of(const Node& node) {
  const Kind* k = kKinds;
  while (k->kind != node.node->kind) ++k;
  return *k;
}

bool any_scale(const Node& node) {
  return node.input(0)->quant.count > 0 || node.input(1)->quant.count > 0 || node.output().quant.count > 0;
}

/// Does the node see real values behind its integers? As the builtin ops decide.
bool quantized(const Node& node) {
  const Kind& k = kind_of(node);
  const uint32_t dtype = node.input(0)->dtype;
  const bool narrow = is_q8(*node.input(0));
  if (k.compares) {
    const bool equality = node.node->kind == INLAY_OP_EQUAL || node.node->kind == INLAY_OP_NOT_EQUAL;
    const bool scaled = node.input(0)->quant.count > 0 || node.input(1)->quant.count > 0;
    return scaled && (narrow || (dtype == INLAY_INT16 && equality));
  }
  if (k.quantized == nullptr) return false;
  return narrow || (dtype == INLAY_INT16 && (node.node->kind == INLAY_OP_SUB || any_scale(node)));
}

const char* element_type(uint32_t dtype) {
  switch (dtype) {
    case INLAY_INT8: return "-DELEM=char";
    case INLAY_UINT8: return "-DELEM=uchar";
    case INLAY_BOOL: return "-DELEM=uchar -DBOOLS";
    case INLAY_INT16: return "-DELEM=short";
    case INLAY_UINT16: return "-DELEM=ushort";
    case INLAY_INT32: return "-DELEM=int";
    case INLAY_UINT32: return "-DELEM=uint";
    case INLAY_INT64: return "-DELEM=long -DWIDE";
    default: return nullptr;
  }
}

const char* reject(const Node& node) {
  const Kind& k = kind_of(node);
  const uint32_t dtype = node.input(0)->dtype;
  if (dtype == INLAY_FLOAT32) return k.real != nullptr ? nullptr : "this function of two tensors does not run here on floats";
  if (element_type(dtype) == nullptr) return "tensors of this dtype are not combined here";
  if (node.node->kind == INLAY_OP_DIV || node.node->kind == INLAY_OP_FLOOR_DIV || node.node->kind == INLAY_OP_FLOOR_MOD) {
    return "an integer division must fail on a divisor of zero, which a kernel cannot";
  }
  const bool can = quantized(node) || k.integer != nullptr;
  return can ? nullptr : "this function of two tensors does not run here on integers as they are stored";
}

/// Of the output as it is stored, the fused activation's bounds within.
QuantRange range_of(const Node& node) {
  const inlay_tensor& output = node.output();
  return activation_range(output.dtype, node.node->activation, scale_of(&output), zero_point_of(&output));
}

void fill_sum(const Node& node, MathArgument* m) {
  const QuantizedSum sum = quantized_sum(node);
  m->a_factor = sum.a_factor;
  m->b_factor = sum.b_factor;
  m->a_shift = sum.shift;
}

void fill_squared_difference(const Node& node, MathArgument* m) {
  kernels::SquaredDifferenceQuant q = {};
  if (!kernels::make_squared_difference(scale_of(node.input(0)), scale_of(node.input(1)), scale_of(&node.output()), &q)) {
    throw Failure(INLAY_STATUS_OP_INVALID, "the scales of input and output are too far apart");
  }
  m->a_factor = q.a_factor;
  m->b_factor = q.b_factor;
  m->scale = q.scale;
}

void fill_comparison(const Node& node, MathArgument* m) {
  kernels::CompareScale a = {}, b = {};
  if (!kernels::make_compare_scale(scale_of(node.input(0)), m->a_zero, &a) ||
      !kernels::make_compare_scale(scale_of(node.input(1)), m->b_zero, &b)) {
    throw Failure(INLAY_STATUS_OP_INVALID, "a scale of 128 or more is not compared");
  }
  m->a_factor = a.factor;
  m->b_factor = b.factor;
  m->a_shift = a.shift;
  m->b_shift = b.shift;
  m->a_left = a.left;
  m->b_left = b.left;
}

void fill_quantized(const Node& node, MathArgument* m) {
  const inlay_tensor &a = *node.input(0), &b = *node.input(1), &output = node.output();
  m->a_zero = zero_point_of(&a);
  m->b_zero = zero_point_of(&b);
  m->zero = zero_point_of(&output);
  const QuantRange range = range_of(node);
  m->low = range.min;
  m->high = range.max;
  switch (node.node->kind) {
    case INLAY_OP_ADD:
    case INLAY_OP_SUB: fill_sum(node, m); break;
    case INLAY_OP_SQUARED_DIFFERENCE: fill_squared_difference(node, m); break;
    case INLAY_OP_PRELU:
      m->scale = scale_of(&a) / scale_of(&output);
      m->second_scale = scale_of(&a) * scale_of(&b) / scale_of(&output);
      break;
    case INLAY_OP_MUL: m->scale = scale_of(&a) * scale_of(&b) / scale_of(&output); break;
    default: fill_comparison(node, m); break;
  }
}

/// The bounds of a fused activation on floats and on integers as they are stored.
void fill_bounds(const Node& node, MathArgument* m) {
  const FloatRange range = activation_range(node.node->activation);
  m->least = range.min;
  m->most = range.max;
  switch (node.node->activation) {
    case INLAY_ACT_RELU: m->bounds = 1; break;
    case INLAY_ACT_RELU6: m->bounds = 3, m->high = 6; break;
    case INLAY_ACT_RELU_N1_TO_1: m->bounds = 3, m->low = -1, m->high = 1; break;
    default: break;
  }
}

BroadcastArgument broadcast_of(const Node& node) {
  kernels::Broadcast plan = {};
  int32_t dims[INLAY_MAX_RANK], rank = 0;
  const inlay_tensor &a = *node.input(0), &b = *node.input(1);
  if (!kernels::make_broadcast(a.dims, a.rank, b.dims, b.rank, &plan, dims, &rank)) {
    throw Failure(INLAY_STATUS_OP_INVALID, "the shapes of the inputs do not broadcast");
  }
  BroadcastArgument out = {};
  out.rank = plan.rank;
  for (int32_t d = 0; d < plan.rank; ++d) {
    out.dims[d] = static_cast<int32_t>(plan.dims[d]);
    out.a_stride[d] = static_cast<int32_t>(plan.a_stride[d]);
    out.b_stride[d] = static_cast<int32_t>(plan.b_stride[d]);
  }
  return out;
}

void plan(const Node& node, Recipe* recipe) {
  const Kind& k = kind_of(node);
  const uint32_t dtype = node.input(0)->dtype;
  const bool real = dtype == INLAY_FLOAT32, scaled = !real && quantized(node);
  MathArgument math = {};
  scaled ? fill_quantized(node, &math) : fill_bounds(node, &math);
  std::string name = real ? k.real : scaled && k.quantized != nullptr ? k.quantized : k.integer;
  if (name == "sum_quantized" && (dtype == INLAY_INT16 || !quantized_sum(node).is_narrow())) name += "_wide";
  std::string options = real ? node.element_options(dtype) : element_type(dtype);
  options += " -DFN=" + name + (k.compares ? " -DTO_BOOL" : "") + (k.compares && scaled ? " -DQUANTIZED" : "");
  const auto count = static_cast<int32_t>(element_count(node.output()));
  recipe->kernel = name;
  recipe->launch("pair", options, "pair")
      .tensor(node.input_id(0))
      .tensor(node.input_id(1))
      .tensor(node.output_id())
      .value(broadcast_of(node))
      .value(math)
      .value(count)
      .grid(static_cast<size_t>(count));
}

}  // namespace

QuantizedSum quantized_sum(const Node& node) {
  const inlay_tensor &a = *node.input(0), &b = *node.input(1), &output = node.output();
  kernels::AddQuant q = {};
  const int32_t bits = output.dtype == INLAY_INT16 ? kernels::kAddBits16 : kernels::kAddBits8;
  if (!kernels::make_add_factors(scale_of(&a), scale_of(&b), scale_of(&output), bits, &q)) {
    throw Failure(INLAY_STATUS_OP_INVALID, "the scales of input and output are too far apart");
  }
  const QuantRange range = range_of(node);
  const int32_t b_factor = node.node->kind == INLAY_OP_SUB ? -q.b_factor : q.b_factor;
  return {q.a_factor, b_factor, zero_point_of(&a), zero_point_of(&b), zero_point_of(&output), q.shift, range.min, range.max};
}

extern const Op op_pair;
const Op op_pair = {reject, plan, nullptr};

}  // namespace inlay::gpu
