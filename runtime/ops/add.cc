// SPDX-License-Identifier: Apache-2.0
// ADD: two inputs that broadcast as in NumPy, of one dtype; fused clamp.
#include "kernels/add.h"

#include "ops/op_util.h"

namespace inlay {
namespace {

struct AddData {
  kernels::Broadcast plan;
  kernels::AddQuant quant;
  FloatRange range;
};

QuantRange int32_range(uint32_t activation) {
  switch (activation) {
    case INLAY_ACT_RELU: return {0, INT32_MAX};
    case INLAY_ACT_RELU6: return {0, 6};
    case INLAY_ACT_RELU_N1_TO_1: return {-1, 1};
    default: return {INT32_MIN, INT32_MAX};
  }
}

inlay_status prepare_quant(const Prepare& p, kernels::AddQuant* quant) {
  const inlay_tensor* const a = p.input(0);
  const inlay_tensor* const b = p.input(1);
  const inlay_tensor* const output = p.output(0);
  INLAY_TRY(p.per_tensor(a, "input 0"));
  INLAY_TRY(p.per_tensor(b, "input 1"));
  INLAY_TRY(p.per_tensor(output, "output"));
  if (!kernels::make_add_factors(scale_of(a), scale_of(b), scale_of(output), quant)) {
    return p.fail("the scales of input and output are too far apart");
  }
  quant->a_zero = zero_point_of(a);
  quant->b_zero = zero_point_of(b);
  quant->output_zero = zero_point_of(output);
  quant->range = activation_range(output->dtype, p.node().activation, scale_of(output), quant->output_zero);
  return INLAY_OK;
}

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  INLAY_TRY(p.counts(2, 2, 1));
  INLAY_TRY(p.clamp_activation());
  const inlay_tensor* a = p.input(0);
  const inlay_tensor* b = p.input(1);
  INLAY_TRY(p.dtype(a, kFloat | kQuant8 | dtype_bit(INLAY_INT32), "input 0"));
  INLAY_TRY(p.dtype(b, dtype_bit(a->dtype), "input 1"));
  INLAY_TRY(p.dtype(p.output(0), dtype_bit(a->dtype), "output"));
  auto* data = p.data<AddData>();
  int32_t dims[INLAY_MAX_RANK], rank = 0;
  if (!kernels::make_broadcast(a->dims, a->rank, b->dims, b->rank, &data->plan, dims, &rank)) {
    return p.fail("the shapes of the inputs do not broadcast");
  }
  INLAY_TRY(p.output_shape(0, rank, dims));
  data->range = activation_range(p.node().activation);
  data->quant.range = int32_range(p.node().activation);
  return (dtype_bit(a->dtype) & kQuant8) != 0 ? prepare_quant(p, &data->quant) : INLAY_OK;
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<AddData>();
  switch (e.input_tensor(0)->dtype) {
    case INLAY_INT8: kernels::add_s8(d.plan, d.quant, e.input<int8_t>(0), e.input<int8_t>(1), e.output<int8_t>(0)); break;
    case INLAY_UINT8: kernels::add_u8(d.plan, d.quant, e.input<uint8_t>(0), e.input<uint8_t>(1), e.output<uint8_t>(0)); break;
    case INLAY_INT32:
      kernels::add_s32(d.plan, d.quant.range, e.input<int32_t>(0), e.input<int32_t>(1), e.output<int32_t>(0));
      break;
    default: kernels::add_f32(d.plan, d.range, e.input<float>(0), e.input<float>(1), e.output<float>(0)); break;
  }
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(add, ADD, INPLACE_ANY, sizeof(AddData), prepare, eval)

}  // namespace inlay
