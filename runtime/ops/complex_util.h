// SPDX-License-Identifier: Apache-2.0
// COMPLEX_ABS, REAL and IMAG: a complex64 input of any shape, a float32 output of the same.
#pragma once
#include "kernels/complex.h"
#include "ops/op_util.h"

namespace inlay {

inline inlay_status prepare_complex_to_real(inlay_prepare* raw) {
  const Prepare p(raw);
  INLAY_TRY(p.counts(1, 1, 1));
  INLAY_TRY(p.no_activation());
  INLAY_TRY(p.dtype(p.input(0), dtype_bit(INLAY_COMPLEX64), "input"));
  INLAY_TRY(p.dtype(p.output(0), kFloat, "output"));
  return p.output_like(0, p.input(0));
}

template <void (*kKernel)(int64_t, const kernels::Complex*, float*)>
inlay_status eval_complex_to_real(const inlay_eval* raw) {
  const Eval e(raw);
  kKernel(element_count(*e.input_tensor(0)), e.input<kernels::Complex>(0), e.output<float>(0));
  return INLAY_OK;
}

}  // namespace inlay
