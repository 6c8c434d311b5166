// SPDX-License-Identifier: Apache-2.0
// The logistic function. Portable references; the definition of the op's numbers. All work in place.
#pragma once
#include <cstdint>

#include "core/quant.h"

namespace inlay::kernels {

constexpr int32_t kLogisticTable = 256;

/// Quantization of an 8-bit logistic.
struct LogisticQuant {
  float input_scale, output_scale;
  int32_t input_zero, output_zero;
  QuantRange range;  ///< of the dtype of input and output
};

/// table[stored byte of x] = stored byte of quantize(logistic_det(scale * (x - zero))).
void logistic_table(const LogisticQuant& quant, uint8_t* table);

/// 8 bit, signed or not: bytes through a table.
void logistic_8(const uint8_t* table, int64_t count, const uint8_t* input, uint8_t* output);

void logistic_f32(int64_t count, const float* input, float* output);

}  // namespace inlay::kernels
