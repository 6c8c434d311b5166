// SPDX-License-Identifier: Apache-2.0
// SIGNAL_OVERLAP_ADD: frames [..., k, n], params.step samples apart, summed to samples [..., k * step]; int16 (saturated) or
// float32. The variable [rows * n] holds the sums that later frames still add to.
#include "kernels/signal_frames.h"
#include "ops/signal_util.h"

namespace inlay {
namespace {

struct Data {
  int64_t rows;
  int32_t frames, size, step;
  int32_t gap = 0;
};

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_signal* o = nullptr;
  INLAY_TRY(p.counts(2, 2, 1));
  INLAY_TRY(signal_params(p, &o));
  const inlay_tensor* in = p.input(0);
  INLAY_TRY(signal_samples(p, in, kFloat | dtype_bit(INLAY_INT16), "frames"));
  INLAY_TRY(p.rank(in, 2, INLAY_MAX_RANK, "frames"));
  const int32_t frames = in->dims[in->rank - 2], size = last_dim(*in);
  INLAY_TRY(signal_range(p, o->step, 1, size, "the step must be 1 to the length of a frame"));
  const int64_t rows = element_count(in->dims, in->rank - 2);
  INLAY_TRY(signal_state(p, p.input(1), in->dtype, rows, size));
  *p.data<Data>() = {rows, frames, size, o->step};
  int32_t dims[INLAY_MAX_RANK];
  for (int32_t d = 0; d < in->rank - 2; ++d) dims[d] = in->dims[d];
  const int64_t samples = int64_t{frames} * o->step;
  if (samples > INT32_MAX) return p.fail("the output is too large");
  dims[in->rank - 2] = static_cast<int32_t>(samples);
  INLAY_TRY(p.dtype(p.output(0), dtype_bit(in->dtype), "output"));
  return p.output_shape(0, in->rank - 1, dims);
}

template <typename T>
void eval_as(const Eval& e) {
  const auto& d = *e.data<Data>();
  for (int64_t r = 0; r < d.rows; ++r) {
    kernels::signal_overlap_add(d.frames, d.size, d.step, e.input<T>(0) + r * d.frames * d.size,
                                signal_state_of<T>(e, 1) + r * d.size, e.output<T>(0) + r * d.frames * d.step);
  }
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  if (e.input_tensor(0)->dtype == INLAY_INT16) {
    eval_as<int16_t>(e);
  } else {
    eval_as<float>(e);
  }
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(signal_overlap_add, SIGNAL_OVERLAP_ADD, NONE, sizeof(Data), prepare, eval)

}  // namespace inlay
