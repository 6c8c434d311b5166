// SPDX-License-Identifier: Apache-2.0
// MEAN over the dims of a mask; they vanish, or stay as dims of 1. int32 and int64: rounded toward zero.
#include "ops/reduce_util.h"

namespace inlay {

INLAY_DECLARE_EVAL(inlay_eval_mean_s8)

namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  INLAY_TRY(prepare_reduce(p, kFloat | kReduceQuant | kReduceWide, false));
  if (element_count(*p.input(0)) < 1) return p.fail("input is empty");
  auto* data = p.data<ReduceData>();
  if ((dtype_bit(p.input(0)->dtype) & kReduceQuant) != 0) {
    data->quant.scale = data->quant.scale / static_cast<float>(data->count);
  }
  if (p.input(0)->dtype == INLAY_INT8) p.eval_by(INLAY_EVAL(inlay_eval_mean_s8));
  return INLAY_OK;
}

/// The sum wraps around in 64 bits.
template <typename T>
void whole(const Eval& e) {
  const auto& d = *e.data<ReduceData>();
  kernels::reduce<uint64_t>(
      d.shape, e.input<T>(0), 0, e.output<T>(0), [](uint64_t acc, T v) { return acc + static_cast<uint64_t>(int64_t{v}); },
      [&](uint64_t acc) { return static_cast<T>(static_cast<int64_t>(acc) / d.count); });
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<ReduceData>();
  switch (e.input_tensor(0)->dtype) {
    case INLAY_UINT8: kernels::mean_u8(d.shape, d.quant, e.input<uint8_t>(0), e.output<uint8_t>(0)); break;
    case INLAY_INT16:
      kernels::reduce<int64_t>(
          d.shape, e.input<int16_t>(0), 0, e.output<int16_t>(0), [&](int64_t acc, int16_t v) { return acc + (v - d.quant.input_zero); },
          [&](int64_t acc) { return static_cast<int16_t>(requantize_wide(acc, d.quant)); });
      break;
    case INLAY_INT32: whole<int32_t>(e); break;
    case INLAY_INT64: whole<int64_t>(e); break;
    default: kernels::mean_f32(d.shape, e.input<float>(0), e.output<float>(0)); break;
  }
  return INLAY_OK;
}

}  // namespace

inlay_status inlay_eval_mean_s8(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<ReduceData>();
  kernels::mean_s8(d.shape, d.quant, e.input<int8_t>(0), e.output<int8_t>(0));
  return INLAY_OK;
}

INLAY_DEFINE_OP(mean, MEAN, NONE, sizeof(ReduceData), prepare, eval)

}  // namespace inlay
