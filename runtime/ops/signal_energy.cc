// SPDX-License-Identifier: Apache-2.0
// SIGNAL_ENERGY: int16 bins [..., 2 m], real and imaginary parts in turn, to re^2 + im^2, uint32 [..., m]; 0 outside the bins
// params.start .. params.end - 1.
#include "kernels/signal.h"
#include "ops/signal_util.h"

namespace inlay {
namespace {

struct Data {
  int32_t start, end;
};

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_signal* o = nullptr;
  INLAY_TRY(p.counts(1, 1, 1));
  INLAY_TRY(signal_params(p, &o));
  INLAY_TRY(signal_samples(p, p.input(0), dtype_bit(INLAY_INT16), "bins"));
  const int32_t numbers = last_dim(*p.input(0));
  if (numbers % 2 != 0) return p.fail("bins are pairs of numbers");
  INLAY_TRY(signal_range(p, o->end, 0, numbers / 2, "the last bin lies outside the input"));
  INLAY_TRY(signal_range(p, o->start, 0, o->end, "the first bin lies behind the last"));
  *p.data<Data>() = {o->start, o->end};
  return signal_output(p, 0, p.input(0), numbers / 2, INLAY_UINT32);
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<Data>();
  const int32_t bins = last_dim(*e.input_tensor(0)) / 2;
  for (int64_t r = 0; r < signal_rows(e.input_tensor(0)); ++r) {
    kernels::signal_energy(bins, d.start, d.end, e.input<int16_t>(0) + 2 * r * bins, e.output<uint32_t>(0) + r * bins);
  }
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(signal_energy, SIGNAL_ENERGY, NONE, sizeof(Data), prepare, eval)

}  // namespace inlay
