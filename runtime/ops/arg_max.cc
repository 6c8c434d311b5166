// SPDX-License-Identifier: Apache-2.0
// ARG_MAX: the input's dims without the axis; the output tensor's dtype says int32 or int64.
#include "kernels/arg_max.h"

#include "ops/op_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_axis* params = nullptr;
  INLAY_TRY(p.counts(1, 1, 1));
  INLAY_TRY(p.params(INLAY_PARAMS_AXIS, &params));
  const inlay_tensor* input = p.input(0);
  INLAY_TRY(p.dtype(input, kFloat | kQuant8, "input"));
  INLAY_TRY(p.dtype(p.output(0), dtype_bit(INLAY_INT32) | dtype_bit(INLAY_INT64), "output"));
  INLAY_TRY(p.rank(input, 1, INLAY_MAX_RANK, "input"));
  const int32_t axis = params->axis;
  if (axis < 0 || axis >= input->rank) return p.fail("the axis lies outside the input's rank");
  if (input->dims[axis] < 1) return p.fail("the axis is empty");
  int32_t dims[INLAY_MAX_RANK];
  for (int32_t d = 0, out = 0; d < input->rank; ++d) {
    if (d != axis) dims[out++] = input->dims[d];
  }
  // Indices have more bytes than an 8-bit input has.
  uint64_t bytes = 0;
  if (!tensor_bytes(p.output(0)->dtype, dims, input->rank - 1, &bytes)) return p.fail("the output is too large");
  INLAY_TRY(p.output_shape(0, input->rank - 1, dims));
  *p.data<kernels::ArgMaxShape>() = {element_count(input->dims, axis),
                                     element_count(input->dims + axis + 1, input->rank - axis - 1), input->dims[axis]};
  return INLAY_OK;
}

template <typename T>
void eval_of(const Eval& e) {
  const auto& s = *e.data<kernels::ArgMaxShape>();
  if (e.output_tensor(0)->dtype == INLAY_INT64) {
    kernels::arg_max(s, e.input<T>(0), e.output<int64_t>(0));
  } else {
    kernels::arg_max(s, e.input<T>(0), e.output<int32_t>(0));
  }
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  switch (e.input_tensor(0)->dtype) {
    case INLAY_INT8: eval_of<int8_t>(e); break;
    case INLAY_UINT8: eval_of<uint8_t>(e); break;
    default: eval_of<float>(e); break;
  }
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(arg_max, ARG_MAX, NONE, sizeof(kernels::ArgMaxShape), prepare, eval)

}  // namespace inlay
