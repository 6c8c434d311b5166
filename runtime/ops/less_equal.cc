// SPDX-License-Identifier: Apache-2.0
// LESS_EQUAL: a <= b.
#include "ops/compare_util.h"

namespace inlay {

INLAY_DEFINE_OP(less_equal, LESS_EQUAL, NONE, kCompareDataBytes, (prepare_compare<kernels::Comparison::kLessEqual, false>), eval_comparison)

}  // namespace inlay
