// SPDX-License-Identifier: Apache-2.0
// LOGICAL_AND of booleans.
#include "kernels/bitwise.h"

#include "ops/binary_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  INLAY_TRY(p.no_activation());
  return prepare_binary(p, dtype_bit(INLAY_BOOL), 0, p.data<kernels::Broadcast>());
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  kernels::logical_and(*e.data<kernels::Broadcast>(), e.input<uint8_t>(0), e.input<uint8_t>(1), e.output<uint8_t>(0));
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(logical_and, LOGICAL_AND, INPLACE_ANY, sizeof(kernels::Broadcast), prepare, eval)

}  // namespace inlay
