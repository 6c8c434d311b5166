// SPDX-License-Identifier: Apache-2.0
// POW: a^b. A run fails (BACKEND_FAILED) when an integer b is negative.
#include "kernels/pow.h"

#include "ops/binary_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  INLAY_TRY(p.no_activation());
  return prepare_binary(p, kFloat | dtype_bit(INLAY_INT32), 0, p.data<kernels::Broadcast>());
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& plan = *e.data<kernels::Broadcast>();
  if (e.input_tensor(0)->dtype == INLAY_FLOAT32) {
    kernels::pow_f32(plan, e.input<float>(0), e.input<float>(1), e.output<float>(0));
    return INLAY_OK;
  }
  const auto* exponents = e.input<int32_t>(1);
  const int64_t count = element_count(*e.input_tensor(1));
  for (int64_t i = 0; i < count; ++i) {
    if (exponents[i] < 0) return INLAY_STATUS_OP_INVALID;
  }
  kernels::pow_s32(plan, e.input<int32_t>(0), exponents, e.output<int32_t>(0));
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(pow, POW, INPLACE_ANY, sizeof(kernels::Broadcast), prepare, eval)

}  // namespace inlay
