// SPDX-License-Identifier: Apache-2.0
// MEAN, SUM, REDUCE_MAX, REDUCE_MIN, REDUCE_PROD, REDUCE_ANY, REDUCE_ALL over any set of dims.
#include "core/quant.h"
#include "gpu/op.h"
#include "kernels/mean.h"

namespace inlay::gpu {
namespace {

constexpr size_t kLanes = 64;
constexpr size_t kManyResults = 4096;     ///< from here on a work-item for each keeps the device busy
constexpr int32_t kShortReduction = 128;  ///< up to here a group's lanes would mostly wait

/// As in kernels/reduce.cl.
struct LoopsArgument {
  int32_t rank;
  int32_t dims[INLAY_MAX_RANK], strides[INLAY_MAX_RANK];
  int32_t count;
};
struct MathArgument {
  float scale;
  int32_t in_zero, zero, low, high;
};

bool sums(const Node& node) { return node.node->kind == INLAY_OP_MEAN || node.node->kind == INLAY_OP_SUM; }
bool is_quantized(const Node& node) { return is_quantized_dtype(node.input(0)->dtype); }

const char* join_of(const Node& node) {
  switch (node.node->kind) {
    case INLAY_OP_REDUCE_MAX: return "larger";
    case INLAY_OP_REDUCE_MIN: return "smaller";
    case INLAY_OP_REDUCE_PROD: return "multiply";
    case INLAY_OP_REDUCE_ALL: return "both";
    case INLAY_OP_REDUCE_ANY: return "either";
    default: return "add";
  }
}

const char* finish_of(const Node& node) {
  if (!sums(node)) return "stored";
  if (is_q8(*node.input(0))) return "requantized_stored";
  if (node.input(0)->dtype == INLAY_INT16) return "requantized_wide";
  return node.node->kind == INLAY_OP_MEAN ? "divided" : "stored";
}

const char* reject(const Node& node) {
  if (element_count(*node.input(0)) == 0) return "nothing is reduced here to the empty result";
  const bool doubles = node.node->kind == INLAY_OP_REDUCE_PROD && is_quantized(node);
  return doubles ? "quantized products take double precision, which the device may lack" : nullptr;
}

std::string options_of(const Node& node, size_t lanes) {
  const uint32_t dtype = node.input(0)->dtype;
  std::string options;
  switch (dtype) {
    case INLAY_INT8: options = "-DELEM=char"; break;
    case INLAY_UINT8: options = "-DELEM=uchar"; break;
    case INLAY_BOOL: options = "-DELEM=uchar -DBOOLS"; break;
    case INLAY_INT16: options = "-DELEM=short -DWIDE"; break;
    case INLAY_INT32: options = "-DELEM=int -DWIDE"; break;
    case INLAY_INT64: options = "-DELEM=long -DWIDE"; break;
    default: options = node.element_options(dtype); break;
  }
  return options + " -DFOLD=" + join_of(node) + " -DFINISH=" + finish_of(node) + define("LANES", static_cast<int64_t>(lanes));
}

LoopsArgument loops_of(const kernels::MeanLoops& from, int32_t inner) {
  LoopsArgument out = {};
  out.rank = from.rank;
  for (int32_t d = 0; d < from.rank; ++d) {
    out.dims[d] = from.dims[d];
    out.strides[d] = static_cast<int32_t>(from.strides[d]);
  }
  if (inner != 1) {
    out.dims[out.rank] = inner;
    out.strides[out.rank++] = 1;
  }
  out.count = static_cast<int32_t>(from.count * inner);
  return out;
}

MathArgument math_of(const Node& node, int32_t count) {
  MathArgument m = {};
  if (!sums(node) || !is_quantized(node)) return m;
  const inlay_tensor &input = *node.input(0), &output = node.output();
  m.scale = scale_of(&input) / scale_of(&output);
  if (node.node->kind == INLAY_OP_MEAN) m.scale = m.scale / static_cast<float>(count);
  m.in_zero = zero_point_of(&input);
  m.zero = zero_point_of(&output);
  m.low = dtype_range(output.dtype).min;
  m.high = dtype_range(output.dtype).max;
  return m;
}

/// Variant 1: a work-item for each result; 2: a group.
int32_t variants(const Node& node) { return node.caps->most_group >= kLanes ? 2 : 1; }

bool one_item_each(const Node& node, size_t results, int32_t length) {
  if (node.caps->most_group < kLanes) return true;
  if (node.variant() == 0) return results >= kManyResults || length <= kShortReduction;
  return node.variant() == 1;
}

void plan(const Node& node, Recipe* recipe) {
  const inlay_tensor& input = *node.input(0);
  const auto mask = static_cast<uint32_t>(node.params<inlay_axes>().mask);
  const kernels::MeanShape shape = kernels::mean_shape(input.dims, input.rank, mask);
  const LoopsArgument kept = loops_of(shape.kept, shape.inner_reduced ? 1 : shape.inner);
  const LoopsArgument reduced = loops_of(shape.reduced, shape.inner_reduced ? shape.inner : 1);
  const auto results = static_cast<size_t>(kept.count);
  const bool each = one_item_each(node, results, reduced.count);
  const size_t lanes = each ? 1 : kLanes;
  recipe->kernel = each ? "reduce" : "reduce by groups";
  Launch& launch = recipe->launch("reduce", options_of(node, lanes), "reduce");
  launch.tensor(node.input_id(0)).tensor(node.output_id()).value(kept).value(reduced).value(math_of(node, reduced.count));
  launch.grid(results * lanes);
  if (!each) launch.group(lanes);
}

}  // namespace

extern const Op op_reduce;
const Op op_reduce = {reject, plan, variants};

}  // namespace inlay::gpu
