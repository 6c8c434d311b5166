// SPDX-License-Identifier: Apache-2.0
// IMAG: the imaginary parts of a complex64 tensor, as float32.
#include "ops/complex_util.h"

namespace inlay {

INLAY_DEFINE_OP(imag, IMAG, NONE, 0, prepare_complex_to_real, eval_complex_to_real<kernels::complex_imag>)

}  // namespace inlay
