// SPDX-License-Identifier: Apache-2.0
#include "ops/recurrent_util.h"

namespace inlay {

inlay_status prepare_sequence(const Prepare& p, const inlay_recurrent** options, Sequence* out) {
  INLAY_TRY(p.params(INLAY_PARAMS_RECURRENT, options));
  const inlay_recurrent& r = **options;
  if (r.time_major < 0 || r.time_major > 3 || r.asymmetric < 0 || r.asymmetric > 1) return p.fail("options out of range");
  if (!(r.cell_clip >= 0.0f && r.cell_clip < 1e30f && r.projection_clip >= 0.0f && r.projection_clip < 1e30f)) {
    return p.fail("a clip must be 0 or a positive number");
  }
  const inlay_tensor* x = p.input(0);
  INLAY_TRY(p.rank(x, 2, 3, "input"));
  const bool time_major = (r.time_major & 1) != 0, single = x->rank == 2;
  out->backward = (r.time_major & 2) != 0;
  out->steps = single ? 1 : x->dims[time_major ? 0 : 1];
  out->batch = x->dims[!single && time_major ? 1 : 0];
  out->in = last_dim(*x);
  out->time_stride = time_major ? out->batch : 1;
  out->batch_stride = time_major ? 1 : out->steps;
  return out->in >= 1 ? INLAY_OK : p.fail("input has no features");
}

inlay_status sequence_output(const Prepare& p, int32_t units) {
  const inlay_tensor* x = p.input(0);
  const int32_t dims[3] = {x->dims[0], x->rank == 3 ? x->dims[1] : units, units};
  return p.output_shape(0, x->rank, dims);
}

inlay_status weights_input(const Prepare& p, int index, uint32_t dtype, int32_t rows, int32_t cols, const char* what, float* scale) {
  const inlay_tensor* t = p.input(index);
  if (t == nullptr) {
    return INLAY_FAIL(p.error(), OP_INVALID, "% '%': % are missing", inlay_op_kind_name(p.node().kind), p.node().name, what);
  }
  INLAY_TRY(p.dtype(t, dtype_bit(dtype), what));
  INLAY_TRY(p.constant(t, what));
  const bool shaped = cols == 0 ? t->rank == 1 && t->dims[0] == rows : t->rank == 2 && t->dims[0] == rows && t->dims[1] == cols;
  if (!shaped) {
    return INLAY_FAIL(p.error(), OP_INVALID, "% '%': % have a shape other than [%, %]", inlay_op_kind_name(p.node().kind),
                      p.node().name, what, rows, cols);
  }
  if (scale == nullptr || dtype == INLAY_FLOAT32) return INLAY_OK;
  INLAY_TRY(p.per_tensor(t, what));
  if (zero_point_of(t) != 0) return p.fail("weights need zero points of 0");
  *scale = scale_of(t);
  return INLAY_OK;
}

inlay_status state_input(const Prepare& p, int index, uint32_t dtype, int32_t batch, int32_t units, const char* what) {
  const inlay_tensor* t = p.input(index);
  if (t == nullptr || (t->flags & INLAY_TENSOR_VARIABLE) == 0) {
    return INLAY_FAIL(p.error(), OP_INVALID, "% '%': % must be a variable of the model", inlay_op_kind_name(p.node().kind),
                      p.node().name, what);
  }
  INLAY_TRY(p.dtype(t, dtype_bit(dtype), what));
  if (element_count(*t) != int64_t{batch} * units) {
    return INLAY_FAIL(p.error(), OP_INVALID, "% '%': % needs % x % values", inlay_op_kind_name(p.node().kind), p.node().name, what,
                      batch, units);
  }
  return INLAY_OK;
}

}  // namespace inlay
