// SPDX-License-Identifier: Apache-2.0
// Functions of one value. 8 and 16 bit: a table of the builtin op's answers. Floats and integers as they are: a kernel.
#include "core/quant.h"
#include "gpu/op.h"

namespace inlay::gpu {
namespace {

/// As in kernels/unary.cl.
struct MathArgument {
  float low, high, param;
};

struct Kind {
  uint16_t kind;
  const char* real;     ///< the kernel's function of floats
  const char* integer;  ///< of int32, int64 or bool; NULL: none
};
constexpr Kind kKinds[] = {
    {INLAY_OP_RELU, "clamped", nullptr},
    {INLAY_OP_ABS, "magnitude", "magnitude"},
    {INLAY_OP_NEG, "negative", "negative"},
    {INLAY_OP_EXP, "exponential", nullptr},
    {INLAY_OP_LOG, "logarithm", nullptr},
    {INLAY_OP_SQRT, "root", nullptr},
    {INLAY_OP_RSQRT, "inverse_root", nullptr},
    {INLAY_OP_SQUARE, "squared", "squared"},
    {INLAY_OP_SIN, "sine", nullptr},
    {INLAY_OP_COS, "cosine", nullptr},
    {INLAY_OP_CEIL, "upward", nullptr},
    {INLAY_OP_FLOOR, "downward", nullptr},
    {INLAY_OP_ROUND, "nearest", nullptr},
    {INLAY_OP_SIGN, "sign_of", "sign_of"},
    {INLAY_OP_TANH, "hyperbolic", nullptr},
    {INLAY_OP_LOGISTIC, "logistic", nullptr},
    {INLAY_OP_ELU, "elu", nullptr},
    {INLAY_OP_GELU, "gelu", nullptr},
    {INLAY_OP_HARD_SWISH, "hard_swish", nullptr},
    {INLAY_OP_LEAKY_RELU, "leaky", nullptr},
    {INLAY_OP_LOGICAL_NOT, nullptr, "logical_not"},
};

const Kind& kind_of(const Node& node) {
  const Kind* k = kKinds;
  while (k->kind != node.node->kind) ++k;
  return *k;
}

const char* element_type(uint32_t dtype) {
  switch (dtype) {
    case INLAY_BOOL: return "-DELEM=uchar";
    case INLAY_INT32: return "-DELEM=int";
    case INLAY_INT64: return "-DELEM=long -DWIDE";
    default: return nullptr;
  }
}

bool by_table(const Node& node) { return is_quantized_dtype(node.input(0)->dtype); }

const char* reject(const Node& node) {
  const Kind& k = kind_of(node);
  const inlay_tensor& input = *node.input(0);
  if (by_table(node)) return nullptr;
  if (input.dtype == INLAY_FLOAT32) return k.real != nullptr ? nullptr : "this function does not run here on floats";
  const bool can = k.integer != nullptr && element_type(input.dtype) != nullptr;
  return can ? nullptr : "this function does not run here on integers of this dtype";
}

void plan_table(const Node& node, int32_t count, Recipe* recipe) {
  recipe->kernel = "table";
  const bool wide = node.input(0)->dtype == INLAY_INT16;
  recipe->launch("unary_table", wide ? "-DELEM=ushort" : "-DELEM=uchar", "unary_table")
      .tensor(node.input_id(0))
      .tensor(node.output_id())
      .constant(table_of(node))
      .value(count)
      .grid(static_cast<size_t>(count));
}

MathArgument math_of(const Node& node) {
  MathArgument m = {};
  const FloatRange range = activation_range(node.node->activation);
  m.low = range.min;
  m.high = range.max;
  if (node.node->kind == INLAY_OP_LEAKY_RELU) m.param = node.params<inlay_scalars>().alpha;
  return m;
}

std::string function_of(const Node& node) {
  const Kind& k = kind_of(node);
  const uint32_t dtype = node.input(0)->dtype;
  if (dtype != INLAY_FLOAT32) return k.integer;
  const bool tanh_form = node.node->kind == INLAY_OP_GELU && node.params<inlay_scalars>().alpha != 0.0f;
  return tanh_form ? "gelu_tanh" : k.real;
}

void plan(const Node& node, Recipe* recipe) {
  const auto count = static_cast<int32_t>(element_count(node.output()));
  const uint32_t dtype = node.input(0)->dtype;
  if (by_table(node)) return plan_table(node, count, recipe);
  const std::string function = function_of(node);
  const std::string type = dtype == INLAY_FLOAT32 ? node.element_options(dtype) : element_type(dtype);
  recipe->kernel = function;
  recipe->launch("unary", type + " -DFN=" + function, "unary")
      .tensor(node.input_id(0))
      .tensor(node.output_id())
      .value(math_of(node))
      .value(count)
      .grid(static_cast<size_t>(count));
}

}  // namespace

extern const Op op_unary;
const Op op_unary = {reject, plan, nullptr};

}  // namespace inlay::gpu
