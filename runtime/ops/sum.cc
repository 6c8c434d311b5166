// SPDX-License-Identifier: Apache-2.0
// SUM over the dims of a mask; they vanish, or stay as dims of 1. int32 and int64 wrap around.
#include "ops/reduce_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) { return prepare_reduce(Prepare(raw), kFloat | kReduceQuant | kReduceWide, false); }

template <typename T, typename Unsigned>
void whole(const Eval& e) {
  kernels::reduce<Unsigned>(
      e.data<ReduceData>()->shape, e.input<T>(0), 0, e.output<T>(0),
      [](Unsigned acc, T v) { return acc + static_cast<Unsigned>(v); }, [](Unsigned acc) { return static_cast<T>(acc); });
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<ReduceData>();
  switch (e.input_tensor(0)->dtype) {
    case INLAY_INT8: kernels::mean_s8(d.shape, d.quant, e.input<int8_t>(0), e.output<int8_t>(0)); break;
    case INLAY_UINT8: kernels::mean_u8(d.shape, d.quant, e.input<uint8_t>(0), e.output<uint8_t>(0)); break;
    case INLAY_INT16:
      kernels::reduce<int64_t>(
          d.shape, e.input<int16_t>(0), 0, e.output<int16_t>(0), [&](int64_t acc, int16_t v) { return acc + (v - d.quant.input_zero); },
          [&](int64_t acc) { return static_cast<int16_t>(requantize_wide(acc, d.quant)); });
      break;
    case INLAY_INT32: whole<int32_t, uint32_t>(e); break;
    case INLAY_INT64: whole<int64_t, uint64_t>(e); break;
    default: kernels::sum_f32(d.shape, e.input<float>(0), e.output<float>(0)); break;
  }
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(sum, SUM, NONE, sizeof(ReduceData), prepare, eval)

}  // namespace inlay
