// SPDX-License-Identifier: Apache-2.0
// COMPLEX_ABS: the magnitudes of a complex64 tensor, as float32.
#include "ops/complex_util.h"

namespace inlay {

INLAY_DEFINE_OP(complex_abs, COMPLEX_ABS, NONE, 0, prepare_complex_to_real, eval_complex_to_real<kernels::complex_abs>)

}  // namespace inlay
