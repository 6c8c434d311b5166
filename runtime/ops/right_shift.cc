// SPDX-License-Identifier: Apache-2.0
// RIGHT_SHIFT of stored integers; scales are not looked at.
#include "kernels/bitwise.h"

#include "ops/binary_util.h"

namespace inlay {
namespace {

template <typename T>
void run(const Eval& e) {
  kernels::right_shift(*e.data<kernels::Broadcast>(), e.input<T>(0), e.input<T>(1), e.output<T>(0));
}

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  INLAY_TRY(p.no_activation());
  const uint32_t dtypes = kQuantTypes | dtype_bit(INLAY_INT32) | dtype_bit(INLAY_UINT32) | dtype_bit(INLAY_UINT16);
  return prepare_binary(p, dtypes, 0, p.data<kernels::Broadcast>());
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  switch (e.input_tensor(0)->dtype) {
    case INLAY_INT8: run<int8_t>(e); break;
    case INLAY_UINT8: run<uint8_t>(e); break;
    case INLAY_INT16: run<int16_t>(e); break;
    case INLAY_UINT16: run<uint16_t>(e); break;
    case INLAY_INT32: run<int32_t>(e); break;
    default: run<uint32_t>(e); break;
  }
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(right_shift, RIGHT_SHIFT, INPLACE_ANY, sizeof(kernels::Broadcast), prepare, eval)

}  // namespace inlay
