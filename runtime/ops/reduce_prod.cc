// SPDX-License-Identifier: Apache-2.0
// REDUCE_PROD over the dims of a mask. Quantized: the product of the real values, in double, in order. int32, int64 wrap around.
#include "kernels/table.h"
#include "ops/reduce_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) { return prepare_reduce(Prepare(raw), kFloat | kReduceQuant | kReduceWide, false); }

template <typename T>
void quantized(const Eval& e) {
  const auto& d = *e.data<ReduceData>();
  const auto in_scale = static_cast<double>(scale_of(e.input_tensor(0))),
             out_scale = static_cast<double>(scale_of(e.output_tensor(0)));
  const kernels::MeanQuant& q = d.quant;
  kernels::reduce<double>(
      d.shape, e.input<T>(0), 1.0, e.output<T>(0),
      [&](double acc, T v) { return acc * (static_cast<double>(v - q.input_zero) * in_scale); },
      [&](double acc) { return static_cast<T>(kernels::round_away(acc / out_scale + q.output_zero, q.range)); });
}

template <typename T, typename Unsigned>
void whole(const Eval& e) {
  kernels::reduce<Unsigned>(
      e.data<ReduceData>()->shape, e.input<T>(0), 1, e.output<T>(0),
      [](Unsigned acc, T v) { return acc * static_cast<Unsigned>(v); }, [](Unsigned acc) { return static_cast<T>(acc); });
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  switch (e.input_tensor(0)->dtype) {
    case INLAY_INT8: quantized<int8_t>(e); break;
    case INLAY_UINT8: quantized<uint8_t>(e); break;
    case INLAY_INT16: quantized<int16_t>(e); break;
    case INLAY_INT32: whole<int32_t, uint32_t>(e); break;
    case INLAY_INT64: whole<int64_t, uint64_t>(e); break;
    default:
      kernels::reduce<float>(
          e.data<ReduceData>()->shape, e.input<float>(0), 1.0f, e.output<float>(0), [](float acc, float v) { return acc * v; },
          [](float acc) { return acc; });
      break;
  }
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(reduce_prod, REDUCE_PROD, NONE, sizeof(ReduceData), prepare, eval)

}  // namespace inlay
