// SPDX-License-Identifier: Apache-2.0
// DYNAMIC_UPDATE_SLICE: input 0 with the part that begins at the indices of input 2 replaced by input 1. The indices, int32 or
// int64, are read at run time and clamped so that the part lies inside. In place nothing but the part is written.
#include <cstring>

#include "ops/dynamic_box_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  int32_t element_bytes = 0;
  INLAY_TRY(p.counts(3, 3, 1));
  INLAY_TRY(movable(p, 0, &element_bytes));
  const inlay_tensor* const whole = p.input(0);
  const inlay_tensor* const part = p.input(1);
  INLAY_TRY(p.dtype(part, dtype_bit(whole->dtype), "update"));
  if (!same_quant(whole, part)) return p.fail("input and update need the same scale and zero point");
  if (part->rank != whole->rank) return p.fail("input and update differ in rank");
  auto* const data = p.data<DynamicBox>();
  INLAY_TRY(prepare_box(p, whole, part->dims, p.input(2), element_bytes, data));
  kernels::reverse_copy(&data->copy);
  return p.output_like(0, whole);
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<DynamicBox>();
  const inlay_tensor& whole = *e.input_tensor(0);
  auto* const output = e.output<uint8_t>(0);
  if (e.input<uint8_t>(0) != output) std::memcpy(output, e.input<uint8_t>(0), whole.bytes);
  bool moved = false;
  const int64_t offset = box_offset(whole, e.input_tensor(1)->dims, *e.input_tensor(2), e.input<void>(2), d.element_bytes, &moved);
  kernels::strided_copy(d.copy, e.input<void>(1), output + offset);
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(dynamic_update_slice, DYNAMIC_UPDATE_SLICE, INPLACE, sizeof(DynamicBox), prepare, eval)

}  // namespace inlay
