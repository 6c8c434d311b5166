// SPDX-License-Identifier: Apache-2.0
// NOT_EQUAL: a != b.
#include "ops/compare_util.h"

namespace inlay {

INLAY_DEFINE_OP(not_equal, NOT_EQUAL, NONE, kCompareDataBytes, (prepare_compare<kernels::Comparison::kNotEqual, false>), eval_comparison)

}  // namespace inlay
