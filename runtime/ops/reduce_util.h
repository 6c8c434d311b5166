// SPDX-License-Identifier: Apache-2.0
// What the reductions share: inlay_axes names the dims that go; they vanish, or stay as dims of 1.
#pragma once
#include "kernels/reduce.h"
#include "ops/op_util.h"

namespace inlay {

struct ReduceData {
  kernels::MeanShape shape;
  kernels::MeanQuant quant;  ///< 8 and 16 bit; scale is s_in / s_out
  int32_t gap = 0;
  int64_t count;             ///< elements of one result
};

constexpr uint32_t kReduceQuant = kQuant8 | dtype_bit(INLAY_INT16);
constexpr uint32_t kReduceWide = dtype_bit(INLAY_INT32) | dtype_bit(INLAY_INT64);

/// Checks everything and fills ReduceData. `same_scale`: stored values pass unchanged, so both sides have one quantization.
inlay_status prepare_reduce(const Prepare& p, uint32_t dtypes, bool same_scale);

/// The sum of a wide accumulator's kind: R(acc, scale) of docs/numerics.md.
int32_t requantize_wide(int64_t acc, const kernels::MeanQuant& quant);

/// The largest, or else the smallest, element.
template <bool kLargest, typename T>
void reduce_extreme(const Eval& e, T start) {
  kernels::reduce<T>(
      e.data<ReduceData>()->shape, e.input<T>(0), start, e.output<T>(0),
      [](T acc, T v) { return (kLargest ? v > acc : v < acc) ? v : acc; }, [](T acc) { return acc; });
}
template <bool kLargest>
inlay_status eval_extreme(const inlay_eval* raw);
extern template inlay_status eval_extreme<true>(const inlay_eval*);
extern template inlay_status eval_extreme<false>(const inlay_eval*);

}  // namespace inlay
