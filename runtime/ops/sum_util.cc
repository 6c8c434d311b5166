// SPDX-License-Identifier: Apache-2.0
#include "ops/sum_util.h"

namespace inlay {

inlay_status prepare_quantized_sum(const Prepare& p, bool subtract, kernels::AddQuant* quant) {
  INLAY_TRY(binary_quantized(p));
  const inlay_tensor* const a = p.input(0);
  const inlay_tensor* const b = p.input(1);
  const inlay_tensor* const output = p.output(0);
  const int32_t bits = output->dtype == INLAY_INT16 ? kernels::kAddBits16 : kernels::kAddBits8;
  if (!kernels::make_add_factors(scale_of(a), scale_of(b), scale_of(output), bits, quant)) {
    return p.fail("the scales of input and output are too far apart");
  }
  if (subtract) quant->b_factor = -quant->b_factor;
  quant->a_zero = zero_point_of(a);
  quant->b_zero = zero_point_of(b);
  quant->output_zero = zero_point_of(output);
  quant->range = activation_range(output->dtype, p.node().activation, scale_of(output), quant->output_zero);
  return INLAY_OK;
}

void choose_sum_twin(const Prepare& p, bool subtract, SumData* data) {
  using kernels::TwinKind;
  const uint32_t dtype = p.input(0)->dtype;
  if (dtype == INLAY_FLOAT32) {
    choose_pair_twin(p, subtract ? TwinKind::kSubF32 : TwinKind::kAddF32, &data->range);
  } else if ((dtype_bit(dtype) & kQuant8) != 0) {
    if (choose_pair_twin(p, dtype == INLAY_INT8 ? TwinKind::kAddS8 : TwinKind::kAddU8, &data->quant)) {
      p.eval_by(INLAY_EVAL(inlay_eval_sum_twin_q8));
    } else if (dtype == INLAY_INT8) {
      p.eval_by(INLAY_EVAL(inlay_eval_sum_s8));
    }
  }
}

inlay_status inlay_eval_sum_twin_q8(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<SumData>();
  run_pair_twin(e, &d.quant, d.plan);
  return INLAY_OK;
}

inlay_status inlay_eval_sum_s8(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<SumData>();
  for_each_pair_part(e, d.plan, kPortablePairCost, [&](const PairView& v) {
    kernels::add_s8(v.plan(), d.quant, v.a<int8_t>(), v.b<int8_t>(), v.out<int8_t>());
  });
  return INLAY_OK;
}

}  // namespace inlay
