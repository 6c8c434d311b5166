// SPDX-License-Identifier: Apache-2.0
// What SIGNAL_RFFT and SIGNAL_IRFFT share: params.length, a power of two from 4 to 65536; int16, int32 or float32.
#pragma once
#include "kernels/signal_fft.h"
#include "ops/signal_util.h"

namespace inlay {

struct SignalFftData {
  int64_t rows;
  int32_t count, length;  ///< numbers per row of the input, samples of the transform
  Rel<uint8_t> table;     ///< kernels::SignalComplex of the samples' dtype
  int32_t gap = 0;
};

/// The whole prepare. inverse: from bins [..., length + 2] to samples [..., length]; else from [..., n], n <= length, to bins.
inlay_status prepare_signal_fft(inlay_prepare* raw, bool inverse);

template <typename T>
kernels::SignalFftPlan<T> signal_fft_plan_of(const SignalFftData& d) {
  const auto* table = reinterpret_cast<const kernels::SignalComplex<T>*>(d.table.from(&d));
  return {d.length, table, table + d.length / 2};
}

}  // namespace inlay
