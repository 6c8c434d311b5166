// SPDX-License-Identifier: Apache-2.0
// EQUAL: a == b.
#include "ops/compare_util.h"

namespace inlay {

INLAY_DEFINE_OP(equal, EQUAL, NONE, kCompareDataBytes, (prepare_compare<kernels::Comparison::kEqual, false>), eval_comparison)

}  // namespace inlay
