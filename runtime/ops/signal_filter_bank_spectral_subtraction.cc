// SPDX-License-Identifier: Apache-2.0
// SIGNAL_FILTER_BANK_SPECTRAL_SUBTRACTION: signal uint32 [c] and the variable estimate uint32 [c]; the signal without the noise
// and the updated estimate, uint32 [c] each. params: channels = c, bits (of the estimate), more_bits (of the factors), factors
// {factor, complement, factor of odd channels, complement of odd channels, least part that remains}, flags 1: the estimate stays
// below the signal.
#include <algorithm>

#include "kernels/signal.h"
#include "ops/signal_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_signal* o = nullptr;
  INLAY_TRY(p.counts(2, 2, 2));
  INLAY_TRY(signal_params(p, &o));
  INLAY_TRY(signal_samples(p, p.input(0), dtype_bit(INLAY_UINT32), "signal"));
  INLAY_TRY(signal_count(p, p.input(0), o->channels, "there must be one number per channel"));
  INLAY_TRY(signal_state(p, p.input(1), INLAY_UINT32, 1, o->channels));
  INLAY_TRY(signal_range(p, o->bits, 0, 31, "the estimate must have 0 to 31 fraction bits"));
  INLAY_TRY(signal_range(p, o->more_bits, 0, 31, "the factors must have 0 to 31 fraction bits"));
  INLAY_TRY(signal_range(p, o->flags, 0, 1, "unknown flags"));
  uint32_t factors[5];
  for (int i = 0; i < 5; ++i) {
    INLAY_TRY(signal_range(p, o->factors[i], 0, 65536, "a factor must be 0 to 65536"));
    factors[i] = static_cast<uint32_t>(o->factors[i]);
  }
  *p.data<kernels::NoiseRule>() = {factors[0], factors[1], factors[2],   factors[3],
                                   factors[4], o->bits,    o->more_bits, o->flags != 0};
  INLAY_TRY(signal_output_like(p, 0, p.input(0), INLAY_UINT32));
  return signal_output_like(p, 1, p.input(0), INLAY_UINT32);
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto channels = static_cast<int32_t>(element_count(*e.input_tensor(0)));
  auto* estimate = signal_state_of<uint32_t>(e, 1);
  kernels::signal_subtract_noise(channels, *e.data<kernels::NoiseRule>(), e.input<uint32_t>(0), estimate, e.output<uint32_t>(0));
  std::copy(estimate, estimate + channels, e.output<uint32_t>(1));
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(signal_filter_bank_spectral_subtraction, SIGNAL_FILTER_BANK_SPECTRAL_SUBTRACTION, NONE,
                sizeof(kernels::NoiseRule), prepare, eval)

}  // namespace inlay
