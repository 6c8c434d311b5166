// SPDX-License-Identifier: Apache-2.0
// SIGNAL_FILTER_BANK_LOG: natural logarithms of uint32 [...] << params.bits, times params.factors[0], int16 [...].
#include "kernels/signal.h"
#include "ops/signal_util.h"

namespace inlay {
namespace {

struct Data {
  int32_t factor, bits;
};

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_signal* o = nullptr;
  INLAY_TRY(p.counts(1, 1, 1));
  INLAY_TRY(signal_params(p, &o));
  INLAY_TRY(signal_samples(p, p.input(0), dtype_bit(INLAY_UINT32), "signal"));
  INLAY_TRY(signal_range(p, o->bits, 0, 31, "the shift must be 0 to 31"));
  INLAY_TRY(signal_range(p, o->factors[0], 0, 65535, "the factor must be 0 to 65535"));
  *p.data<Data>() = {o->factors[0], o->bits};
  return signal_output_like(p, 0, p.input(0), INLAY_INT16);
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<Data>();
  kernels::signal_log(element_count(*e.input_tensor(0)), d.factor, d.bits, e.input<uint32_t>(0), e.output<int16_t>(0));
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(signal_filter_bank_log, SIGNAL_FILTER_BANK_LOG, NONE, sizeof(Data), prepare, eval)

}  // namespace inlay
