// SPDX-License-Identifier: Apache-2.0
// MAXIMUM and MINIMUM compare stored values: where scales differ they are not looked at, as in TFLite.
#pragma once
#include "kernels/min_max.h"
#include "ops/binary_util.h"

namespace inlay {

inlay_status prepare_min_max(inlay_prepare* raw);

template <bool kMaximum, typename T>
inline void eval_min_max_of(const Eval& e) {
  const auto& plan = *e.data<kernels::Broadcast>();
  if constexpr (kMaximum) {
    kernels::maximum(plan, e.input<T>(0), e.input<T>(1), e.output<T>(0));
  } else {
    kernels::minimum(plan, e.input<T>(0), e.input<T>(1), e.output<T>(0));
  }
}

template <bool kMaximum>
inlay_status eval_min_max(const inlay_eval* raw) {
  const Eval e(raw);
  switch (e.input_tensor(0)->dtype) {
    case INLAY_INT8: eval_min_max_of<kMaximum, int8_t>(e); break;
    case INLAY_UINT8: eval_min_max_of<kMaximum, uint8_t>(e); break;
    case INLAY_INT16: eval_min_max_of<kMaximum, int16_t>(e); break;
    case INLAY_INT32: eval_min_max_of<kMaximum, int32_t>(e); break;
    case INLAY_INT64: eval_min_max_of<kMaximum, int64_t>(e); break;
    default: eval_min_max_of<kMaximum, float>(e); break;
  }
  return INLAY_OK;
}

}  // namespace inlay
