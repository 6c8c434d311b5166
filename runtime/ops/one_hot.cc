// SPDX-License-Identifier: Apache-2.0
// ONE_HOT: input 0 int32 or int64 indices, input 1 the constant int32 depth, inputs 2 and 3 the one-element values for on and off.
// The output has a new dim of `depth` at the axis; an index outside it gives only off.
#include <cstring>

#include "ops/move_util.h"

namespace inlay {
namespace {

struct OneHotData {
  int64_t outer, depth, inner;  // indices [outer, inner], output [outer, depth, inner]
  int32_t element_bytes;
  int32_t gap = 0;
};

inlay_status check_values(const Prepare& p, int32_t* element_bytes) {
  const inlay_tensor* const on = p.input(2);
  const inlay_tensor* const off = p.input(3);
  INLAY_TRY(movable(p, 2, element_bytes));
  INLAY_TRY(p.dtype(off, dtype_bit(on->dtype), "off value"));
  if (!same_quant(on, off)) return p.fail("the values differ in scale or zero point");
  if (element_count(*on) != 1 || element_count(*off) != 1) return p.fail("a value is not one element");
  return INLAY_OK;
}

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_axis* params = nullptr;
  auto* const data = p.data<OneHotData>();
  INLAY_TRY(p.counts(4, 4, 1));
  INLAY_TRY(p.params(INLAY_PARAMS_AXIS, &params));
  INLAY_TRY(check_values(p, &data->element_bytes));
  const inlay_tensor* const indices = p.input(0);
  const inlay_tensor* const depth = p.input(1);
  INLAY_TRY(p.dtype(indices, kIndex, "indices"));
  INLAY_TRY(p.rank(indices, 0, INLAY_MAX_RANK - 1, "indices"));
  INLAY_TRY(p.dtype(depth, dtype_bit(INLAY_INT32), "depth"));
  INLAY_TRY(p.constant(depth, "depth"));
  p.leaves(1);
  if (element_count(*depth) != 1) return p.fail("depth is not one element");
  if (params->axis < 0 || params->axis > indices->rank) return p.fail("the axis lies outside the output's rank");
  int32_t size = 0, dims[INLAY_MAX_RANK];
  std::memcpy(&size, depth->data, sizeof(size));
  for (int32_t d = 0; d <= indices->rank; ++d) {
    dims[d] = d == params->axis ? size : indices->dims[d < params->axis ? d : d - 1];
  }
  INLAY_TRY(moved_shape(p, indices->rank + 1, dims));
  data->outer = element_count(indices->dims, params->axis);
  data->depth = size;
  data->inner = element_count(indices->dims + params->axis, indices->rank - params->axis);
  return INLAY_OK;
}

template <typename T, typename Index>
void run(const Eval& e, const Index* indices) {
  const auto& d = *e.data<OneHotData>();
  const T on = *e.input<T>(2), off = *e.input<T>(3);
  T* out = e.output<T>(0);
  for (int64_t o = 0; o < d.outer; ++o, out += d.depth * d.inner, indices += d.inner) {
    for (int64_t i = 0; i < d.depth * d.inner; ++i) out[i] = off;
    for (int64_t i = 0; i < d.inner; ++i) {
      if (indices[i] >= 0 && indices[i] < d.depth) out[indices[i] * d.inner + i] = on;
    }
  }
}

template <typename T>
inlay_status run(const Eval& e) {
  if (e.input_tensor(0)->dtype == INLAY_INT64) {
    run<T>(e, e.input<int64_t>(0));
  } else {
    run<T>(e, e.input<int32_t>(0));
  }
  return INLAY_OK;
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  switch (e.data<OneHotData>()->element_bytes) {
    case 1: return run<uint8_t>(e);
    case 2: return run<uint16_t>(e);
    case 4: return run<uint32_t>(e);
    default: return run<uint64_t>(e);
  }
}

}  // namespace

INLAY_DEFINE_OP(one_hot, ONE_HOT, NONE, sizeof(OneHotData), prepare, eval)

}  // namespace inlay
