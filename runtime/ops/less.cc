// SPDX-License-Identifier: Apache-2.0
// LESS: a < b.
#include "ops/compare_util.h"

namespace inlay {

INLAY_DEFINE_OP(less, LESS, NONE, kCompareDataBytes, (prepare_compare<kernels::Comparison::kLess, false>), eval_comparison)

}  // namespace inlay
