// SPDX-License-Identifier: Apache-2.0
// PRELU: x, or x * alpha where x is negative; alpha broadcasts against x.
#include "kernels/relu.h"
#include "ops/pair_util.h"
#include "ops/quant_rules_util.h"

namespace inlay {
namespace {

struct PreluData {
  kernels::Broadcast plan;
  kernels::PreluQuant quant;
  int32_t gap = 0;
};

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  INLAY_TRY(p.counts(2, 2, 1));
  INLAY_TRY(p.no_activation());
  const inlay_tensor* input = p.input(0);
  const inlay_tensor* alpha = p.input(1);
  const inlay_tensor* output = p.output(0);
  INLAY_TRY(p.dtype(input, kFloat | kQuant8, "input"));
  INLAY_TRY(p.dtype(alpha, dtype_bit(input->dtype), "alpha"));
  INLAY_TRY(p.dtype(output, dtype_bit(input->dtype), "output"));
  auto* data = p.data<PreluData>();
  int32_t dims[INLAY_MAX_RANK], rank = 0;
  if (!kernels::make_broadcast(input->dims, input->rank, alpha->dims, alpha->rank, &data->plan, dims, &rank)) {
    return p.fail("alpha does not broadcast against the input");
  }
  INLAY_TRY(p.output_shape(0, rank, dims));
  if (input->dtype == INLAY_FLOAT32) {
    choose_pair_twin(p, kernels::TwinKind::kPreluF32, nullptr);
    return INLAY_OK;
  }
  INLAY_TRY(p.per_tensor(input, "input"));
  INLAY_TRY(p.per_tensor(alpha, "alpha"));
  INLAY_TRY(p.per_tensor(output, "output"));
  kernels::PreluQuant& quant = data->quant;
  quant.in_zero = zero_point_of(input);
  quant.alpha_zero = zero_point_of(alpha);
  quant.out_zero = zero_point_of(output);
  quant.range = dtype_range(output->dtype);
  INLAY_TRY(scale_ratio(p, scale_of(input), scale_of(output), &quant.ratio));
  return scale_ratio(p, scale_of(input) * scale_of(alpha), scale_of(output), &quant.alpha_ratio);
}

void eval_part(const PairView& v, const PreluData& d) {
  switch (v.e.input_tensor(0)->dtype) {
    case INLAY_INT8: kernels::prelu_s8(v.plan(), d.quant, v.a<int8_t>(), v.b<int8_t>(), v.out<int8_t>()); break;
    case INLAY_UINT8: kernels::prelu_u8(v.plan(), d.quant, v.a<uint8_t>(), v.b<uint8_t>(), v.out<uint8_t>()); break;
    default: kernels::prelu_f32(v.plan(), v.a<float>(), v.b<float>(), v.out<float>()); break;
  }
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<PreluData>();
  if (run_pair_twin(e, nullptr, d.plan)) return INLAY_OK;
  for_each_pair_part(e, d.plan, kPortablePairCost, [&](const PairView& v) { eval_part(v, d); });
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(prelu, PRELU, INPLACE, sizeof(PreluData), prepare, eval)

}  // namespace inlay
