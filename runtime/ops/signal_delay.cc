// SPDX-License-Identifier: Apache-2.0
// SIGNAL_DELAY: int16 samples [..., n] come out params.length samples later. The variable holds those that wait: int16
// [rows * length], of 1 element when length is 0.
#include <algorithm>

#include "kernels/signal_frames.h"
#include "ops/signal_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_signal* o = nullptr;
  INLAY_TRY(p.counts(2, 2, 1));
  INLAY_TRY(signal_params(p, &o));
  INLAY_TRY(signal_samples(p, p.input(0), dtype_bit(INLAY_INT16), "samples"));
  INLAY_TRY(signal_range(p, o->length, 0, 1 << 28, "the delay must be 0 to 2^28 samples"));
  const int64_t rows = o->length > 0 ? signal_rows(p.input(0)) : 1;
  INLAY_TRY(signal_state(p, p.input(1), INLAY_INT16, rows, std::max<int32_t>(o->length, 1)));
  *p.data<int32_t>() = o->length;
  return signal_output_like(p, 0, p.input(0), INLAY_INT16);
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const int32_t delay = *e.data<int32_t>();
  const int64_t count = last_dim(*e.input_tensor(0));
  for (int64_t r = 0; r < signal_rows(e.input_tensor(0)); ++r) {
    kernels::signal_delay(count, delay, e.input<int16_t>(0) + r * count, signal_state_of<int16_t>(e, 1) + r * delay,
                          e.output<int16_t>(0) + r * count);
  }
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(signal_delay, SIGNAL_DELAY, NONE, sizeof(int32_t), prepare, eval)

}  // namespace inlay
