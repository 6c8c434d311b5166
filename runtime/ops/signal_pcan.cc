// SPDX-License-Identifier: Apache-2.0
// SIGNAL_PCAN: per-channel amplitude normalization of a signal uint32 [...] by a noise estimate of the same shape and a table of
// gains int16 [125]; params.shift. uint32 [...].
#include "kernels/signal.h"
#include "ops/signal_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_signal* o = nullptr;
  INLAY_TRY(p.counts(3, 3, 1));
  INLAY_TRY(signal_params(p, &o));
  INLAY_TRY(signal_samples(p, p.input(0), dtype_bit(INLAY_UINT32), "signal"));
  INLAY_TRY(p.dtype(p.input(1), dtype_bit(INLAY_UINT32), "noise"));
  INLAY_TRY(p.dtype(p.input(2), dtype_bit(INLAY_INT16), "gains"));
  if (!same_shape(*p.input(0), *p.input(1))) return p.fail("signal and noise differ in shape");
  INLAY_TRY(signal_count(p, p.input(2), kernels::kGainTableSize, "there must be 125 gains"));
  INLAY_TRY(signal_range(p, o->shift, 0, 63, "the shift must be 0 to 63"));
  *p.data<int32_t>() = o->shift;
  return signal_output_like(p, 0, p.input(0), INLAY_UINT32);
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto count = static_cast<int32_t>(element_count(*e.input_tensor(0)));
  kernels::signal_pcan(count, *e.data<int32_t>(), e.input<int16_t>(2), e.input<uint32_t>(0), e.input<uint32_t>(1),
                       e.output<uint32_t>(0));
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(signal_pcan, SIGNAL_PCAN, NONE, sizeof(int32_t), prepare, eval)

}  // namespace inlay
