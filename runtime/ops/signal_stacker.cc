// SPDX-License-Identifier: Apache-2.0
// SIGNAL_STACKER: an int16 row of params.channels numbers joins its params.left predecessors and params.right successors:
// [channels * (left + 1 + right)] every params.step rows, and whether it is valid (bool []); it is 0 while not. The first row
// counts as its own predecessors. Variables: int16 of the output's size, and int32 [1], 0 at first, then 1 + the rows that wait.
#include <algorithm>

#include "kernels/signal_frames.h"
#include "ops/signal_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_signal* o = nullptr;
  INLAY_TRY(p.counts(3, 3, 2));
  INLAY_TRY(signal_params(p, &o));
  INLAY_TRY(signal_samples(p, p.input(0), dtype_bit(INLAY_INT16), "row"));
  INLAY_TRY(signal_range(p, o->channels, 1, 1 << 15, "there must be 1 to 2^15 channels"));
  INLAY_TRY(signal_range(p, o->left, 0, 1 << 14, "the left context must be 0 to 2^14"));
  INLAY_TRY(signal_range(p, o->right, 0, 1 << 14, "the right context must be 0 to 2^14"));
  const int32_t frames = o->left + 1 + o->right;
  INLAY_TRY(signal_range(p, o->step, 1, frames, "the step must be 1 to the rows of a stack"));
  INLAY_TRY(signal_count(p, p.input(0), o->channels, "the row must have one number per channel"));
  const int32_t size = o->channels * frames;
  INLAY_TRY(signal_state(p, p.input(1), INLAY_INT16, 1, size));
  INLAY_TRY(signal_state(p, p.input(2), INLAY_INT32, 1, 1));
  *p.data<kernels::Stacking>() = {o->channels, frames, o->left, o->step};
  INLAY_TRY(p.dtype(p.output(0), dtype_bit(INLAY_INT16), "output"));
  INLAY_TRY(p.output_shape(0, 1, &size));
  return signal_scalar_output(p, 1, INLAY_BOOL);
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& s = *e.data<kernels::Stacking>();
  auto* started = signal_state_of<int32_t>(e, 2);
  *started = std::min(std::max<int32_t>(*started, 0), s.frames);  // the caller may write variables
  const bool valid = kernels::signal_stack(s, e.input<int16_t>(0), started, signal_state_of<int16_t>(e, 1), e.output<int16_t>(0));
  *e.output<uint8_t>(1) = valid ? 1 : 0;
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(signal_stacker, SIGNAL_STACKER, NONE, sizeof(kernels::Stacking), prepare, eval)

}  // namespace inlay
