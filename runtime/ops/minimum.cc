// SPDX-License-Identifier: Apache-2.0
// MINIMUM: the smaller of two values.
#include "ops/min_max_util.h"

namespace inlay {

INLAY_DEFINE_OP(minimum, MINIMUM, INPLACE_ANY, sizeof(kernels::Broadcast), prepare_min_max, eval_min_max<false>)

}  // namespace inlay
