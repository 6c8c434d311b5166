// SPDX-License-Identifier: Apache-2.0
// BATCH_MATMUL: a [..., m, k] times b [..., k, n] is [..., m, n]; transpose_a and transpose_b swap the last two dims of an
// operand, the dims in front broadcast. float32, int8, int16, or float32 times constant int8.
#include "kernels/batch_matmul.h"

#include "ops/window_util.h"

namespace inlay {
namespace {

struct Data {
  kernels::MatmulShape shape;
  kernels::MatmulQuant quant;
  FixedScale scale16;
};

inlay_status prepare_shape(const Prepare& p, const inlay_matmul& m, kernels::MatmulShape* s) {
  const inlay_tensor* a = p.input(0);
  const inlay_tensor* b = p.input(1);
  INLAY_TRY(p.rank(a, 2, INLAY_MAX_RANK, "input 0"));
  INLAY_TRY(p.rank(b, 2, INLAY_MAX_RANK, "input 1"));
  if ((m.transpose_a & ~1) != 0 || (m.transpose_b & ~1) != 0) return p.fail("options out of range");
  s->transpose_a = m.transpose_a == 1;
  s->transpose_b = m.transpose_b == 1;
  const int32_t* a_dims = a->dims + a->rank - 2;
  const int32_t* b_dims = b->dims + b->rank - 2;
  s->m = a_dims[s->transpose_a ? 1 : 0];
  s->k = a_dims[s->transpose_a ? 0 : 1];
  s->n = b_dims[s->transpose_b ? 0 : 1];
  if (b_dims[s->transpose_b ? 1 : 0] != s->k) return p.fail("the inner dims of the inputs differ");
  int32_t dims[INLAY_MAX_RANK], rank = 0;
  if (!kernels::make_broadcast(a->dims, a->rank - 2, b->dims, b->rank - 2, &s->batch, dims, &rank)) {
    return p.fail("the leading dims of the inputs do not broadcast");
  }
  dims[rank] = s->m;
  dims[rank + 1] = s->n;
  return p.output_shape(0, rank + 2, dims);
}

inlay_status prepare_quant(const Prepare& p, Data* data) {
  const inlay_tensor* a = p.input(0);
  const inlay_tensor* b = p.input(1);
  const inlay_tensor* output = p.output(0);
  INLAY_TRY(p.dtype(b, dtype_bit(a->dtype), "input 1"));
  INLAY_TRY(p.dtype(output, dtype_bit(a->dtype), "output"));
  INLAY_TRY(p.per_tensor(a, "input 0"));
  INLAY_TRY(p.per_tensor(b, "input 1"));
  INLAY_TRY(p.per_tensor(output, "output"));
  data->quant = {scale_of(a) * scale_of(b) / scale_of(output), zero_point_of(a), zero_point_of(b), zero_point_of(output),
                 dtype_range(output->dtype)};
  // An infinite scale times an accumulator of zero would be no number.
  if (!(data->quant.scale <= 3.4e38f)) return p.fail("the scales make no finite factor");
  if (a->dtype == INLAY_INT8) return INLAY_OK;
  if (zero_point_of(a) != 0 || zero_point_of(b) != 0 || zero_point_of(output) != 0) {
    return p.fail("int16 inputs and output need zero points of 0");
  }
  const double real = static_cast<double>(scale_of(a)) * static_cast<double>(scale_of(b)) / static_cast<double>(scale_of(output));
  return make_fixed_scale(real, &data->scale16) ? INLAY_OK : p.fail("the scales make a factor of 128 or more");
}

inlay_status prepare_float(const Prepare& p, Data* data) {
  const inlay_tensor* b = p.input(1);
  INLAY_TRY(p.dtype(b, kFloat | dtype_bit(INLAY_INT8), "input 1"));
  INLAY_TRY(p.dtype(p.output(0), kFloat, "output"));
  if (b->dtype == INLAY_FLOAT32) return INLAY_OK;
  const inlay_quant& q = b->quant;
  INLAY_TRY(p.constant(b, "input 1"));
  INLAY_TRY(p.per_channel(b, b->rank - (data->shape.transpose_b ? 2 : 1), "input 1"));
  for (int32_t i = 0; q.zero_points != nullptr && i < q.count; ++i) {
    if (q.zero_points[i] != 0) return p.fail("an int8 factor of a float one needs zero points of 0");
  }
  p.scratch(static_cast<size_t>(data->shape.k) * (sizeof(float) + 1));
  return INLAY_OK;
}

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_matmul* m = nullptr;
  INLAY_TRY(p.counts(2, 2, 1));
  INLAY_TRY(p.no_activation());
  INLAY_TRY(p.params(INLAY_PARAMS_MATMUL, &m));
  INLAY_TRY(p.dtype(p.input(0), kFloat | dtype_bit(INLAY_INT8) | dtype_bit(INLAY_INT16), "input 0"));
  auto* data = p.data<Data>();
  INLAY_TRY(prepare_shape(p, *m, &data->shape));
  return p.input(0)->dtype == INLAY_FLOAT32 ? prepare_float(p, data) : prepare_quant(p, data);
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<Data>();
  switch (e.input_tensor(0)->dtype) {
    case INLAY_INT8:
      kernels::batch_matmul_s8(d.shape, d.quant, e.input<int8_t>(0), e.input<int8_t>(1), e.output<int8_t>(0));
      break;
    case INLAY_INT16:
      kernels::batch_matmul_s16(d.shape, d.scale16, d.quant.range, e.input<int16_t>(0), e.input<int16_t>(1),
                                e.output<int16_t>(0));
      break;
    default:
      if (e.input_tensor(1)->dtype == INLAY_FLOAT32) {
        kernels::batch_matmul_f32(d.shape, e.input<float>(0), e.input<float>(1), e.output<float>(0));
      } else {
        auto* row = e.scratch<float>();
        kernels::batch_matmul_hybrid(d.shape, hybrid_scales(e), e.input<float>(0), e.input<int8_t>(1), row,
                                     reinterpret_cast<int8_t*>(row + d.shape.k), e.output<float>(0));
      }
      break;
  }
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(batch_matmul, BATCH_MATMUL, NONE, sizeof(Data), prepare, eval)

}  // namespace inlay
