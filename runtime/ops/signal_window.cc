// SPDX-License-Identifier: Apache-2.0
// SIGNAL_WINDOW: int16 samples [..., n] times int16 weights [n], shifted right by params.shift. int16 [..., n].
#include "kernels/signal.h"
#include "ops/signal_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_signal* o = nullptr;
  INLAY_TRY(p.counts(2, 2, 1));
  INLAY_TRY(signal_params(p, &o));
  INLAY_TRY(signal_samples(p, p.input(0), dtype_bit(INLAY_INT16), "samples"));
  INLAY_TRY(signal_samples(p, p.input(1), dtype_bit(INLAY_INT16), "weights"));
  INLAY_TRY(signal_count(p, p.input(1), last_dim(*p.input(0)), "there must be one weight per sample"));
  INLAY_TRY(signal_range(p, o->shift, 0, 31, "the shift must be 0 to 31"));
  *p.data<int32_t>() = o->shift;
  return signal_output_like(p, 0, p.input(0), INLAY_INT16);
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const inlay_tensor* in = e.input_tensor(0);
  kernels::signal_window(element_count(*in), last_dim(*in), *e.data<int32_t>(), e.input<int16_t>(0), e.input<int16_t>(1),
                         e.output<int16_t>(0));
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(signal_window, SIGNAL_WINDOW, NONE, sizeof(int32_t), prepare, eval)

}  // namespace inlay
