// SPDX-License-Identifier: Apache-2.0
// UNIDIRECTIONAL_SEQUENCE_RNN: inputs x [batch, steps, in] (or [batch, in]: one step), weights [units, in], recurrent weights
// [units, units], bias [units], state [batch, units] (a variable). Weights float32 or int8. Also serves TFLite's RNN.
#include "kernels/rnn.h"

#include "ops/recurrent_util.h"

namespace inlay {
namespace {

enum { kInput, kWeights, kRecurrent, kBias, kState, kInputs };

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  INLAY_TRY(p.counts(kInputs, kInputs, 1));
  const inlay_recurrent* options = nullptr;
  Sequence s = {};
  INLAY_TRY(prepare_sequence(p, &options, &s));
  if (p.node().activation > INLAY_ACT_TANH) return p.fail("unknown activation");
  INLAY_TRY(p.dtype(p.input(kInput), kFloat, "input"));
  INLAY_TRY(p.dtype(p.output(0), kFloat, "output"));
  const inlay_tensor* weights = p.input(kWeights);
  INLAY_TRY(p.dtype(weights, kFloat | dtype_bit(INLAY_INT8), "weights"));
  INLAY_TRY(p.rank(weights, 2, 2, "weights"));
  const int32_t units = weights->dims[0];
  if (units < 1) return p.fail("weights are empty");

  auto* data = p.data<kernels::RnnMath>();
  data->shape = {s.steps, s.batch, s.in, units, s.time_stride, s.batch_stride};
  data->backward = s.backward ? 1 : 0;
  data->activation = p.node().activation;
  data->asymmetric = options->asymmetric;
  INLAY_TRY(weights_input(p, kWeights, weights->dtype, units, s.in, "weights", &data->input_scale));
  INLAY_TRY(weights_input(p, kRecurrent, weights->dtype, units, units, "recurrent weights", &data->recurrent_scale));
  INLAY_TRY(weights_input(p, kBias, INLAY_FLOAT32, units, 0, "biases", nullptr));
  INLAY_TRY(state_input(p, kState, INLAY_FLOAT32, s.batch, units, "the state"));
  if (weights->dtype == INLAY_INT8) p.scratch(static_cast<size_t>(s.in) + static_cast<size_t>(units));
  return sequence_output(p, units);
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const kernels::Rnn d = {*e.data<kernels::RnnMath>(), e.input<void>(kWeights), e.input<void>(kRecurrent), e.input<float>(kBias)};
  auto* const state = state_of<float>(e, kState);
  if (e.input_tensor(kWeights)->dtype == INLAY_FLOAT32) {
    kernels::rnn_f32(d, e.input<float>(kInput), state, e.output<float>(0));
  } else {
    kernels::rnn_hybrid(d, e.input<float>(kInput), state, e.output<float>(0), e.scratch<void>());
  }
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(unidirectional_sequence_rnn, UNIDIRECTIONAL_SEQUENCE_RNN, NONE, sizeof(kernels::RnnMath), prepare, eval)

}  // namespace inlay
