// SPDX-License-Identifier: Apache-2.0
// QUANTIZE, DEQUANTIZE and CAST.
#include "core/quant.h"
#include "gpu/op.h"

namespace inlay::gpu {
namespace {

/// As in kernels/convert.cl.
struct MathArgument {
  float scale;
  int32_t in_zero, zero, low, high;
};

/// What kernels need to know of an integer dtype.
struct Type {
  uint8_t dtype;
  const char* name;
  const char* highest;
};
constexpr Type kTypes[] = {
    {INLAY_INT8, "char", "CHAR_MAX"},      {INLAY_UINT8, "uchar", "UCHAR_MAX"}, {INLAY_INT16, "short", "SHRT_MAX"},
    {INLAY_UINT16, "ushort", "USHRT_MAX"}, {INLAY_INT32, "int", "INT_MAX"},     {INLAY_UINT32, "uint", "UINT_MAX"},
    {INLAY_INT64, "long", "LONG_MAX"},     {INLAY_BOOL, "uchar", "UCHAR_MAX"},
};

const Type* type_of(uint32_t dtype) {
  for (const Type& t : kTypes) {
    if (t.dtype == dtype) return &t;
  }
  return nullptr;
}

bool is_float(uint32_t dtype) { return dtype == INLAY_FLOAT32 || dtype == INLAY_FLOAT16; }

// ---- CAST

const char* reject_cast(const Node& node) {
  const uint32_t from = node.input(0)->dtype, to = node.output().dtype;
  const bool can = (is_float(from) || type_of(from) != nullptr) && (is_float(to) || type_of(to) != nullptr);
  return can ? nullptr : "float64 and complex numbers are not cast here";
}

std::string side(const Node& node, uint32_t dtype, bool input) {
  const std::string which = input ? "FROM" : "TO";
  if (dtype == INLAY_FLOAT32) return node.element_options(dtype) + " -D" + which + "_REAL";
  if (dtype == INLAY_FLOAT16) return " -D" + which + "=half -D" + which + "_HALF";
  return " -D" + which + "=" + type_of(dtype)->name;
}

std::string cast_function(uint32_t from, uint32_t to) {
  if (to == INLAY_BOOL) return "truth";
  if (is_float(to)) return is_float(from) ? "same" : "real_of";
  if (!is_float(from)) return "low_bits";
  return std::string("truncate -DSATURATE=convert_") + type_of(to)->name + "_sat_rtz -DHIGHEST=" + type_of(to)->highest;
}

void launch(const Node& node, const std::string& function, const MathArgument& math, Recipe* recipe) {
  const uint32_t from = node.input(0)->dtype, to = node.output().dtype;
  const auto count = static_cast<int32_t>(element_count(node.output()));
  std::string options = side(node, from, true);
  // Twice the same macros of REAL would do no harm, but make another program of the same text.
  options += from == INLAY_FLOAT32 && to == INLAY_FLOAT32 ? " -DTO_REAL" : " " + side(node, to, false);
  recipe->kernel = "convert";
  recipe->launch("convert", options + " -DFN=" + function, "convert")
      .tensor(node.input_id(0))
      .tensor(node.output_id())
      .value(math)
      .value(count)
      .grid(static_cast<size_t>(count));
}

void plan_cast(const Node& node, Recipe* recipe) {
  launch(node, cast_function(node.input(0)->dtype, node.output().dtype), MathArgument{}, recipe);
}

// ---- QUANTIZE

const char* reject_quantize(const Node& node) {
  const bool wide = node.input(0)->dtype == INLAY_INT32 || node.output().dtype == INLAY_INT32;
  return wide ? "int32 is rescaled in double precision, which the device may lack" : nullptr;
}

void plan_quantize(const Node& node, Recipe* recipe) {
  const inlay_tensor &input = *node.input(0), &output = node.output();
  if (is_q8(input) && is_q8(output)) {
    const auto count = static_cast<int32_t>(element_count(output));
    recipe->kernel = "table";
    recipe->launch("unary_table", "-DELEM=uchar", "unary_table")
        .tensor(node.input_id(0))
        .tensor(node.output_id())
        .constant(table_of(node))
        .value(count)
        .grid(static_cast<size_t>(count));
    return;
  }
  const bool real = input.dtype == INLAY_FLOAT32;
  const QuantRange range = dtype_range(output.dtype);
  MathArgument math = {};
  math.scale = (real ? 1.0f : scale_of(&input)) / scale_of(&output);
  math.in_zero = zero_point_of(&input);
  math.zero = zero_point_of(&output);
  math.low = range.min;
  math.high = range.max;
  launch(node, real ? "quantize" : "rescale", math, recipe);
}

// ---- DEQUANTIZE

const char* reject_dequantize(const Node&) { return nullptr; }

void plan_dequantize(const Node& node, Recipe* recipe) {
  const inlay_tensor& input = *node.input(0);
  if (input.dtype == INLAY_FLOAT16) return launch(node, "same", MathArgument{}, recipe);
  const bool one = input.quant.count == 1;
  const int32_t axis = input.quant.axis;
  const auto count = static_cast<int32_t>(element_count(input));
  const int32_t channels = one ? 1 : input.dims[axis];
  const auto inner = one ? count : static_cast<int32_t>(element_count(input.dims + axis + 1, input.rank - axis - 1));
  std::vector<int32_t> zeros(static_cast<size_t>(channels), 0);
  if (input.quant.zero_points != nullptr) zeros.assign(input.quant.zero_points, input.quant.zero_points + channels);
  recipe->kernel = "dequantize";
  recipe->launch("dequantize", node.element_options(INLAY_FLOAT32) + " -DFROM=" + type_of(input.dtype)->name, "dequantize")
      .tensor(node.input_id(0))
      .tensor(node.output_id())
      .constant(input.quant.scales, static_cast<size_t>(channels) * sizeof(float))
      .constant(zeros)
      .value(channels)
      .value(inner)
      .value(count)
      .grid(static_cast<size_t>(count));
}

}  // namespace

extern const Op op_cast, op_quantize, op_dequantize;
const Op op_cast = {reject_cast, plan_cast, nullptr};
const Op op_quantize = {reject_quantize, plan_quantize, nullptr};
const Op op_dequantize = {reject_dequantize, plan_dequantize, nullptr};

}  // namespace inlay::gpu
