// SPDX-License-Identifier: Apache-2.0
// SIGNAL_RFFT: samples [..., n], n <= params.length, filled with zeros, to bins [..., length + 2]: real and imaginary parts in
// turn; int16, int32 or float32. length is a power of two, 4 to 65536.
#include "ops/signal_fft_util.h"

namespace inlay {
namespace {

using kernels::SignalComplex;

inlay_status prepare(inlay_prepare* raw) { return prepare_signal_fft(raw, false); }

template <typename T>
void eval_as(const Eval& e) {
  const auto& d = *e.data<SignalFftData>();
  const auto plan = signal_fft_plan_of<T>(d);
  for (int64_t r = 0; r < d.rows; ++r) {
    kernels::signal_rfft(plan, d.count, e.input<T>(0) + r * d.count, e.scratch<SignalComplex<T>>(),
                         e.output<SignalComplex<T>>(0) + r * (d.length / 2 + 1));
  }
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  switch (e.input_tensor(0)->dtype) {
    case INLAY_INT16: eval_as<int16_t>(e); break;
    case INLAY_INT32: eval_as<int32_t>(e); break;
    default: eval_as<float>(e); break;
  }
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(signal_rfft, SIGNAL_RFFT, NONE, sizeof(SignalFftData), prepare, eval)

}  // namespace inlay
