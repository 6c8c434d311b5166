// SPDX-License-Identifier: Apache-2.0
#include "ops/table_util.h"

#include "kernels/sigmoid16.h"

namespace inlay {
namespace {

inlay_status prepare_s16(const Prepare& p, const UnaryOp& op, UnaryData* data) {
  if (data->quant.in_zero != 0 || data->quant.out_zero != 0) return p.fail("int16 needs zero points of 0");
  if (op.int16 == Int16Form::kDirect) return INLAY_OK;
  if (op.int16 == Int16Form::kTable) {
    auto* table = p.allocate<int16_t>(kernels::kTable16);
    if (table != nullptr) kernels::make_table16(data->quant, op.real, table);
    data->table = table;
    return INLAY_OK;
  }
  if (data->quant.out_scale != 1.0f / 32768.0f) return p.fail("the int16 output's scale must be 1/32768");
  kernels::Sigmoid16Scale scale = {};
  if (!kernels::make_sigmoid16_scale(data->quant.in_scale, &scale)) return p.fail("the input's scale is too large");
  data->multiplier = scale.multiplier;
  data->shift = scale.shift;
  auto* table = p.allocate<uint16_t>(kernels::kSigmoid16);
  if (table != nullptr) kernels::make_sigmoid16(table);
  data->table = table;
  return INLAY_OK;
}

inlay_status prepare_quantized(const Prepare& p, const UnaryOp& op, UnaryData* data) {
  const inlay_tensor* input = p.input(0);
  const inlay_tensor* output = p.output(0);
  INLAY_TRY(p.per_tensor(input, "input"));
  INLAY_TRY(p.per_tensor(output, "output"));
  data->quant = {scale_of(input), scale_of(output), zero_point_of(input), zero_point_of(output), dtype_range(input->dtype),
                 data->quant.param};
  if (!(data->quant.in_scale / data->quant.out_scale < 1.2e30f)) return p.fail("the scales of input and output are too far apart");
  if (input->dtype == INLAY_INT16) return prepare_s16(p, op, data);
  auto* table = p.allocate<uint8_t>(kernels::kTable8);
  if (table != nullptr) kernels::make_table8(data->quant, op.real, op.quantized, table);
  data->table = table;
  return INLAY_OK;
}

void eval_s16(const Eval& e, const UnaryOp& op, const UnaryData& d) {
  const auto* in = e.input<int16_t>(0);
  auto* out = e.output<int16_t>(0);
  const kernels::Sigmoid16Scale scale = {d.multiplier, d.shift};
  switch (op.int16) {
    case Int16Form::kTable: kernels::table16(static_cast<const int16_t*>(d.table), d.count, in, out); break;
    case Int16Form::kDirect: kernels::map_s16(d.quant, op.quantized, d.count, in, out); break;
    case Int16Form::kLogistic: kernels::logistic_s16(static_cast<const uint16_t*>(d.table), scale, d.count, in, out); break;
    case Int16Form::kTanh: kernels::tanh_s16(static_cast<const uint16_t*>(d.table), scale, d.count, in, out); break;
  }
}

}  // namespace

inlay_status prepare_unary(inlay_prepare* raw, const UnaryOp& op) {
  const Prepare p(raw);
  INLAY_TRY(p.counts(1, 1, 1));
  INLAY_TRY(p.no_activation());
  const inlay_tensor* input = p.input(0);
  INLAY_TRY(p.dtype(input, op.dtypes, "input"));
  INLAY_TRY(p.dtype(p.output(0), dtype_bit(input->dtype), "output"));
  auto* data = p.data<UnaryData>();
  if (op.has_param) {
    const inlay_scalars* scalars = nullptr;
    INLAY_TRY(p.params(INLAY_PARAMS_SCALARS, &scalars));
    if (!(scalars->alpha > -1.2e30f && scalars->alpha < 1.2e30f)) return p.fail("alpha is not a usable number");
    data->quant.param = scalars->alpha;
  }
  data->count = element_count(*input);
  INLAY_TRY(p.output_like(0, input));
  return (dtype_bit(input->dtype) & kUnaryQuant) != 0 ? prepare_quantized(p, op, data) : INLAY_OK;
}

inlay_status eval_unary(const inlay_eval* raw, const UnaryOp& op) {
  const Eval e(raw);
  const auto& d = *e.data<UnaryData>();
  switch (e.input_tensor(0)->dtype) {
    case INLAY_FLOAT32: op.f32(d.count, d.quant.param, e.input<float>(0), e.output<float>(0)); break;
    case INLAY_INT16: eval_s16(e, op, d); break;
    case INLAY_INT32: op.s32(d.count, e.input<int32_t>(0), e.output<int32_t>(0)); break;
    case INLAY_INT64: op.s64(d.count, e.input<int64_t>(0), e.output<int64_t>(0)); break;
    default: kernels::table8(static_cast<const uint8_t*>(d.table), d.count, e.input<uint8_t>(0), e.output<uint8_t>(0)); break;
  }
  return INLAY_OK;
}

}  // namespace inlay
