// SPDX-License-Identifier: Apache-2.0
// DEQUANTIZE: int8, uint8, int16, int32 (one scale, or one per index of a dim) or float16 to float32.
#include "kernels/quantize.h"
#include "ops/op_util.h"

namespace inlay {

INLAY_DECLARE_EVAL(inlay_eval_dequantize_s8)

namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  INLAY_TRY(p.counts(1, 1, 1));
  INLAY_TRY(p.no_activation());
  const inlay_tensor* input = p.input(0);
  INLAY_TRY(p.dtype(input, kQuant8 | dtype_bit(INLAY_INT16) | dtype_bit(INLAY_INT32) | dtype_bit(INLAY_FLOAT16), "input"));
  INLAY_TRY(p.dtype(p.output(0), kFloat, "output"));
  INLAY_TRY(p.output_like(0, input));
  if (input->dtype == INLAY_INT8) p.eval_by(INLAY_EVAL(inlay_eval_dequantize_s8));
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

template <typename Q>
inlay_status eval_as(const Eval& e) {
  const inlay_quant& q = e.input_tensor(0)->quant;
  kernels::dequantize(*e.data<kernels::DequantShape>(), q.scales, q.zero_points, e.input<Q>(0), e.output<float>(0));
  return INLAY_OK;
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  switch (e.input_tensor(0)->dtype) {
    case INLAY_UINT8: return eval_as<uint8_t>(e);
    case INLAY_INT16: return eval_as<int16_t>(e);
    case INLAY_INT32: return eval_as<int32_t>(e);
    default: kernels::dequantize_f16(e.data<kernels::DequantShape>()->inner, e.input<uint16_t>(0), e.output<float>(0)); return INLAY_OK;
  }
}

}  // namespace

inlay_status inlay_eval_dequantize_s8(const inlay_eval* raw) { return eval_as<int8_t>(Eval(raw)); }

INLAY_DEFINE_OP(dequantize, DEQUANTIZE, NONE, sizeof(kernels::DequantShape), prepare, eval)

}  // namespace inlay
