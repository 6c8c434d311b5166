// SPDX-License-Identifier: Apache-2.0
// SIGNAL_FILTER_BANK_SQUARE_ROOT: the rounded square roots of uint64 [...], shifted right by an int32 number that comes with the
// data (0 to 31; beyond, the result is 0). uint32 [...]. No options.
#include <algorithm>

#include "kernels/signal.h"
#include "ops/signal_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  INLAY_TRY(p.counts(2, 2, 1));
  INLAY_TRY(p.no_activation());
  INLAY_TRY(signal_samples(p, p.input(0), dtype_bit(INLAY_UINT64), "energies"));
  INLAY_TRY(p.dtype(p.input(1), dtype_bit(INLAY_INT32), "shift"));
  INLAY_TRY(signal_count(p, p.input(1), 1, "the shift must be one number"));
  return signal_output_like(p, 0, p.input(0), INLAY_UINT32);
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const int32_t shift = std::max<int32_t>(*e.input<int32_t>(1), 0);
  const int64_t count = element_count(*e.input_tensor(0));
  for (int64_t i = 0; i < count; ++i) {
    const uint32_t root = kernels::signal_square_root(e.input<uint64_t>(0)[i]);
    e.output<uint32_t>(0)[i] = shift > 31 ? 0u : root >> shift;
  }
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(signal_filter_bank_square_root, SIGNAL_FILTER_BANK_SQUARE_ROOT, NONE, 0, prepare, eval)

}  // namespace inlay
