// SPDX-License-Identifier: Apache-2.0
// SVDF: a rank-limited dense layer over the last `memory` inputs. Each of units * rank filters keeps the last `memory` of its
// feature values, newest last; a unit adds up what `rank` filters make of their memories. Portable references.
#pragma once
#include <cstdint>

#include "kernels/matvec.h"

namespace inlay::kernels {

struct SvdfShape {
  int32_t batch, in, units, rank, memory;
};

/// x [batch, in], state [batch, units * rank, memory], y [batch, units]; features [units * rank, in] and times
/// [units * rank, memory] as W, bias [units] or NULL. Scales and scratch (`in` bytes) for int8 weights only.
struct FloatSvdfMath {
  SvdfShape shape;
  float feature_scale, time_scale;
  uint32_t activation;
  int32_t asymmetric;  ///< 0 or 1
};
template <typename W>
struct FloatSvdf : FloatSvdfMath {
  const W* features;
  const W* times;
  const float* bias;
};
void svdf_float(const FloatSvdf<float>& svdf, const float* x, float* state, float* y, void* scratch);
void svdf_float(const FloatSvdf<int8_t>& svdf, const float* x, float* state, float* y, void* scratch);

/// int8 in and out; state and times both int16 or both int8. Zero points of weights and state are 0.
struct IntegerSvdfMath {
  SvdfShape shape;
  float feature_scale;  ///< s_x * s_features / s_state
  float time_scale;     ///< s_state * s_times / s_y
  int32_t input_zero, output_zero;
  QuantRange range;
};
struct IntegerSvdf : IntegerSvdfMath {
  const int8_t* features;
  const void* times;
  const int32_t* bias;
};
void svdf_integer(const IntegerSvdf& svdf, const int8_t* x, int16_t* state, int8_t* y);
void svdf_integer(const IntegerSvdf& svdf, const int8_t* x, int8_t* state, int8_t* y);

}  // namespace inlay::kernels
