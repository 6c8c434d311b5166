// SPDX-License-Identifier: Apache-2.0
// LSTM layers over a sequence. Portable references; the definition of the op's numbers (docs/numerics.md).
//
//   i = logistic(Wi x + Ri h + Pi c + bi)      f, o likewise; o looks at the new c
//   g = act(Wg x + Rg h + bg)
//   c = f c + i g, clipped;  h = o act(c);  with a projection h = Wp (o act(c)) + bp, clipped
//
// Without an input gate i = 1 - f. With normalization a sum without bias is brought to mean 0 and deviation 1, then scaled
// by one coefficient per cell, before the bias is added.
#pragma once
#include <cstdint>

#include "kernels/matvec.h"

namespace inlay::kernels {

enum LstmGateIndex { kInputGate, kForgetGate, kCellGate, kOutputGate, kLstmGates };

/// Element (t, b) of a sequence lies at t * time_stride + b * batch_stride vectors.
struct LstmShape {
  int32_t steps, batch, in, cell, out;
  int32_t backward;  ///< 1: from the last step to the first
  int64_t time_stride, batch_stride;
};

/// Per gate matrices [cell, in] and [cell, out], the rest [cell]; projection [out, cell], its bias [out]. NULL: not there. The
/// recurrent weights are never NULL of a gate that exists.
template <typename W, typename Peephole, typename Norm, typename Bias>
struct LstmWeights {
  struct Gate {
    const W* input;
    const W* recurrent;
    const Peephole* peephole;
    const Norm* norm;
    const Bias* bias;
  } gates[kLstmGates];
  const W* projection;
  const Bias* projection_bias;
};

/// What the quantized weights of a gate are scaled by.
struct GateScales {
  float input, recurrent, peephole, norm;
};

/// Scales are those of int8 weights.
struct FloatLstmMath {
  LstmShape shape;
  GateScales scales[kLstmGates];
  float projection_scale;
  float cell_clip, projection_clip;  ///< 0: none
  uint32_t activation;
  int32_t asymmetric;  ///< 0 or 1: how int8 weights have activations quantized
};

/// W is float or int8_t.
template <typename W>
using FloatLstmWeights = LstmWeights<W, W, float, float>;
template <typename W>
struct FloatLstm : FloatLstmMath, FloatLstmWeights<W> {};

/// Bytes of scratch that lstm_float needs, aligned to 4.
inline size_t lstm_float_scratch(int32_t in, int32_t cell, int32_t out) {
  return kLstmGates * sizeof(float) * static_cast<size_t>(cell) + static_cast<size_t>(in) + static_cast<size_t>(cell) +
         static_cast<size_t>(out);
}
/// h [batch, out] and c [batch, cell] are the state: read and written.
void lstm_float(const FloatLstm<float>& lstm, const float* x, float* h, float* c, float* y, void* scratch);
void lstm_float(const FloatLstm<int8_t>& lstm, const float* x, float* h, float* c, float* y, void* scratch);

/// Activations are int8 or int16, the cell state int16 of the scale 2^-cell_bits, 9 <= cell_bits <= 15. A gate's scale brings a
/// sum to 2^-12 (or, with norm, to the scale that the model gives); that of norm is 4096 times the model's.
struct IntegerLstmMath {
  LstmShape shape;
  GateScales scales[kLstmGates];
  float projection_scale;                       ///< s_hidden * s_weights / s_output
  float hidden_scale;                           ///< 2^-30 / s_hidden
  int32_t input_zero, hidden_zero, output_zero;
  int32_t cell_bits;
  int32_t cell_clip, projection_clip;  ///< on the stored numbers; 0: none
};

/// Biases are int32_t, or int64_t with 16-bit activations; 2^-10 of the norm scale's unit with norm.
using IntegerLstmWeights = LstmWeights<int8_t, int16_t, int16_t, void>;
struct IntegerLstm : IntegerLstmMath, IntegerLstmWeights {};

/// Bytes of scratch that lstm_integer needs, aligned to 4.
inline size_t lstm_integer_scratch(int32_t cell) { return (kLstmGates + 1) * sizeof(int16_t) * static_cast<size_t>(cell); }
void lstm_integer(const IntegerLstm& lstm, const int8_t* x, int8_t* h, int16_t* c, int8_t* y, void* scratch);
void lstm_integer(const IntegerLstm& lstm, const int16_t* x, int16_t* h, int16_t* c, int16_t* y, void* scratch);

}  // namespace inlay::kernels
