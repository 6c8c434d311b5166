// SPDX-License-Identifier: Apache-2.0
// SIGNAL_FRAMER: int16 samples [..., k * params.step] to frames [..., k, params.length], `step` samples apart, and whether they
// are valid (bool []): before enough samples came they are 0. params.flags 1: length - step zeros came before the first sample.
// Variables: int16 [rows * capacity] (kernels/signal_frames.h) and int32 [1], the samples that wait beside those zeros.
#include <algorithm>

#include "kernels/signal_frames.h"
#include "ops/signal_util.h"

namespace inlay {
namespace {

struct Data {
  kernels::Framing framing;
  int32_t before;  // zeros that came before the first sample
};

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_signal* o = nullptr;
  INLAY_TRY(p.counts(3, 3, 2));
  INLAY_TRY(signal_params(p, &o));
  const inlay_tensor* in = p.input(0);
  INLAY_TRY(signal_samples(p, in, dtype_bit(INLAY_INT16), "samples"));
  INLAY_TRY(p.rank(in, 1, INLAY_MAX_RANK - 1, "samples"));
  INLAY_TRY(signal_range(p, o->length, 1, 1 << 24, "a frame must have 1 to 2^24 samples"));
  INLAY_TRY(signal_range(p, o->step, 1, o->length, "the step must be 1 to the length of a frame"));
  INLAY_TRY(signal_range(p, o->flags, 0, 1, "unknown flags"));
  const int32_t samples = last_dim(*in);
  if (samples % o->step != 0 || samples > 1 << 24) return p.fail("the samples are not a multiple of the step, up to 2^24");
  auto* d = p.data<Data>();
  *d = {{o->length, o->step, samples / o->step}, o->flags != 0 ? o->length - o->step : 0};
  INLAY_TRY(signal_state(p, p.input(1), INLAY_INT16, signal_rows(in), d->framing.capacity()));
  INLAY_TRY(signal_state(p, p.input(2), INLAY_INT32, 1, 1));
  int32_t dims[INLAY_MAX_RANK];
  std::copy(in->dims, in->dims + in->rank, dims);
  dims[in->rank - 1] = d->framing.frames;
  dims[in->rank] = d->framing.size;
  uint64_t bytes = 0;
  if (!tensor_bytes(INLAY_INT16, dims, in->rank + 1, &bytes)) return p.fail("the output is too large");
  INLAY_TRY(p.dtype(p.output(0), dtype_bit(INLAY_INT16), "output"));
  INLAY_TRY(p.output_shape(0, in->rank + 1, dims));
  return signal_scalar_output(p, 1, INLAY_BOOL);
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<Data>();
  const kernels::Framing& f = d.framing;
  auto* counter = signal_state_of<int32_t>(e, 2);
  // The caller may write variables: whatever stands there, nothing is read or written outside them.
  const int32_t waiting = std::min(std::max<int32_t>(*counter, 0), f.span() - 1 - d.before) + d.before;
  bool valid = false;
  for (int64_t r = 0; r < signal_rows(e.input_tensor(0)); ++r) {
    valid =
        kernels::signal_frame(f, waiting, e.input<int16_t>(0) + r * f.step * f.frames,
                              signal_state_of<int16_t>(e, 1) + r * f.capacity(), e.output<int16_t>(0) + r * f.frames * f.size);
  }
  *counter = waiting - d.before + (valid ? 0 : f.step * f.frames);
  *e.output<uint8_t>(1) = valid ? 1 : 0;
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(signal_framer, SIGNAL_FRAMER, NONE, sizeof(Data), prepare, eval)

}  // namespace inlay
