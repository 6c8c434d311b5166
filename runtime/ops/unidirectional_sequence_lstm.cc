// SPDX-License-Identifier: Apache-2.0
// UNIDIRECTIONAL_SEQUENCE_LSTM: x [batch, steps, in], or [batch, in] for one step (so it also serves TFLite's LSTM). Its inputs:
//    0      x
//    1..4   weights [cell, in] of the input, forget, cell and output gates. No input gate: 1, 5, 9, 12 and 20 are left out
//    5..8   recurrent weights [cell, out]
//    9..11  peephole weights [cell] of the input, forget and output gates, all or none
//   12..15  biases [cell]
//   16, 17  projection [out, cell] and its bias [out]; without them out = cell
//   18, 19  output state [batch, out] and cell state [batch, cell], variables
//   20..23  coefficients [cell] of layer normalization, all or none
//   24      int8 and int16: float32 [5, 2], scale and zero point of the four gates before normalization and of the hidden state
//           in front of the projection (the source's `intermediates`). Left out: the hidden state is quantized as the output
// dtypes: float32; float32 with int8 weights; int8, or int16, with int8 weights and an int16 cell state of a scale 2^-9..2^-15.
#include "kernels/lstm.h"

#include "ops/quant_rules_util.h"
#include "ops/recurrent_util.h"

