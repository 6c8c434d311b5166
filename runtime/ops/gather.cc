// SPDX-License-Identifier: Apache-2.0
// GATHER: slices of input 0 along the axis, by the int16, int32 or int64 indices of input 1; the first batch_dims dims of both go
// together. Output [dims before axis..., indices' dims behind batch_dims..., dims behind axis...]. A bad index fails the run.
#include "kernels/gather.h"

#include "ops/move_util.h"

namespace inlay {
namespace {

struct GatherData {
  kernels::GatherShape shape;
  int64_t inner;  // elements
};

inlay_status check_dtypes(const Prepare& p) {
  INLAY_TRY(p.dtype(p.input(1), kIndex | dtype_bit(INLAY_INT16), "indices"));
  int32_t element_bytes = 0;
  if (p.input(0)->dtype != INLAY_INT4) return movable(p, 0, &element_bytes);
  INLAY_TRY(p.no_activation());
  INLAY_TRY(p.dtype(p.output(0), dtype_bit(INLAY_INT4), "output"));
  return same_quant(p.input(0), p.output(0)) ? INLAY_OK : p.fail("input and output need the same scale and zero point");
}

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_axis* params = nullptr;
  INLAY_TRY(p.counts(2, 2, 1));
  INLAY_TRY(p.params(INLAY_PARAMS_AXIS, &params));
  INLAY_TRY(check_dtypes(p));
  const inlay_tensor* const table = p.input(0);
  const inlay_tensor* const indices = p.input(1);
  const int32_t axis = params->axis, batch = params->batch_dims;
  if (axis < 0 || axis >= table->rank) return p.fail("the axis lies outside the input's rank");
  if (batch < 0 || batch > axis || batch > indices->rank) return p.fail("batch_dims lies behind the axis or the indices' rank");
  const int32_t coords = indices->rank - batch, rank = table->rank - 1 + coords;
  if (rank > INLAY_MAX_RANK) return p.fail("the output would have more than 8 dims");
  int32_t dims[INLAY_MAX_RANK];
  for (int32_t d = 0; d < axis; ++d) {
    dims[d] = table->dims[d];
    if (d < batch && indices->dims[d] != dims[d]) return p.fail("input and indices differ in a batch dim");
  }
  for (int32_t d = 0; d < coords; ++d) dims[axis + d] = indices->dims[batch + d];
  for (int32_t d = axis + 1; d < table->rank; ++d) dims[d - 1 + coords] = table->dims[d];
  INLAY_TRY(moved_shape(p, rank, dims));
  auto* const data = p.data<GatherData>();
  data->inner = element_count(table->dims + axis + 1, table->rank - axis - 1);
  data->shape = {element_count(dims, batch), element_count(dims + batch, axis - batch), table->dims[axis],
                 element_count(indices->dims + batch, coords),
                 data->inner * inlay_dtype_bits(static_cast<inlay_dtype>(table->dtype)) / 8};
  return INLAY_OK;
}

template <typename Index>
inlay_status run(const Eval& e) {
  const auto& d = *e.data<GatherData>();
  const bool inside = e.input_tensor(0)->dtype == INLAY_INT4
                          ? kernels::gather_s4(d.shape, d.inner, e.input<uint8_t>(0), e.input<Index>(1), e.output<uint8_t>(0))
                          : kernels::gather(d.shape, e.input<void>(0), e.input<Index>(1), e.output<void>(0));
  return inside ? INLAY_OK : INLAY_STATUS_OP_INVALID;
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  switch (e.input_tensor(1)->dtype) {
    case INLAY_INT16: return run<int16_t>(e);
    case INLAY_INT64: return run<int64_t>(e);
    default: return run<int32_t>(e);
  }
}

}  // namespace

INLAY_DEFINE_OP(gather, GATHER, NONE, sizeof(GatherData), prepare, eval)

}  // namespace inlay
