// SPDX-License-Identifier: Apache-2.0
// GREATER: a > b, which is b < a.
#include "ops/compare_util.h"

namespace inlay {

INLAY_DEFINE_OP(greater, GREATER, NONE, kCompareDataBytes, (prepare_compare<kernels::Comparison::kLess, true>), eval_comparison)

}  // namespace inlay
