// SPDX-License-Identifier: Apache-2.0
// Softmax of int16 rows, output in Q15 (scale 1/32768, zero point 0), through two tables of 513 samples. Works in place.
#pragma once
#include "kernels/softmax.h"

namespace inlay::kernels {

struct Softmax16 {
  const int16_t* exponent;    ///< e^x, x from -10 to 0
  const int16_t* reciprocal;  ///< 1 / (1 + x), x from 0 to 1
  int32_t multiplier, shift;  ///< multiplier * 2^(shift - 31): from input steps to steps of 10 / 65535
};
constexpr int32_t kSoftmax16MaxDepth = 65536;  ///< an int32 then holds the sum

/// Fills both tables, 513 values each.
void make_softmax16_tables(int16_t* exponent, int16_t* reciprocal);
/// The multiplier of scale * beta.
void make_softmax16_scale(float scale, float beta, Softmax16* out);

void softmax_s16(const SoftmaxShape& shape, const Softmax16& tables, const int16_t* input, int16_t* output);

}  // namespace inlay::kernels
