// SPDX-License-Identifier: Apache-2.0
// REDUCE_MAX: the largest element over the dims of a mask; stored values, unchanged.
#include "ops/reduce_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) { return prepare_reduce(Prepare(raw), kFloat | kReduceQuant | kReduceWide, true); }

}  // namespace

INLAY_DEFINE_OP(reduce_max, REDUCE_MAX, NONE, sizeof(ReduceData), prepare, eval_extreme<true>)

}  // namespace inlay
