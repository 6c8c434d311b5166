// SPDX-License-Identifier: Apache-2.0
// ADD and SUB: two inputs that broadcast as in NumPy, of one dtype; fused clamp. int16 counts as quantized when any tensor has a
// scale.
#pragma once
#include "kernels/add.h"
#include "ops/binary_util.h"
#include "ops/pair_util.h"

namespace inlay {

struct SumData {
  kernels::Broadcast plan;
  kernels::AddQuant quant;
  kernels::IntRange int_range;
  FloatRange range;
  bool quantized;
  uint8_t gap[7] = {};
};

/// Factors, zero points and range of a quantized sum or, with `subtract`, difference.
inlay_status prepare_quantized_sum(const Prepare& p, bool subtract, kernels::AddQuant* quant);
/// The evals of 8-bit twins, and of int8 by the portable kernel; a difference has a negative factor.
INLAY_DECLARE_EVAL(inlay_eval_sum_twin_q8)
INLAY_DECLARE_EVAL(inlay_eval_sum_s8)
/// A twin for data that is prepared, or an eval of its dtype.
void choose_sum_twin(const Prepare& p, bool subtract, SumData* data);

template <bool kSubtract>
inlay_status prepare_sum(inlay_prepare* raw) {
  const Prepare p(raw);
  auto* data = p.data<SumData>();
  INLAY_TRY(p.clamp_activation());
  INLAY_TRY(prepare_binary(p, kFloat | kQuantTypes | dtype_bit(INLAY_INT32) | dtype_bit(INLAY_INT64), 0, &data->plan));
  data->range = activation_range(p.node().activation);
  data->int_range = int_range(p.node().activation);
  const uint32_t dtype = p.input(0)->dtype;
  data->quantized = (dtype_bit(dtype) & kQuant8) != 0 || (dtype == INLAY_INT16 && (kSubtract || any_scale(p)));
  if (data->quantized) INLAY_TRY(prepare_quantized_sum(p, kSubtract, &data->quant));
  choose_sum_twin(p, kSubtract, data);
  return INLAY_OK;
}

template <bool kSubtract, typename T>
inline void eval_int_sum(const PairView& v, const SumData& d) {
  if constexpr (kSubtract) {
    kernels::sub_int(v.plan(), d.int_range, v.a<T>(), v.b<T>(), v.out<T>());
  } else {
    kernels::add_int(v.plan(), d.int_range, v.a<T>(), v.b<T>(), v.out<T>());
  }
}

template <bool kSubtract>
void eval_sum_part(const PairView& v, const SumData& d) {
  switch (v.e.input_tensor(0)->dtype) {
    case INLAY_UINT8: kernels::add_u8(v.plan(), d.quant, v.a<uint8_t>(), v.b<uint8_t>(), v.out<uint8_t>()); break;
    case INLAY_INT16:
      if (kSubtract || d.quantized) {
        kernels::add_s16(v.plan(), d.quant, v.a<int16_t>(), v.b<int16_t>(), v.out<int16_t>());
      } else {
        kernels::add_int(v.plan(), d.int_range, v.a<int16_t>(), v.b<int16_t>(), v.out<int16_t>());
      }
      break;
    case INLAY_INT32: eval_int_sum<kSubtract, int32_t>(v, d); break;
    case INLAY_INT64: eval_int_sum<kSubtract, int64_t>(v, d); break;
    default:
      (kSubtract ? kernels::sub_f32 : kernels::add_f32)(v.plan(), d.range, v.a<float>(), v.b<float>(), v.out<float>());
      break;
  }
}

template <bool kSubtract>
inlay_status eval_sum(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<SumData>();
  if (run_pair_twin(e, &d.range, d.plan)) return INLAY_OK;  // of floats
  for_each_pair_part(e, d.plan, kPortablePairCost, [&](const PairView& v) { eval_sum_part<kSubtract>(v, d); });
  return INLAY_OK;
}

}  // namespace inlay
