// SPDX-License-Identifier: Apache-2.0
// ARG_MIN: the first index of the smallest value along an axis.
#include "ops/arg_util.h"

namespace inlay {

INLAY_DEFINE_OP(arg_min, ARG_MIN, NONE, sizeof(kernels::ArgMaxShape), prepare_arg, eval_arg<false>)

}  // namespace inlay
