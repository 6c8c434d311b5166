// SPDX-License-Identifier: Apache-2.0
// SIGNAL_IRFFT: bins [..., params.length + 2], real and imaginary parts in turn, to [..., length] samples; int16, int32 or
// float32. length is a power of two, 4 to 65536.
#include "kernels/signal_fft.h"
#include "ops/signal_util.h"

namespace inlay {
namespace {

struct Data {
  int64_t rows;
  int32_t count, length;
  const void* table;
};

using kernels::SignalComplex;

template <typename T>
void prepare_as(const Prepare& p, Data* d) {
  auto* table = p.allocate<SignalComplex<T>>(static_cast<size_t>(kernels::signal_fft_table_size(d->length)));
  if (table != nullptr) kernels::signal_fft_plan(d->length, true, table);
  d->table = table;
  p.scratch(static_cast<size_t>(d->length) * sizeof(SignalComplex<T>));
}

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_signal* o = nullptr;
  INLAY_TRY(p.counts(1, 1, 1));
  INLAY_TRY(signal_params(p, &o));
  const inlay_tensor* in = p.input(0);
  INLAY_TRY(signal_samples(p, in, kFloat | dtype_bit(INLAY_INT16) | dtype_bit(INLAY_INT32), "bins"));
  const int32_t length = o->length;
  INLAY_TRY(signal_range(p, length, kernels::kSignalFftMin, kernels::kSignalFftMax, "the length must be 4 to 65536"));
  if ((length & (length - 1)) != 0) return p.fail("the length must be a power of two");
  if (last_dim(*in) != length + 2) return p.fail("there must be length + 2 numbers per row");
  INLAY_TRY(signal_output(p, 0, in, length, in->dtype));
  auto* d = p.data<Data>();
  *d = {signal_rows(in), last_dim(*in), length, nullptr};
  switch (in->dtype) {
    case INLAY_INT16: prepare_as<int16_t>(p, d); break;
    case INLAY_INT32: prepare_as<int32_t>(p, d); break;
    default: prepare_as<float>(p, d); break;
  }
  return INLAY_OK;
}

template <typename T>
void eval_as(const Eval& e) {
  const auto& d = *e.data<Data>();
  const auto* table = static_cast<const SignalComplex<T>*>(d.table);
  const kernels::SignalFftPlan<T> plan = {d.length, table, table + d.length / 2};
  for (int64_t r = 0; r < d.rows; ++r) {
    kernels::signal_irfft(plan, e.input<SignalComplex<T>>(0) + r * (d.length / 2 + 1), e.scratch<SignalComplex<T>>(),
                          e.output<T>(0) + r * d.length);
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

INLAY_DEFINE_OP(signal_irfft, SIGNAL_IRFFT, NONE, sizeof(Data), prepare, eval)

}  // namespace inlay
