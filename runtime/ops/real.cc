// SPDX-License-Identifier: Apache-2.0
// REAL: the real parts of a complex64 tensor, as float32.
#include "ops/complex_util.h"

namespace inlay {

INLAY_DEFINE_OP(real, REAL, NONE, 0, prepare_complex_to_real, eval_complex_to_real<kernels::complex_real>)

}  // namespace inlay
