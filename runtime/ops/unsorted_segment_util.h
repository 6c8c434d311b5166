// SPDX-License-Identifier: Apache-2.0
// UNSORTED_SEGMENT_*: input 0 [i..., s...] float32 or int32, input 1 int32 segment ids [i...], params the number of segments n;
// output [n, s...]. A slice with a negative id is left out; an id of n or more fails the run. int32 wraps around.
#pragma once
#include "kernels/segments.h"
#include "ops/op_util.h"

namespace inlay {

inlay_status prepare_segments(inlay_prepare* raw);

template <typename Combine>
inlay_status eval_segments(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& s = *e.data<kernels::Segments>();
  const auto* const ids = e.input<int32_t>(1);
  bool inside = false;
  if (e.input_tensor(0)->dtype == INLAY_INT32) {
    inside = kernels::reduce_segments<Combine>(s, ids, e.input<int32_t>(0), e.output<int32_t>(0));
  } else {
    inside = kernels::reduce_segments<Combine>(s, ids, e.input<float>(0), e.output<float>(0));
  }
  return inside ? INLAY_OK : INLAY_STATUS_OP_INVALID;
}

}  // namespace inlay
