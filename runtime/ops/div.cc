// SPDX-License-Identifier: Apache-2.0
// DIV: a / b; fused clamp. A run fails (BACKEND_FAILED) when an integer or quantized b is zero.
#include "ops/binary_util.h"
#include "ops/quant_rules_util.h"

namespace inlay {
namespace {

struct Data {
  kernels::Broadcast plan;
  kernels::MulQuant quant;
  kernels::IntRange int_range;
  FloatRange range;
};

inlay_status prepare_quantized(const Prepare& p, kernels::MulQuant* quant) {
  INLAY_TRY(binary_quantized(p));
  const inlay_tensor* const a = p.input(0);
  const inlay_tensor* const b = p.input(1);
  const inlay_tensor* const output = p.output(0);
  // The second quotient makes the first too large one fail, too: scales are at most 2^100.
  INLAY_TRY(scale_ratio(p, scale_of(a) / scale_of(b), scale_of(output), &quant->scale));
  quant->a_zero = zero_point_of(a);
  quant->b_zero = zero_point_of(b);
  quant->output_zero = zero_point_of(output);
  quant->range = activation_range(output->dtype, p.node().activation, scale_of(output), quant->output_zero);
  return INLAY_OK;
}

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  auto* data = p.data<Data>();
  INLAY_TRY(p.clamp_activation());
  INLAY_TRY(prepare_binary(p, kFloat | kQuantTypes | dtype_bit(INLAY_INT32), 0, &data->plan));
  data->range = activation_range(p.node().activation);
  data->int_range = int_range(p.node().activation);
  return (dtype_bit(p.input(0)->dtype) & kQuantTypes) != 0 ? prepare_quantized(p, &data->quant) : INLAY_OK;
}

template <typename T>
inlay_status eval_quantized(const Eval& e, const Data& d) {
  INLAY_TRY(check_divisors(e, static_cast<T>(d.quant.b_zero)));
  kernels::div_quant(d.plan, d.quant, e.input<T>(0), e.input<T>(1), e.output<T>(0));
  return INLAY_OK;
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<Data>();
  switch (e.input_tensor(0)->dtype) {
    case INLAY_INT8: return eval_quantized<int8_t>(e, d);
    case INLAY_UINT8: return eval_quantized<uint8_t>(e, d);
    case INLAY_INT16: return eval_quantized<int16_t>(e, d);
    case INLAY_INT32:
      INLAY_TRY(check_divisors(e, int32_t{0}));
      kernels::div_s32(d.plan, d.int_range, e.input<int32_t>(0), e.input<int32_t>(1), e.output<int32_t>(0));
      return INLAY_OK;
    default: kernels::div_f32(d.plan, d.range, e.input<float>(0), e.input<float>(1), e.output<float>(0)); return INLAY_OK;
  }
}

}  // namespace

INLAY_DEFINE_OP(div, DIV, INPLACE_ANY, sizeof(Data), prepare, eval)

}  // namespace inlay
