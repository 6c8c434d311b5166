// SPDX-License-Identifier: Apache-2.0
// ADD and SUB: two inputs that broadcast as in NumPy, of one dtype; fused clamp. int16 counts as quantized when any tensor has a scale.
#pragma once
#include "kernels/add.h"
#include "ops/binary_util.h"

namespace inlay {

struct SumData {
  kernels::Broadcast plan;
  kernels::AddQuant quant;
  kernels::IntRange int_range;
  FloatRange range;
  bool quantized;
};

/// Factors, zero points and range of a quantized sum or, with `subtract`, difference.
inlay_status prepare_quantized_sum(const Prepare& p, bool subtract, kernels::AddQuant* quant);

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
  return data->quantized ? prepare_quantized_sum(p, kSubtract, &data->quant) : INLAY_OK;
}

template <bool kSubtract, typename T>
inline void eval_int_sum(const Eval& e, const SumData& d) {
  if constexpr (kSubtract) {
    kernels::sub_int(d.plan, d.int_range, e.input<T>(0), e.input<T>(1), e.output<T>(0));
  } else {
    kernels::add_int(d.plan, d.int_range, e.input<T>(0), e.input<T>(1), e.output<T>(0));
  }
}

template <bool kSubtract>
inlay_status eval_sum(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<SumData>();
  switch (e.input_tensor(0)->dtype) {
    case INLAY_INT8: kernels::add_s8(d.plan, d.quant, e.input<int8_t>(0), e.input<int8_t>(1), e.output<int8_t>(0)); break;
    case INLAY_UINT8: kernels::add_u8(d.plan, d.quant, e.input<uint8_t>(0), e.input<uint8_t>(1), e.output<uint8_t>(0)); break;
    case INLAY_INT16:
      if (kSubtract || d.quantized) {
        kernels::add_s16(d.plan, d.quant, e.input<int16_t>(0), e.input<int16_t>(1), e.output<int16_t>(0));
      } else {
        kernels::add_int(d.plan, d.int_range, e.input<int16_t>(0), e.input<int16_t>(1), e.output<int16_t>(0));
      }
      break;
    case INLAY_INT32: eval_int_sum<kSubtract, int32_t>(e, d); break;
    case INLAY_INT64: eval_int_sum<kSubtract, int64_t>(e, d); break;
    default:
      if constexpr (kSubtract) {
        kernels::sub_f32(d.plan, d.range, e.input<float>(0), e.input<float>(1), e.output<float>(0));
      } else {
        kernels::add_f32(d.plan, d.range, e.input<float>(0), e.input<float>(1), e.output<float>(0));
      }
      break;
  }
  return INLAY_OK;
}

}  // namespace inlay
