// SPDX-License-Identifier: Apache-2.0
// What the SIGNAL_* ops share.
#pragma once
#include "ops/op_util.h"

namespace inlay {

/// The options, and no activation.
inlay_status signal_params(const Prepare& p, const inlay_signal** out);
/// Rank 1 to 8, not empty, one of the dtypes of `mask`.
inlay_status signal_samples(const Prepare& p, const inlay_tensor* t, uint32_t mask, const char* what);
/// The dims of `t` with another last dim, as output `index`.
inlay_status signal_output(const Prepare& p, int index, const inlay_tensor* t, int32_t last, uint32_t dtype);
/// Output `index` has the shape of `t`.
inlay_status signal_output_like(const Prepare& p, int index, const inlay_tensor* t, uint32_t dtype);
/// Output `index` is one number.
inlay_status signal_scalar_output(const Prepare& p, int index, uint32_t dtype);
/// `t` is a variable of rows * `size` elements: state that the op reads and writes.
inlay_status signal_state(const Prepare& p, const inlay_tensor* t, uint32_t dtype, int64_t rows, int64_t size);
/// `low` <= value <= `high`, or the sentence.
inlay_status signal_range(const Prepare& p, int32_t value, int32_t low, int32_t high, const char* sentence);
/// `t` has exactly `count` elements.
inlay_status signal_count(const Prepare& p, const inlay_tensor* t, int64_t count, const char* sentence);

/// Rows in front of the last dim.
inline int64_t signal_rows(const inlay_tensor* t) { return element_count(t->dims, t->rank - 1); }

/// Input `i`, a variable, to write.
template <typename T>
T* signal_state_of(const Eval& e, int i) {
  return const_cast<T*>(e.input<T>(i));
}

}  // namespace inlay
