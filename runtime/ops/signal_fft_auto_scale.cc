// SPDX-License-Identifier: Apache-2.0
// SIGNAL_FFT_AUTO_SCALE: int16 samples shifted left as far as the largest allows, and by how much (int32 []). No options.
#include "kernels/signal.h"
#include "ops/signal_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  INLAY_TRY(p.counts(1, 1, 2));
  INLAY_TRY(p.no_activation());
  INLAY_TRY(signal_samples(p, p.input(0), dtype_bit(INLAY_INT16), "samples"));
  INLAY_TRY(signal_output_like(p, 0, p.input(0), INLAY_INT16));
  return signal_scalar_output(p, 1, INLAY_INT32);
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  *e.output<int32_t>(1) =
      kernels::signal_auto_scale(element_count(*e.input_tensor(0)), e.input<int16_t>(0), e.output<int16_t>(0));
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(signal_fft_auto_scale, SIGNAL_FFT_AUTO_SCALE, NONE, 0, prepare, eval)

}  // namespace inlay
