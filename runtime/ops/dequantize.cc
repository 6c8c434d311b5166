// SPDX-License-Identifier: Apache-2.0
// DEQUANTIZE: int8, uint8, int16, int32 (one scale, or one per index of a dim) or float16 to float32.
#include "kernels/quantize.h"
#include "ops/op_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  INLAY_TRY(p.counts(1, 1, 1));
  INLAY_TRY(p.no_activation());
  const inlay_tensor* input = p.input(0);
  INLAY_TRY(p.dtype(input, kQuant8 | dtype_bit(INLAY_INT16) | dtype_bit(INLAY_INT32) | dtype_bit(INLAY_FLOAT16), "input"));
  INLAY_TRY(p.dtype(p.output(0), kFloat, "output"));
  INLAY_TRY(p.output_like(0, input));
  auto* shape = p.data<kernels::DequantShape>();
  *shape = {1, 1, element_count(*input)};
  if (input->dtype == INLAY_FLOAT16 || input->quant.count == 1) {
    return input->dtype == INLAY_FLOAT16 ? INLAY_OK : p.per_tensor(input, "input");
  }
  const int32_t axis = input->quant.axis;
  if (axis < 0 || axis >= input->rank) return p.fail("the scales lie along no dim of the input");
  INLAY_TRY(p.per_channel(input, axis, "input"));
  *shape = {element_count(input->dims, axis), input->dims[axis], element_count(input->dims + axis + 1, input->rank - axis - 1)};
  return INLAY_OK;
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& s = *e.data<kernels::DequantShape>();
  const inlay_quant& q = e.input_tensor(0)->quant;
  float* const out = e.output<float>(0);
  switch (e.input_tensor(0)->dtype) {
    case INLAY_INT8: kernels::dequantize(s, q.scales, q.zero_points, e.input<int8_t>(0), out); break;
    case INLAY_UINT8: kernels::dequantize(s, q.scales, q.zero_points, e.input<uint8_t>(0), out); break;
    case INLAY_INT16: kernels::dequantize(s, q.scales, q.zero_points, e.input<int16_t>(0), out); break;
    case INLAY_INT32: kernels::dequantize(s, q.scales, q.zero_points, e.input<int32_t>(0), out); break;
    default: kernels::dequantize_f16(s.inner, e.input<uint16_t>(0), out); break;
  }
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(dequantize, DEQUANTIZE, NONE, sizeof(kernels::DequantShape), prepare, eval)

}  // namespace inlay
