// SPDX-License-Identifier: Apache-2.0
// What ARG_MAX and ARG_MIN share: the input's dims without the axis; the output tensor's dtype says int32 or int64.
#pragma once
#include "kernels/arg_max.h"
#include "ops/op_util.h"

namespace inlay {

inlay_status prepare_arg(inlay_prepare* raw);
template <bool kLargest>
inlay_status eval_arg(const inlay_eval* raw);
extern template inlay_status eval_arg<true>(const inlay_eval*);
extern template inlay_status eval_arg<false>(const inlay_eval*);

}  // namespace inlay
