// SPDX-License-Identifier: Apache-2.0
// MUL: a * b; fused clamp. int16 counts as quantized when any tensor has a scale.
#include "kernels/mul.h"

#include "ops/binary_util.h"
#include "ops/pair_util.h"
#include "ops/quant_rules_util.h"

namespace inlay {
namespace {

struct Data {
  kernels::Broadcast plan;
  kernels::MulQuant quant;
  kernels::IntRange int_range;
  FloatRange range;
  bool quantized;
  uint8_t gap[7] = {};
};

inlay_status prepare_quantized(const Prepare& p, kernels::MulQuant* quant) {
  INLAY_TRY(binary_quantized(p));
  const inlay_tensor* const a = p.input(0);
  const inlay_tensor* const b = p.input(1);
  const inlay_tensor* const output = p.output(0);
  INLAY_TRY(scale_ratio(p, scale_of(a) * scale_of(b), scale_of(output), &quant->scale));
  quant->a_zero = zero_point_of(a);
  quant->b_zero = zero_point_of(b);
  quant->output_zero = zero_point_of(output);
  quant->range = activation_range(output->dtype, p.node().activation, scale_of(output), quant->output_zero);
  return INLAY_OK;
}

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  auto* data = p.data<Data>();
  const uint32_t dtypes = kFloat | kQuantTypes | dtype_bit(INLAY_INT32) | dtype_bit(INLAY_UINT32) | dtype_bit(INLAY_INT64);
  INLAY_TRY(p.clamp_activation());
  INLAY_TRY(prepare_binary(p, dtypes, 0, &data->plan));
  const uint32_t dtype = p.input(0)->dtype;
  if (dtype == INLAY_UINT32 && p.node().activation != INLAY_ACT_NONE) return p.fail("takes no fused activation for this dtype");
  data->range = activation_range(p.node().activation);
  data->int_range = int_range(p.node().activation);
  data->quantized = (dtype_bit(dtype) & kQuant8) != 0 || (dtype == INLAY_INT16 && any_scale(p));
  if (data->quantized) INLAY_TRY(prepare_quantized(p, &data->quant));
  using kernels::TwinKind;
  switch (dtype) {
    case INLAY_INT8: choose_pair_twin(p, TwinKind::kMulS8, &data->quant); break;
    case INLAY_UINT8: choose_pair_twin(p, TwinKind::kMulU8, &data->quant); break;
    case INLAY_FLOAT32: choose_pair_twin(p, TwinKind::kMulF32, &data->range); break;
    default: break;
  }
  return INLAY_OK;
}

template <typename T>
void eval_quantized(const PairView& v, const Data& d) {
  kernels::mul_quant(v.plan(), d.quant, v.a<T>(), v.b<T>(), v.out<T>());
}

template <typename T>
void eval_int(const PairView& v, const Data& d) {
  kernels::mul_int(v.plan(), d.int_range, v.a<T>(), v.b<T>(), v.out<T>());
}

void eval_part(const PairView& v, const Data& d) {
  switch (v.e.input_tensor(0)->dtype) {
    case INLAY_INT8: eval_quantized<int8_t>(v, d); break;
    case INLAY_UINT8: eval_quantized<uint8_t>(v, d); break;
    case INLAY_INT16: d.quantized ? eval_quantized<int16_t>(v, d) : eval_int<int16_t>(v, d); break;
    case INLAY_INT32: eval_int<int32_t>(v, d); break;
    case INLAY_UINT32: eval_int<uint32_t>(v, d); break;
    case INLAY_INT64: eval_int<int64_t>(v, d); break;
    default: kernels::mul_f32(v.plan(), d.range, v.a<float>(), v.b<float>(), v.out<float>()); break;
  }
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<Data>();
  const bool is_float = e.input_tensor(0)->dtype == INLAY_FLOAT32;
  if (run_pair_twin(e, is_float ? static_cast<const void*>(&d.range) : &d.quant, d.plan)) return INLAY_OK;
  for_each_pair_part(e, d.plan, kPortablePairCost, [&](const PairView& v) { eval_part(v, d); });
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(mul, MUL, INPLACE_ANY, sizeof(Data), prepare, eval)

}  // namespace inlay
