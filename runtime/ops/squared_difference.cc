// SPDX-License-Identifier: Apache-2.0
// SQUARED_DIFFERENCE: (a - b)^2.
#include "kernels/squared_difference.h"

#include "ops/binary_util.h"

namespace inlay {
namespace {

struct Data {
  kernels::Broadcast plan;
  kernels::SquaredDifferenceQuant quant;
};

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  auto* data = p.data<Data>();
  INLAY_TRY(p.no_activation());
  INLAY_TRY(prepare_binary(p, kFloat | dtype_bit(INLAY_INT8) | dtype_bit(INLAY_INT32), 0, &data->plan));
  if (p.input(0)->dtype != INLAY_INT8) return INLAY_OK;
  INLAY_TRY(binary_quantized(p));
  kernels::SquaredDifferenceQuant& quant = data->quant;
  if (!kernels::make_squared_difference(scale_of(p.input(0)), scale_of(p.input(1)), scale_of(p.output(0)), &quant)) {
    return p.fail("the scales of input and output are too far apart");
  }
  quant.a_zero = zero_point_of(p.input(0));
  quant.b_zero = zero_point_of(p.input(1));
  quant.output_zero = zero_point_of(p.output(0));
  quant.range = dtype_range(INLAY_INT8);
  return INLAY_OK;
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<Data>();
  switch (e.input_tensor(0)->dtype) {
    case INLAY_INT8:
      kernels::squared_difference_s8(d.plan, d.quant, e.input<int8_t>(0), e.input<int8_t>(1), e.output<int8_t>(0));
      break;
    case INLAY_INT32:
      kernels::squared_difference_s32(d.plan, e.input<int32_t>(0), e.input<int32_t>(1), e.output<int32_t>(0));
      break;
    default: kernels::squared_difference_f32(d.plan, e.input<float>(0), e.input<float>(1), e.output<float>(0)); break;
  }
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(squared_difference, SQUARED_DIFFERENCE, INPLACE_ANY, sizeof(Data), prepare, eval)

}  // namespace inlay