namespace inlay {
namespace {

using kernels::kCellGate;
using kernels::kForgetGate;
using kernels::kInputGate;
using kernels::kLstmGates;

enum { kX, kWeights = 1, kRecurrent = 5, kPeephole = 9, kBias = 12, kProjection = 16, kProjectionBias, kOutputState, kCellState,
       kNorm = 20, kIntermediates = 24, kInputs };
constexpr int kPeepholeOf[kLstmGates] = {0, 1, -1, 2};  ///< the cell gate looks at no cell

union Data {
  kernels::FloatLstmMath real;
  kernels::IntegerLstmMath integer;
};

/// Which optional parts are there, the same for every gate.
struct Parts {
  bool input_gate, peephole, norm, projection;
};

inlay_status find_parts(const Prepare& p, Parts* out) {
  *out = {p.input(kRecurrent) != nullptr, p.input(kPeephole + 1) != nullptr, p.input(kNorm + 1) != nullptr,
          p.input(kProjection) != nullptr};
  if ((p.input(kWeights) != nullptr) != out->input_gate || (p.input(kBias) != nullptr) != out->input_gate) {
    return p.fail("the input gate is there in part");
  }
  for (int g = 0; g < kLstmGates; ++g) {
    const bool exists = g != kInputGate || out->input_gate;
    const int peephole = kPeepholeOf[g];
    if (peephole >= 0 && (p.input(kPeephole + peephole) != nullptr) != (exists && out->peephole)) {
      return p.fail("peephole weights must be there for every gate or for none");
    }
    if ((p.input(kNorm + g) != nullptr) != (exists && out->norm)) {
      return p.fail("normalization must be there for every gate or for none");
    }
  }
  if (!out->projection && p.input(kProjectionBias) != nullptr) return p.fail("has the bias of a projection, but no projection");
  return INLAY_OK;
}

inlay_status prepare_float(const Prepare& p, const inlay_recurrent& r, const Parts& parts, const kernels::LstmShape& s,
                           kernels::FloatLstmMath* out) {
  const uint32_t dtype = p.input(kRecurrent + kForgetGate)->dtype;
  INLAY_TRY(p.dtype(p.output(0), kFloat, "output"));
  if (p.node().activation > INLAY_ACT_TANH) return p.fail("unknown activation");
  out->shape = s;
  for (int g = parts.input_gate ? 0 : 1; g < kLstmGates; ++g) {
    kernels::GateScales& scales = out->scales[g];
    const int peephole = kPeepholeOf[g];
    INLAY_TRY(weights_input(p, kWeights + g, dtype, s.cell, s.in, "weights", &scales.input));
    INLAY_TRY(weights_input(p, kRecurrent + g, dtype, s.cell, s.out, "recurrent weights", &scales.recurrent));
    INLAY_TRY(weights_input(p, kBias + g, INLAY_FLOAT32, s.cell, 0, "biases", nullptr));
    if (parts.norm) INLAY_TRY(weights_input(p, kNorm + g, INLAY_FLOAT32, s.cell, 0, "normalization", nullptr));
    if (!parts.peephole || peephole < 0) continue;
    INLAY_TRY(weights_input(p, kPeephole + peephole, dtype, s.cell, 0, "peephole weights", &scales.peephole));
  }
  if (parts.projection) {
    INLAY_TRY(weights_input(p, kProjection, dtype, s.out, s.cell, "projection weights", &out->projection_scale));
    if (p.input(kProjectionBias) != nullptr) {
      INLAY_TRY(weights_input(p, kProjectionBias, INLAY_FLOAT32, s.out, 0, "projection biases", nullptr));
    }
  }
  INLAY_TRY(state_input(p, kOutputState, INLAY_FLOAT32, s.batch, s.out, "the output state"));
  INLAY_TRY(state_input(p, kCellState, INLAY_FLOAT32, s.batch, s.cell, "the cell state"));
  out->cell_clip = r.cell_clip;
  out->projection_clip = r.projection_clip;
  out->activation = p.node().activation;
  out->asymmetric = r.asymmetric;
  p.scratch(kernels::lstm_float_scratch(s.in, s.cell, s.out));
  return INLAY_OK;
}

/// Scale and zero point of what lies between: rows of input 24.
struct Between {
  float gate[kLstmGates];
  float hidden;
  int32_t hidden_zero;
};

inlay_status find_between(const Prepare& p, bool norm, Between* out) {
  const inlay_tensor* t = p.input(kIntermediates);
  for (float& scale : out->gate) scale = 1.0f / 4096.0f;
  out->hidden = scale_of(p.output(0));
  out->hidden_zero = zero_point_of(p.output(0));
  if (t == nullptr) return norm ? p.fail("normalization needs the scales of the gates") : INLAY_OK;
  INLAY_TRY(weights_input(p, kIntermediates, INLAY_FLOAT32, kLstmGates + 1, 2, "the intermediate scales", nullptr));
  p.leaves(kIntermediates);
  const auto* rows = static_cast<const float*>(t->data);
  for (int i = 0; i <= kLstmGates; ++i) {
    const float scale = rows[2 * i], zero = rows[2 * i + 1];
    if (!(scale > 7.8e-31f && scale < 1.2e30f)) return p.fail("an intermediate scale is not a usable positive number");
    if (!(zero >= -32768.0f && zero <= 32767.0f)) return p.fail("an intermediate zero point lies outside the dtype's range");
    if (i < kLstmGates && norm) out->gate[i] = scale;
  }
  out->hidden = rows[2 * kLstmGates];
  out->hidden_zero = static_cast<int32_t>(rows[2 * kLstmGates + 1]);
  const QuantRange range = dtype_range(p.output(0)->dtype);
  return out->hidden_zero >= range.min && out->hidden_zero <= range.max ? INLAY_OK : p.fail("the hidden zero point is out of range");
}

/// The n of a scale 2^-n, or -1.
int32_t power_of_two(float scale) {
  float value = 1.0f / 512.0f;
  for (int32_t n = 9; n <= 15; ++n, value *= 0.5f) {
    if (scale == value) return n;
  }
  return -1;
}

/// A clip in units of `scale`, 0 for none.
int32_t clip_of(float clip, float scale, int32_t max) {
  const float v = clip / scale;
  return v < static_cast<float>(max) ? static_cast<int32_t>(v) : max;
}

inlay_status prepare_integer_gate(const Prepare& p, int g, const Parts& parts, const kernels::LstmShape& s, const Between& between,
                                  uint32_t bias_dtype, kernels::GateScales* scales) {
  const float target = between.gate[g];
  float input = 0.0f, recurrent = 0.0f, peephole_scale = 0.0f;
  const int peephole = kPeepholeOf[g];
  INLAY_TRY(weights_input(p, kWeights + g, INLAY_INT8, s.cell, s.in, "weights", &input));
  INLAY_TRY(weights_input(p, kRecurrent + g, INLAY_INT8, s.cell, s.out, "recurrent weights", &recurrent));
  INLAY_TRY(weights_input(p, kBias + g, bias_dtype, s.cell, 0, "biases", nullptr));
  INLAY_TRY(scale_ratio(p, scale_of(p.input(kX)) * input, target, &scales->input));
  INLAY_TRY(scale_ratio(p, scale_of(p.input(kOutputState)) * recurrent, target, &scales->recurrent));
  if (parts.norm) {
    float norm = 0.0f;
    INLAY_TRY(weights_input(p, kNorm + g, INLAY_INT16, s.cell, 0, "normalization", &norm));
    INLAY_TRY(scale_ratio(p, norm, 1.0f / 4096.0f, &scales->norm));
  }
  if (!parts.peephole || peephole < 0) return INLAY_OK;
  INLAY_TRY(weights_input(p, kPeephole + peephole, INLAY_INT16, s.cell, 0, "peephole weights", &peephole_scale));
  return scale_ratio(p, scale_of(p.input(kCellState)) * peephole_scale, target, &scales->peephole);
}

inlay_status prepare_integer(const Prepare& p, const inlay_recurrent& r, const Parts& parts, const kernels::LstmShape& s,
                             kernels::IntegerLstmMath* out) {
  const inlay_tensor* x = p.input(kX);
  const inlay_tensor* y = p.output(0);
  const uint32_t bias_dtype = x->dtype == INLAY_INT8 ? INLAY_INT32 : INLAY_INT64;
  if (y->dtype != x->dtype) return p.fail("input and output differ in dtype");
  if (p.node().activation != INLAY_ACT_TANH) return p.fail("an integer LSTM takes no other activation than TANH");
  INLAY_TRY(state_input(p, kOutputState, x->dtype, s.batch, s.out, "the output state"));
  INLAY_TRY(state_input(p, kCellState, INLAY_INT16, s.batch, s.cell, "the cell state"));
  INLAY_TRY(p.per_tensor(x, "input"));
  INLAY_TRY(p.per_tensor(y, "output"));
  INLAY_TRY(p.per_tensor(p.input(kOutputState), "the output state"));
  INLAY_TRY(p.per_tensor(p.input(kCellState), "the cell state"));
  if (!same_quant(y, p.input(kOutputState))) return p.fail("output and output state differ in quantization");
  out->cell_bits = power_of_two(scale_of(p.input(kCellState)));
  if (out->cell_bits < 0 || zero_point_of(p.input(kCellState)) != 0) {
    return p.fail("the cell state needs a scale of 2^-9 to 2^-15 and a zero point of 0");
  }
  if (parts.norm && s.cell > 32768) return p.fail("normalization takes at most 32768 cells");
  Between between = {};
  INLAY_TRY(find_between(p, parts.norm, &between));
  out->shape = s;
  for (int g = parts.input_gate ? 0 : 1; g < kLstmGates; ++g) {
    INLAY_TRY(prepare_integer_gate(p, g, parts, s, between, bias_dtype, &out->scales[g]));
  }
  if (parts.projection) {
    float scale = 0.0f;
    INLAY_TRY(weights_input(p, kProjection, INLAY_INT8, s.out, s.cell, "projection weights", &scale));
    INLAY_TRY(scale_ratio(p, between.hidden * scale, scale_of(y), &out->projection_scale));
    if (p.input(kProjectionBias) != nullptr) {
      INLAY_TRY(weights_input(p, kProjectionBias, bias_dtype, s.out, 0, "projection biases", nullptr));
    }
  }
  INLAY_TRY(scale_ratio(p, 1.0f / 1073741824.0f, between.hidden, &out->hidden_scale));
  out->input_zero = zero_point_of(x);
  out->hidden_zero = between.hidden_zero;
  out->output_zero = zero_point_of(y);
  out->cell_clip = clip_of(r.cell_clip, scale_of(p.input(kCellState)), 32767);
  out->projection_clip = clip_of(r.projection_clip, scale_of(y), dtype_range(y->dtype).max);
  p.scratch(kernels::lstm_integer_scratch(s.cell));
  return INLAY_OK;
}

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  INLAY_TRY(p.counts(1, kInputs, 1));
  const inlay_recurrent* r = nullptr;
  Sequence q = {};
  Parts parts = {};
  INLAY_TRY(prepare_sequence(p, &r, &q));
  INLAY_TRY(find_parts(p, &parts));
  const inlay_tensor* x = p.input(kX);
  const inlay_tensor* recurrent = p.input(kRecurrent + kForgetGate);
  INLAY_TRY(p.dtype(x, kFloat | dtype_bit(INLAY_INT8) | dtype_bit(INLAY_INT16), "input"));
  if (recurrent == nullptr) return p.fail("recurrent weights are missing");
  INLAY_TRY(p.dtype(recurrent, kFloat | dtype_bit(INLAY_INT8), "recurrent weights"));
  INLAY_TRY(p.rank(recurrent, 2, 2, "recurrent weights"));
  const int32_t cell = recurrent->dims[0], out = recurrent->dims[1];
  constexpr int32_t kLargest = 1 << 24;  // far above any layer; keeps sizes inside 32 bits
  if (cell < 1 || out < 1 || cell > kLargest || out > kLargest || q.in > kLargest) return p.fail("its sizes are empty or too large");
  if (!parts.projection && cell != out) return p.fail("without a projection there are as many outputs as cells");
  const kernels::LstmShape shape = {q.steps, q.batch, q.in, cell, out, q.backward ? 1 : 0, q.time_stride, q.batch_stride};
  auto* data = p.data<Data>();
  if (x->dtype != INLAY_FLOAT32) {
    INLAY_TRY(prepare_integer(p, *r, parts, shape, &data->integer));
  } else {
    INLAY_TRY(prepare_float(p, *r, parts, shape, &data->real));
  }
  return sequence_output(p, out);
}

/// Where the weights of a layer lie.
template <typename W, typename Peephole, typename Norm, typename Bias>
void find_weights(const Eval& e, kernels::LstmWeights<W, Peephole, Norm, Bias>* out) {
  for (int g = 0; g < kLstmGates; ++g) {
    const int peephole = kPeepholeOf[g];
    out->gates[g] = {e.optional_input<W>(kWeights + g), e.optional_input<W>(kRecurrent + g),
                     peephole >= 0 ? e.optional_input<Peephole>(kPeephole + peephole) : nullptr, e.optional_input<Norm>(kNorm + g),
                     e.optional_input<Bias>(kBias + g)};
  }
  out->projection = e.optional_input<W>(kProjection);
  out->projection_bias = e.optional_input<Bias>(kProjectionBias);
}

template <typename A>
void eval_integer(const Eval& e) {
  kernels::IntegerLstm lstm = {e.data<Data>()->integer, {}};
  find_weights(e, &lstm);
  kernels::lstm_integer(lstm, e.input<A>(kX), state_of<A>(e, kOutputState), state_of<int16_t>(e, kCellState), e.output<A>(0),
                        e.scratch<void>());
}

template <typename W>
void eval_float(const Eval& e) {
  kernels::FloatLstm<W> lstm = {e.data<Data>()->real, {}};
  find_weights(e, &lstm);
  kernels::lstm_float(lstm, e.input<float>(kX), state_of<float>(e, kOutputState), state_of<float>(e, kCellState), e.output<float>(0),
                      e.scratch<void>());
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  switch (e.input_tensor(kX)->dtype) {
    case INLAY_INT8: eval_integer<int8_t>(e); break;
    case INLAY_INT16: eval_integer<int16_t>(e); break;
    default: e.input_tensor(kRecurrent + kForgetGate)->dtype == INLAY_FLOAT32 ? eval_float<float>(e) : eval_float<int8_t>(e); break;
  }
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(unidirectional_sequence_lstm, UNIDIRECTIONAL_SEQUENCE_LSTM, NONE, sizeof(Data), prepare, eval)

}  // namespace inlay
