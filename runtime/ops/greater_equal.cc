// SPDX-License-Identifier: Apache-2.0
// GREATER_EQUAL: a >= b, which is b <= a.
#include "ops/compare_util.h"

namespace inlay {

INLAY_DEFINE_OP(greater_equal, GREATER_EQUAL, NONE, kCompareDataBytes, (prepare_compare<kernels::Comparison::kLessEqual, true>), eval_comparison)

}  // namespace inlay
