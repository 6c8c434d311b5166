// SPDX-License-Identifier: Apache-2.0
#include "kernels/logistic.h"

#include "core/math.h"

namespace inlay::kernels {

void logistic_table(const LogisticQuant& quant, uint8_t* table) {
  for (int32_t x = quant.range.min; x <= quant.range.max; ++x) {
    const float v = logistic_det(quant.input_scale * static_cast<float>(x - quant.input_zero));
    table[x & 255] = static_cast<uint8_t>(quantize(v / quant.output_scale, 1.0f, quant.output_zero, quant.range));
  }
}

void logistic_8(const uint8_t* table, int64_t count, const uint8_t* input, uint8_t* output) {
  for (int64_t i = 0; i < count; ++i) output[i] = table[input[i]];
}

void logistic_f32(int64_t count, const float* input, float* output) {
  for (int64_t i = 0; i < count; ++i) output[i] = logistic_det(input[i]);
}

}  // namespace inlay::kernels
