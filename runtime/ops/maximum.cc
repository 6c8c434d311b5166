// SPDX-License-Identifier: Apache-2.0
// MAXIMUM: the larger of two values.
#include "ops/min_max_util.h"

namespace inlay {

INLAY_DEFINE_OP(maximum, MAXIMUM, INPLACE_ANY, sizeof(kernels::Broadcast), prepare_min_max, eval_min_max<true>)

}  // namespace inlay
