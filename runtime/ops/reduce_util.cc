// SPDX-License-Identifier: Apache-2.0
#include "ops/reduce_util.h"

#include <limits>

#include "ops/quant_rules_util.h"

namespace inlay {
namespace {

inlay_status prepare_quant(const Prepare& p, bool same_scale, ReduceData* data) {
  const inlay_tensor* input = p.input(0);
  const inlay_tensor* output = p.output(0);
  if (same_scale) return same_quant(input, output) ? INLAY_OK : p.fail("input and output differ in quantization");
  INLAY_TRY(p.per_tensor(input, "input"));
  INLAY_TRY(p.per_tensor(output, "output"));
  const bool narrow = (dtype_bit(input->dtype) & kQuant8) != 0;
  if (narrow && data->count > kernels::kMeanMaxCount) return p.fail("too many elements in one sum");
  data->quant = {0, zero_point_of(input), zero_point_of(output), dtype_range(output->dtype)};
  return scale_ratio(p, scale_of(input), scale_of(output), &data->quant.scale);
}

}  // namespace

inlay_status prepare_reduce(const Prepare& p, uint32_t dtypes, bool same_scale) {
  const inlay_axes* axes = nullptr;
  INLAY_TRY(p.counts(1, 1, 1));
  INLAY_TRY(p.params(INLAY_PARAMS_AXES, &axes));
  INLAY_TRY(p.no_activation());
  const inlay_tensor* input = p.input(0);
  INLAY_TRY(p.dtype(input, dtypes, "input"));
  INLAY_TRY(p.dtype(p.output(0), dtype_bit(input->dtype), "output"));
  const auto mask = static_cast<uint32_t>(axes->mask);
  if (mask >> input->rank != 0) return p.fail("an axis lies outside the input's rank");
  auto* data = p.data<ReduceData>();
  data->count = 1;
  int32_t dims[INLAY_MAX_RANK];
  int32_t rank = 0;
  for (int32_t i = 0; i < input->rank; ++i) {
    const bool reduced = (mask >> i & 1u) != 0;
    if (reduced) data->count *= input->dims[i];
    if (!reduced || axes->keep_dims != 0) dims[rank++] = reduced ? 1 : input->dims[i];
  }
  INLAY_TRY(p.output_shape(0, rank, dims));
  if (element_count(*input) > 0) {
    data->shape = kernels::mean_shape(input->dims, input->rank, mask);
  } else {
    const int64_t outputs = element_count(dims, rank);
    if (outputs > INT32_MAX) return p.fail("the output is too large");
    data->shape = kernels::empty_mean_shape(static_cast<int32_t>(outputs));
  }
  return (dtype_bit(input->dtype) & kReduceQuant) != 0 ? prepare_quant(p, same_scale, data) : INLAY_OK;
}

int32_t requantize_wide(int64_t acc, const kernels::MeanQuant& q) {
  float v = static_cast<float>(acc) * q.scale;
  const auto low = static_cast<float>(q.range.min - q.output_zero), high = static_cast<float>(q.range.max - q.output_zero);
  v = v < low ? low : v;
  v = v > high ? high : v;
  return round_even(v) + q.output_zero;
}

template <bool kLargest>
inlay_status eval_extreme(const inlay_eval* raw) {
  const Eval e(raw);
  const auto start = [](auto lowest, auto highest) { return kLargest ? lowest : highest; };
  constexpr float kHighest = std::numeric_limits<float>::infinity();
  switch (e.input_tensor(0)->dtype) {
    case INLAY_INT8: reduce_extreme<kLargest, int8_t>(e, start(int8_t{-128}, int8_t{127})); break;
    case INLAY_UINT8: reduce_extreme<kLargest, uint8_t>(e, start(uint8_t{0}, uint8_t{255})); break;
    case INLAY_INT16: reduce_extreme<kLargest, int16_t>(e, start(int16_t{-32768}, int16_t{32767})); break;
    case INLAY_INT32: reduce_extreme<kLargest, int32_t>(e, start(INT32_MIN, INT32_MAX)); break;
    case INLAY_INT64: reduce_extreme<kLargest, int64_t>(e, start(INT64_MIN, INT64_MAX)); break;
    default: reduce_extreme<kLargest, float>(e, start(-kHighest, kHighest)); break;
  }
  return INLAY_OK;
}
template inlay_status eval_extreme<true>(const inlay_eval*);
template inlay_status eval_extreme<false>(const inlay_eval*);

}  // namespace inlay
