// SPDX-License-Identifier: Apache-2.0
// RESHAPE: the same bytes under the dims of the params. Usually the planner makes it a view and nothing is copied.
#include <cstring>

#include "ops/op_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_dims* target = nullptr;
  INLAY_TRY(p.counts(1, 1, 1));
  INLAY_TRY(p.no_activation());
  INLAY_TRY(p.params(INLAY_PARAMS_DIMS, &target));
  const inlay_tensor* input = p.input(0);
  INLAY_TRY(p.dtype(input, kAnyDtype, "input"));
  INLAY_TRY(p.dtype(p.output(0), dtype_bit(input->dtype), "output"));
  if (target->rank < 0 || target->rank > INLAY_MAX_RANK) return p.fail("the target shape has a bad rank");
  uint64_t bytes = 0;
  if (!tensor_bytes(input->dtype, target->dims, target->rank, &bytes) ||
      element_count(target->dims, target->rank) != element_count(*input)) {
    return p.fail("the target shape does not hold the input's elements");
  }
  return p.output_shape(0, target->rank, target->dims);
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const void* from = e.input<uint8_t>(0);
  void* to = e.output<uint8_t>(0);
  if (from != to && e.input_tensor(0)->bytes > 0) std::memmove(to, from, e.input_tensor(0)->bytes);
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(reshape, RESHAPE, VIEW, 0, prepare, eval)

}  // namespace inlay
