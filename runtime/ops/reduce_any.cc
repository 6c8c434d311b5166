// SPDX-License-Identifier: Apache-2.0
// REDUCE_ANY: the logical or over the dims of a mask.
#include "ops/reduce_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) { return prepare_reduce(Prepare(raw), dtype_bit(INLAY_BOOL), true); }

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  kernels::reduce<bool>(
      e.data<ReduceData>()->shape, e.input<uint8_t>(0), false, e.output<uint8_t>(0),
      [](bool acc, uint8_t v) { return acc || v != 0; }, [](bool acc) { return static_cast<uint8_t>(acc ? 1 : 0); });
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(reduce_any, REDUCE_ANY, NONE, sizeof(ReduceData), prepare, eval)

}  // namespace inlay
