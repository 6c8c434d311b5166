// SPDX-License-Identifier: Apache-2.0
// RELU: the clamp named by the node's activation (RELU, RELU6, RELU_N1_TO_1, RELU_0_TO_1) as an op of its own.
#include "kernels/relu.h"

#include "kernels/quantize.h"
#include "ops/parallel.h"
#include "ops/quant_rules_util.h"

namespace inlay {
namespace {

struct ReluData {
  int64_t count;
  FloatRange range;
  kernels::Rescale rescale;
  int32_t gap = 0;
};

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  INLAY_TRY(p.counts(1, 1, 1));
  const uint32_t activation = p.node().activation;
  if (activation != INLAY_ACT_RELU_0_TO_1) INLAY_TRY(p.clamp_activation());
  if (activation == INLAY_ACT_NONE) return p.fail("the node names no activation");
  const inlay_tensor* input = p.input(0);
  const inlay_tensor* output = p.output(0);
  INLAY_TRY(p.dtype(input, kFloat | kQuant8 | dtype_bit(INLAY_INT16), "input"));
  INLAY_TRY(p.dtype(output, dtype_bit(input->dtype), "output"));
  INLAY_TRY(p.output_like(0, input));
  auto* data = p.data<ReluData>();
  data->count = element_count(*input);
  data->range = activation_range(activation);
  if (input->dtype == INLAY_FLOAT32) return INLAY_OK;
  INLAY_TRY(p.per_tensor(input, "input"));
  INLAY_TRY(p.per_tensor(output, "output"));
  data->rescale.in_zero = zero_point_of(input);
  data->rescale.out_zero = zero_point_of(output);
  data->rescale.range = activation_range(output->dtype, activation, scale_of(output), zero_point_of(output));
  return scale_ratio(p, scale_of(input), scale_of(output), &data->rescale.ratio);
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<ReluData>();
  for_each_part(e, part_count(d.count * 8, e), [&](kernels::Part part, int32_t) {
    const kernels::Stretch own = kernels::stretch_of(d.count, 64, part);
    const int64_t at = own.begin, n = own.end - own.begin;
    switch (e.input_tensor(0)->dtype) {
      case INLAY_INT8: kernels::rescale(n, d.rescale, e.input<int8_t>(0) + at, e.output<int8_t>(0) + at); break;
      case INLAY_UINT8: kernels::rescale(n, d.rescale, e.input<uint8_t>(0) + at, e.output<uint8_t>(0) + at); break;
      case INLAY_INT16: kernels::rescale(n, d.rescale, e.input<int16_t>(0) + at, e.output<int16_t>(0) + at); break;
      default: kernels::relu_f32(n, d.range, e.input<float>(0) + at, e.output<float>(0) + at); break;
    }
  });
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(relu, RELU, INPLACE, sizeof(ReluData), prepare, eval)

}  // namespace inlay
