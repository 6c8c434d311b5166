// SPDX-License-Identifier: Apache-2.0
// Basic recurrent layers: h = act(W x + R h + bias), once per step. Portable references.
#pragma once
#include <cstdint>

#include "kernels/matvec.h"

namespace inlay::kernels {

/// Element (t, b) of a sequence lies at t * time_stride + b * batch_stride vectors.
struct RnnShape {
  int32_t steps, batch, in, units;
  int64_t time_stride, batch_stride;
};

struct RnnMath {
  RnnShape shape;
  int32_t backward;  ///< 1: from the last step to the first
  uint32_t activation;
  float input_scale, recurrent_scale;  ///< hybrid
  int32_t asymmetric;                  ///< hybrid: 0 or 1
  int32_t gap = 0;
};

/// W [units, in], R [units, units], bias [units].
struct Rnn : RnnMath {
  const void* input;  ///< float, or int8_t when hybrid
  const void* recurrent;
  const float* bias;
};

/// h [batch, units] is the state: read and written. y gets h after every step.
void rnn_f32(const Rnn& rnn, const float* x, float* h, float* y);
/// int8 weights; scratch of in + units bytes.
void rnn_hybrid(const Rnn& rnn, const float* x, float* h, float* y, void* scratch);

}  // namespace inlay::kernels
