// SPDX-License-Identifier: Apache-2.0
// SUB: a - b.
#include "ops/sum_util.h"

namespace inlay {

INLAY_DEFINE_OP(sub, SUB, INPLACE_ANY, sizeof(SumData), prepare_sum<true>, eval_sum<true>)

}  // namespace inlay
