// SPDX-License-Identifier: Apache-2.0
// DYNAMIC_SLICE: a part of input 0 of the dims in the params, from the indices of input 1 on, int32 or int64, read at run time.
// A part that reaches outside fails the run.
#include "ops/dynamic_box_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_dims* size = nullptr;
  int32_t element_bytes = 0;
  INLAY_TRY(p.counts(2, 2, 1));
  INLAY_TRY(p.params(INLAY_PARAMS_DIMS, &size));
  INLAY_TRY(movable(p, 0, &element_bytes));
  if (size->rank != p.input(0)->rank) return p.fail("the size has another rank than the input");
  INLAY_TRY(prepare_box(p, p.input(0), size->dims, p.input(1), element_bytes, p.data<DynamicBox>()));
  return moved_shape(p, size->rank, size->dims);
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<DynamicBox>();
  bool moved = false;
  const int64_t offset =
      box_offset(*e.input_tensor(0), e.output_tensor(0)->dims, *e.input_tensor(1), e.input<void>(1), d.element_bytes, &moved);
  if (moved) return INLAY_STATUS_OP_INVALID;
  kernels::strided_copy(d.copy, e.input<uint8_t>(0) + offset, e.output<void>(0));
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(dynamic_slice, DYNAMIC_SLICE, NONE, sizeof(DynamicBox), prepare, eval)

}  // namespace inlay
