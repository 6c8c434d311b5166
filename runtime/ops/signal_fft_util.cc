// SPDX-License-Identifier: Apache-2.0
#include "ops/signal_fft_util.h"

namespace inlay {
namespace {

template <typename T>
void prepare_as(const Prepare& p, bool inverse, SignalFftData* d) {
  auto* table = p.allocate<kernels::SignalComplex<T>>(static_cast<size_t>(kernels::signal_fft_table_size(d->length)));
  if (table != nullptr) kernels::signal_fft_plan(d->length, inverse, table);
  d->table = Rel<uint8_t>::to(reinterpret_cast<const uint8_t*>(table), d);
  p.scratch(static_cast<size_t>(d->length) * sizeof(kernels::SignalComplex<T>));
}

}  // namespace

inlay_status prepare_signal_fft(inlay_prepare* raw, bool inverse) {
  const Prepare p(raw);
  const inlay_signal* o = nullptr;
  INLAY_TRY(p.counts(1, 1, 1));
  INLAY_TRY(signal_params(p, &o));
  const inlay_tensor* in = p.input(0);
  const uint32_t dtypes = kFloat | dtype_bit(INLAY_INT16) | dtype_bit(INLAY_INT32);
  INLAY_TRY(signal_samples(p, in, dtypes, inverse ? "bins" : "samples"));
  const int32_t length = o->length, count = last_dim(*in);
  INLAY_TRY(signal_range(p, length, kernels::kSignalFftMin, kernels::kSignalFftMax, "the length must be 4 to 65536"));
  if ((length & (length - 1)) != 0) return p.fail("the length must be a power of two");
  if (inverse && count != length + 2) return p.fail("there must be length + 2 numbers per row");
  if (!inverse && count > length) return p.fail("there are more samples than the length");
  INLAY_TRY(signal_output(p, 0, in, inverse ? length : length + 2, in->dtype));
  auto* d = p.data<SignalFftData>();
  *d = {signal_rows(in), count, length, {0}};
  switch (in->dtype) {
    case INLAY_INT16: prepare_as<int16_t>(p, inverse, d); break;
    case INLAY_INT32: prepare_as<int32_t>(p, inverse, d); break;
    default: prepare_as<float>(p, inverse, d); break;
  }
  return INLAY_OK;
}

}  // namespace inlay
