// SPDX-License-Identifier: Apache-2.0
// What the ops with a state share. The state is a variable tensor among the inputs: by contract eval writes it.
#pragma once
#include "ops/op_util.h"

namespace inlay {

/// How to walk a sequence. Element (t, b) lies at t * time_stride + b * batch_stride vectors.
struct Sequence {
  int32_t steps, batch, in;
  int64_t time_stride, batch_stride;
  bool backward;
};

/// The options in range, and the input [batch, steps, in], [steps, batch, in] if time_major & 1, or [batch, in] for one step.
/// time_major & 2: from the last step to the first.
inlay_status prepare_sequence(const Prepare& p, const inlay_recurrent** options, Sequence* out);
/// Output 0 is the input with `units` in place of its last dim.
inlay_status sequence_output(const Prepare& p, int32_t units);

/// Input `index` is a constant [rows, cols], or [rows] when cols is 0. Quantized weights have one scale, and zero point 0; `scale`
/// may be NULL.
inlay_status weights_input(const Prepare& p, int index, uint32_t dtype, int32_t rows, int32_t cols, const char* what, float* scale);
/// Input `index` is a variable of batch * units values.
inlay_status state_input(const Prepare& p, int index, uint32_t dtype, int32_t batch, int32_t units, const char* what);

/// The state of input `index`, to be written: an op with a state owns that variable while it runs.
template <typename T>
T* state_of(const Eval& e, int index) {
  return const_cast<T*>(e.input<T>(index));
}

}  // namespace inlay
