// SPDX-License-Identifier: Apache-2.0
// SIGNAL_FILTER_BANK: energies uint32 [n], int16 weights [w] and unweights [w], and constants int16 [params.channels + 1]: first
// bin, first weight and width of each channel (kernels/signal.h). uint64 [channels].
#include "kernels/signal.h"
#include "ops/signal_util.h"

namespace inlay {
namespace {

/// Every bin and weight that a channel reads is there.
inlay_status check_places(const Prepare& p, int32_t channels, int64_t bins, int64_t weights) {
  for (int i = 3; i < 6; ++i) {
    INLAY_TRY(signal_samples(p, p.input(i), dtype_bit(INLAY_INT16), "places"));
    INLAY_TRY(p.constant(p.input(i), "a table of places"));
    INLAY_TRY(signal_count(p, p.input(i), int64_t{channels} + 1, "a table of places must have channels + 1 entries"));
  }
  const auto* first = static_cast<const int16_t*>(p.input(3)->data);
  const auto* weight = static_cast<const int16_t*>(p.input(4)->data);
  const auto* width = static_cast<const int16_t*>(p.input(5)->data);
  for (int32_t c = 0; c <= channels; ++c) {
    if (first[c] < 0 || weight[c] < 0 || width[c] < 0) return p.fail("a place is negative");
    if (first[c] + width[c] > bins || weight[c] + width[c] > weights) return p.fail("a channel reaches beyond bins or weights");
  }
  return INLAY_OK;
}

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_signal* o = nullptr;
  INLAY_TRY(p.counts(6, 6, 1));
  INLAY_TRY(signal_params(p, &o));
  INLAY_TRY(signal_samples(p, p.input(0), dtype_bit(INLAY_UINT32), "energies"));
  INLAY_TRY(signal_samples(p, p.input(1), dtype_bit(INLAY_INT16), "weights"));
  INLAY_TRY(signal_samples(p, p.input(2), dtype_bit(INLAY_INT16), "unweights"));
  INLAY_TRY(signal_range(p, o->channels, 1, 32767, "there must be 1 to 32767 channels"));
  const int64_t weights = element_count(*p.input(1));
  INLAY_TRY(signal_count(p, p.input(2), weights, "there must be as many unweights as weights"));
  INLAY_TRY(check_places(p, o->channels, element_count(*p.input(0)), weights));
  *p.data<int32_t>() = o->channels;
  INLAY_TRY(p.dtype(p.output(0), dtype_bit(INLAY_UINT64), "output"));
  return p.output_shape(0, 1, &o->channels);
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const kernels::FilterBank bank = {*e.data<int32_t>(),  e.input<int16_t>(1), e.input<int16_t>(2),
                                    e.input<int16_t>(3), e.input<int16_t>(4), e.input<int16_t>(5)};
  kernels::signal_filter_bank(bank, e.input<uint32_t>(0), e.output<uint64_t>(0));
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(signal_filter_bank, SIGNAL_FILTER_BANK, NONE, sizeof(int32_t), prepare, eval)

}  // namespace inlay
