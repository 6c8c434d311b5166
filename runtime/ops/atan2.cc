// SPDX-License-Identifier: Apache-2.0
// ATAN2: the angle of the point (input 1, input 0).
#include "kernels/pow.h"

#include "ops/binary_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  INLAY_TRY(p.no_activation());
  return prepare_binary(p, kFloat, 0, p.data<kernels::Broadcast>());
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  kernels::atan2_f32(*e.data<kernels::Broadcast>(), e.input<float>(0), e.input<float>(1), e.output<float>(0));
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(atan2, ATAN2, INPLACE_ANY, sizeof(kernels::Broadcast), prepare, eval)

}  // namespace inlay
