// SPDX-License-Identifier: Apache-2.0
#include "ops/signal_util.h"

#include <algorithm>

namespace inlay {

inlay_status signal_params(const Prepare& p, const inlay_signal** out) {
  INLAY_TRY(p.no_activation());
  return p.params(INLAY_PARAMS_SIGNAL, out);
}

inlay_status signal_samples(const Prepare& p, const inlay_tensor* t, uint32_t mask, const char* what) {
  INLAY_TRY(p.dtype(t, mask, what));
  INLAY_TRY(p.rank(t, 1, INLAY_MAX_RANK, what));
  return element_count(*t) > 0 ? INLAY_OK : p.fail("an input is empty");
}

inlay_status signal_output(const Prepare& p, int index, const inlay_tensor* t, int32_t last, uint32_t dtype) {
  int32_t dims[INLAY_MAX_RANK];
  std::copy(t->dims, t->dims + t->rank, dims);
  dims[t->rank - 1] = last;
  uint64_t bytes = 0;
  if (!tensor_bytes(dtype, dims, t->rank, &bytes)) return p.fail("the output is too large");
  INLAY_TRY(p.dtype(p.output(index), dtype_bit(dtype), "output"));
  return p.output_shape(index, t->rank, dims);
}

inlay_status signal_output_like(const Prepare& p, int index, const inlay_tensor* t, uint32_t dtype) {
  return signal_output(p, index, t, t->dims[t->rank - 1], dtype);
}

inlay_status signal_scalar_output(const Prepare& p, int index, uint32_t dtype) {
  INLAY_TRY(p.dtype(p.output(index), dtype_bit(dtype), "output"));
  return p.output_shape(index, 0, nullptr);
}

inlay_status signal_state(const Prepare& p, const inlay_tensor* t, uint32_t dtype, int64_t rows, int64_t size) {
  if ((t->flags & INLAY_TENSOR_VARIABLE) == 0) return p.fail("its state is not a variable");
  INLAY_TRY(p.dtype(t, dtype_bit(dtype), "state"));
  int64_t count = 0;
  return checked_mul(rows, size, &count) && element_count(*t) == count ? INLAY_OK : p.fail("its state has the wrong size");
}

inlay_status signal_range(const Prepare& p, int32_t value, int32_t low, int32_t high, const char* sentence) {
  return value >= low && value <= high ? INLAY_OK : p.fail(sentence);
}

inlay_status signal_count(const Prepare& p, const inlay_tensor* t, int64_t count, const char* sentence) {
  return element_count(*t) == count ? INLAY_OK : p.fail(sentence);
}

}  // namespace inlay
