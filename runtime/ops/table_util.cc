// SPDX-License-Identifier: Apache-2.0
#include "ops/table_util.h"

#include "kernels/sigmoid16.h"
#include "kernels/twins.h"
#include "ops/parallel.h"

namespace inlay {

bool choose_table_twin(const Prepare& p) {
  uint32_t level = 0;
  const auto* twin = static_cast<const kernels::TableTwin*>(kernels::twin_at(kernels::TwinKind::kBytes, p.cpu(), 0, &level));
  p.uses(twin, level);
  return twin != nullptr;
}

namespace {

void keep(const void* table, UnaryData* data) { data->table = Rel<uint8_t>::to(static_cast<const uint8_t*>(table), data); }

inlay_status prepare_s16(const Prepare& p, const UnaryOp& op, UnaryData* data) {
  if (data->quant.in_zero != 0 || data->quant.out_zero != 0) return p.fail("int16 needs zero points of 0");
  if (op.int16 == Int16Form::kDirect) return INLAY_OK;
  if (op.int16 == Int16Form::kTable) {
    auto* table = p.allocate<int16_t>(kernels::kTable16);
    if (table != nullptr) kernels::make_table16(data->quant, op.real, table);
    keep(table, data);
    return INLAY_OK;
  }
  if (data->quant.out_scale != 1.0f / 32768.0f) return p.fail("the int16 output's scale must be 1/32768");
  kernels::Sigmoid16Scale scale = {};
  if (!kernels::make_sigmoid16_scale(data->quant.in_scale, &scale)) return p.fail("the input's scale is too large");
  data->multiplier = scale.multiplier;
  data->shift = scale.shift;
  auto* table = p.allocate<uint16_t>(kernels::kSigmoid16);
  if (table != nullptr) kernels::make_sigmoid16(table);
  keep(table, data);
  return INLAY_OK;
}

inlay_status prepare_quantized(const Prepare& p, const UnaryOp& op, UnaryData* data) {
  const inlay_tensor* input = p.input(0);
  const inlay_tensor* output = p.output(0);
  INLAY_TRY(p.per_tensor(input, "input"));
  INLAY_TRY(p.per_tensor(output, "output"));
  data->quant = {scale_of(input),       scale_of(output),          zero_point_of(input),
                 zero_point_of(output), dtype_range(input->dtype), data->quant.param};
  if (!(data->quant.in_scale / data->quant.out_scale < 1.2e30f))
    return p.fail("the scales of input and output are too far apart");
  if (input->dtype == INLAY_INT16) return prepare_s16(p, op, data);
  auto* table = p.allocate<uint8_t>(kernels::kTable8);
  if (table != nullptr) kernels::make_table8(data->quant, op.real, op.quantized, table);
  keep(table, data);
  choose_table_twin(p);
  return INLAY_OK;
}

/// Elements [at, at + n).
void eval_s16(const Eval& e, const UnaryOp& op, const UnaryData& d, int64_t at, int64_t n) {
  const auto* in = e.input<int16_t>(0) + at;
  auto* out = e.output<int16_t>(0) + at;
  const kernels::Sigmoid16Scale scale = {d.multiplier, d.shift};
  const uint8_t* table = d.table.from(&d);
  switch (op.int16) {
    case Int16Form::kTable: kernels::table16(reinterpret_cast<const int16_t*>(table), n, in, out); break;
    case Int16Form::kDirect: kernels::map_s16(d.quant, op.quantized, n, in, out); break;
    case Int16Form::kLogistic: kernels::logistic_s16(reinterpret_cast<const uint16_t*>(table), scale, n, in, out); break;
    case Int16Form::kTanh: kernels::tanh_s16(reinterpret_cast<const uint16_t*>(table), scale, n, in, out); break;
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

void table8_of(const Eval& e, const void* table, int64_t count, const uint8_t* in, uint8_t* out) {
  const auto* twin = e.twin<kernels::TableTwin>();
  (twin != nullptr ? twin->run : kernels::table8)(static_cast<const uint8_t*>(table), count, in, out);
}

inlay_status eval_unary(const inlay_eval* raw, const UnaryOp& op) {
  const Eval e(raw);
  const auto& d = *e.data<UnaryData>();
  const uint32_t dtype = e.input_tensor(0)->dtype;
  const int64_t cost = (dtype_bit(dtype) & kQuant8) == 0 ? 50 : e.twin<void>() != nullptr ? 8 : 16;
  for_each_part(e, part_count(d.count * cost, e), [&](kernels::Part part, int32_t) {
    const kernels::Stretch own = kernels::stretch_of(d.count, 64, part);
    const int64_t at = own.begin, n = own.end - own.begin;
    if (n <= 0) return;
    switch (dtype) {
      case INLAY_FLOAT32: op.f32(n, d.quant.param, e.input<float>(0) + at, e.output<float>(0) + at); break;
      case INLAY_INT16: eval_s16(e, op, d, at, n); break;
      case INLAY_INT32: op.s32(n, e.input<int32_t>(0) + at, e.output<int32_t>(0) + at); break;
      case INLAY_INT64: op.s64(n, e.input<int64_t>(0) + at, e.output<int64_t>(0) + at); break;
      default: table8_of(e, d.table.from(&d), n, e.input<uint8_t>(0) + at, e.output<uint8_t>(0) + at); break;
    }
  });
  return INLAY_OK;
}

}  // namespace inlay
