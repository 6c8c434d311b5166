// SPDX-License-Identifier: Apache-2.0
// SOFTMAX over the last axis; beta in `alpha`. 8 bit: the output's scale is 1/256 and its zero point the lowest value.
// int16: 1/32768 and 0.
#include "kernels/softmax16.h"
#include "kernels/table.h"
#include "ops/parallel.h"

namespace inlay {

INLAY_DECLARE_EVAL(inlay_eval_softmax_s8)

namespace {

struct Data {
  int64_t rows;
  int32_t depth;
  Rel<uint32_t> table;  ///< 8 bit: by distance from the row's largest value
  float beta;
  Rel<int16_t> exponent, reciprocal;  ///< int16: kernels::Softmax16
  int32_t multiplier, shift;          ///< int16
  int32_t gap = 0;
};

inlay_status prepare_s16(const Prepare& p, Data* data) {
  const inlay_tensor* output = p.output(0);
  if (scale_of(output) != 1.0f / 32768.0f || zero_point_of(output) != 0) {
    return p.fail("the output's scale must be 1/32768 and its zero point 0");
  }
  if (data->depth > kernels::kSoftmax16MaxDepth) return p.fail("the rows are too long");
  auto* exponent = p.allocate<int16_t>(kernels::kTable16);
  auto* reciprocal = p.allocate<int16_t>(kernels::kTable16);
  if (exponent != nullptr && reciprocal != nullptr) kernels::make_softmax16_tables(exponent, reciprocal);
  data->exponent = Rel<int16_t>::to(exponent, data);
  data->reciprocal = Rel<int16_t>::to(reciprocal, data);
  kernels::Softmax16 scale = {};
  kernels::make_softmax16_scale(scale_of(p.input(0)), data->beta, &scale);
  data->multiplier = scale.multiplier;
  data->shift = scale.shift;
  return INLAY_OK;
}

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_scalars* scalars = nullptr;
  INLAY_TRY(p.counts(1, 1, 1));
  INLAY_TRY(p.params(INLAY_PARAMS_SCALARS, &scalars));
  INLAY_TRY(p.no_activation());
  const inlay_tensor* input = p.input(0);
  const inlay_tensor* output = p.output(0);
  INLAY_TRY(p.dtype(input, kFloat | kQuant8 | dtype_bit(INLAY_INT16), "input"));
  INLAY_TRY(p.rank(input, 1, INLAY_MAX_RANK, "input"));
  if (!(scalars->alpha > 0.0f && scalars->alpha < 1.2e30f)) return p.fail("beta is not a usable positive number");
  INLAY_TRY(p.output_like(0, input));

  auto* data = p.data<Data>();
  data->rows = element_count(input->dims, input->rank - 1);
  data->depth = last_dim(*input);
  data->beta = scalars->alpha;
  if (output->dtype != input->dtype) return p.fail("input and output differ in dtype");
  if (input->dtype == INLAY_FLOAT32) return INLAY_OK;
  INLAY_TRY(p.per_tensor(input, "input"));
  INLAY_TRY(p.per_tensor(output, "output"));
  if (input->dtype == INLAY_INT16) return prepare_s16(p, data);
  if (scale_of(output) != 1.0f / 256.0f || zero_point_of(output) != dtype_range(output->dtype).min) {
    return p.fail("the output's scale must be 1/256 and its zero point the lowest value");
  }
  auto* table = p.allocate<uint32_t>(kernels::kSoftmaxTable);
  if (table != nullptr) kernels::softmax_table(data->beta, scale_of(input), table);
  data->table = Rel<uint32_t>::to(table, data);
  if (input->dtype == INLAY_INT8) p.eval_by(INLAY_EVAL(inlay_eval_softmax_s8));
  return INLAY_OK;
}

/// Calls body(shape, at) for each part: some rows, which begin at that element.
template <typename Body>
void for_some_rows(const Eval& e, const Data& d, const Body& body) {
  for_each_part(e, part_count(d.rows * d.depth * 40, e), [&](kernels::Part part, int32_t) {
    const kernels::Stretch own = kernels::stretch_of(d.rows, 1, part);
    body(kernels::SoftmaxShape{own.end - own.begin, d.depth}, own.begin * d.depth);
  });
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<Data>();
  const uint32_t* table = d.table.from(&d);
  const kernels::Softmax16 wide = {d.exponent.from(&d), d.reciprocal.from(&d), d.multiplier, d.shift};
  for_some_rows(e, d, [&](const kernels::SoftmaxShape& rows, int64_t at) {
    switch (e.input_tensor(0)->dtype) {
      case INLAY_UINT8: kernels::softmax_u8(rows, table, e.input<uint8_t>(0) + at, e.output<uint8_t>(0) + at); break;
      case INLAY_INT16: kernels::softmax_s16(rows, wide, e.input<int16_t>(0) + at, e.output<int16_t>(0) + at); break;
      default: kernels::softmax_f32(rows, d.beta, e.input<float>(0) + at, e.output<float>(0) + at); break;
    }
  });
  return INLAY_OK;
}

}  // namespace

inlay_status inlay_eval_softmax_s8(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<Data>();
  for_some_rows(e, d, [&](const kernels::SoftmaxShape& rows, int64_t at) {
    kernels::softmax_s8(rows, d.table.from(&d), e.input<int8_t>(0) + at, e.output<int8_t>(0) + at);
  });
  return INLAY_OK;
}

INLAY_DEFINE_OP(softmax, SOFTMAX, INPLACE, sizeof(Data), prepare, eval)

}  // namespace inlay
