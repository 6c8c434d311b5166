// SPDX-License-Identifier: Apache-2.0
#include "ops/arg_util.h"

namespace inlay {

inlay_status prepare_arg(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_axis* params = nullptr;
  INLAY_TRY(p.counts(1, 1, 1));
  INLAY_TRY(p.no_activation());
  INLAY_TRY(p.params(INLAY_PARAMS_AXIS, &params));
  const inlay_tensor* input = p.input(0);
  constexpr uint32_t kWide = dtype_bit(INLAY_INT16) | dtype_bit(INLAY_INT32) | dtype_bit(INLAY_INT64);
  INLAY_TRY(p.dtype(input, kFloat | kQuant8 | kWide | dtype_bit(INLAY_BOOL), "input"));
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

namespace {

template <bool kLargest, typename T>
void eval_of(const Eval& e) {
  const auto& s = *e.data<kernels::ArgMaxShape>();
  if (e.output_tensor(0)->dtype == INLAY_INT64) {
    kernels::arg_max<kLargest>(s, e.input<T>(0), e.output<int64_t>(0));
  } else {
    kernels::arg_max<kLargest>(s, e.input<T>(0), e.output<int32_t>(0));
  }
}

}  // namespace

template <bool kLargest>
inlay_status eval_arg(const inlay_eval* raw) {
  const Eval e(raw);
  switch (e.input_tensor(0)->dtype) {
    case INLAY_INT8: eval_of<kLargest, int8_t>(e); break;
    case INLAY_UINT8:
    case INLAY_BOOL: eval_of<kLargest, uint8_t>(e); break;
    case INLAY_INT16: eval_of<kLargest, int16_t>(e); break;
    case INLAY_INT32: eval_of<kLargest, int32_t>(e); break;
    case INLAY_INT64: eval_of<kLargest, int64_t>(e); break;
    default: eval_of<kLargest, float>(e); break;
  }
  return INLAY_OK;
}
template inlay_status eval_arg<true>(const inlay_eval*);
template inlay_status eval_arg<false>(const inlay_eval*);

}  // namespace inlay
