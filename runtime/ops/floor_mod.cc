// SPDX-License-Identifier: Apache-2.0
// FLOOR_MOD: a - b * floor(a / b), with the sign of b. Integers as stored: scales are not looked at, as in TFLite.
// A run fails (BACKEND_FAILED) when an integer b is zero.
#include "kernels/floor_div.h"

#include "ops/binary_util.h"

namespace inlay {
namespace {

template <typename T>
inlay_status run(const Eval& e) {
  if constexpr (!std::is_floating_point_v<T>) INLAY_TRY(check_divisors(e, T{0}));
  kernels::floor_mod(*e.data<kernels::Broadcast>(), e.input<T>(0), e.input<T>(1), e.output<T>(0));
  return INLAY_OK;
}

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  INLAY_TRY(p.no_activation());
  const uint32_t dtypes = kFloat | dtype_bit(INLAY_INT8) | dtype_bit(INLAY_INT16) | dtype_bit(INLAY_INT32) | dtype_bit(INLAY_INT64);
  return prepare_binary(p, dtypes, 0, p.data<kernels::Broadcast>());
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  switch (e.input_tensor(0)->dtype) {
    case INLAY_INT8: return run<int8_t>(e);
    case INLAY_INT16: return run<int16_t>(e);
    case INLAY_INT32: return run<int32_t>(e);
    case INLAY_INT64: return run<int64_t>(e);
    default: return run<float>(e);
  }
}

}  // namespace

INLAY_DEFINE_OP(floor_mod, FLOOR_MOD, INPLACE_ANY, sizeof(kernels::Broadcast), prepare, eval)

}  // namespace inlay
