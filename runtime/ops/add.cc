// SPDX-License-Identifier: Apache-2.0
// ADD: a + b.
#include "ops/sum_util.h"

namespace inlay {

INLAY_DEFINE_OP(add, ADD, INPLACE_ANY, sizeof(SumData), prepare_sum<false>, eval_sum<false>)

}  // namespace inlay
