// SPDX-License-Identifier: Apache-2.0
// ARG_MAX: the first index of the largest value along an axis.
#include "ops/arg_util.h"

namespace inlay {

INLAY_DEFINE_OP(arg_max, ARG_MAX, NONE, sizeof(kernels::ArgMaxShape), prepare_arg, eval_arg<true>)

}  // namespace inlay
