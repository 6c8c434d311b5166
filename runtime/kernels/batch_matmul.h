// SPDX-License-Identifier: Apache-2.0
// Products of stacks of matrices. Portable references; the definition of the op's numbers.
#pragma once
#include "core/fixed_scale.h"
#include "kernels/broadcast.h"
#include "kernels/hybrid.h"

namespace inlay::kernels {

/// output [batch, m, n] = a [batch, m, k] * b [batch, k, n]; a transposed operand is stored as [k, m] or [n, k]. `batch` walks
/// the dims in front, which broadcast, in whole matrices.
struct MatmulShape {
  Broadcast batch;
  int32_t m, k, n;
  bool transpose_a, transpose_b;
  uint8_t gap[2] = {};
};

/// acc = sum((a - a_zero) * (b - b_zero)) in int32, which wraps; requantized as a convolution.
struct MatmulQuant {
  float scale;
  int32_t a_zero, b_zero, output_zero;
  QuantRange range;
};

void batch_matmul_f32(const MatmulShape& shape, const float* a, const float* b, float* output);
void batch_matmul_s8(const MatmulShape& shape, const MatmulQuant& quant, const int8_t* a, const int8_t* b, int8_t* output);
/// Zero points are 0; 64-bit sums.
void batch_matmul_s16(const MatmulShape& shape, FixedScale scale, QuantRange range, const int16_t* a, const int16_t* b,
                      int16_t* output);
/// float32 times int8 with one scale, or one per column of the product. Each row of `a` is quantized by itself. `row` takes k
/// floats and `scratch` k bytes.
void batch_matmul_hybrid(const MatmulShape& shape, const HybridScales& scales, const float* a, const int8_t* b, float* row,
                         int8_t* scratch, float* output);

}  // namespace inlay::kernels
