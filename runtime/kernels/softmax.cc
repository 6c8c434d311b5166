// SPDX-License-Identifier: Apache-2.0
#include "kernels/softmax.h"

#include "core/math.h"

namespace inlay::kernels {
namespace {

template <typename T>
T largest(const T* row, int32_t depth) {
  T max = row[0];
  for (int32_t i = 1; i < depth; ++i) max = row[i] > max ? row[i] : max;
  return max;
}

template <typename T>
void softmax_q8(const SoftmaxShape& s, const uint32_t* table, int32_t lowest, const T* input, T* output) {
  for (int64_t r = 0; s.depth > 0 && r < s.rows; ++r, input += s.depth, output += s.depth) {
    const int32_t max = largest(input, s.depth);
    uint64_t total = 0;
    for (int32_t i = 0; i < s.depth; ++i) total += table[max - input[i]];
    // 23 bits leave room for 8 bits of output, and for half a divisor, in 32-bit arithmetic. Only the shift sees 64 bits.
    int32_t shift = 0;
    while ((total >> shift) >= (1u << 23)) ++shift;
    const auto sum = static_cast<uint32_t>(total >> shift);
    const int32_t table_shift = shift < 31 ? shift : 31;  // beyond, every weight is nothing
    for (int32_t i = 0; i < s.depth; ++i) {
      const uint32_t q = (((table[max - input[i]] >> table_shift) << 8) + sum / 2) / sum;
      output[i] = static_cast<T>(static_cast<int32_t>(q < 255 ? q : 255) + lowest);
    }
  }
}

}  // namespace

void softmax_table(float beta, float scale, uint32_t* table) {
  const float step = -(beta * scale);
  table[0] = 1u << 30;  // never 0 times an infinite step
  for (int32_t d = 1; d < kSoftmaxTable; ++d) {
    table[d] = static_cast<uint32_t>(exp_det(step * static_cast<float>(d)) * 1073741824.0f + 0.5f);
  }
}

void softmax_s8(const SoftmaxShape& shape, const uint32_t* table, const int8_t* input, int8_t* output) {
  softmax_q8(shape, table, -128, input, output);
}

void softmax_u8(const SoftmaxShape& shape, const uint32_t* table, const uint8_t* input, uint8_t* output) {
  softmax_q8(shape, table, 0, input, output);
}

void softmax_f32(const SoftmaxShape& s, float beta, const float* input, float* output) {
  constexpr int32_t kLanes = 8;  // partial sums: strict float arithmetic vectorizes only an order that is written down
  for (int64_t r = 0; s.depth > 0 && r < s.rows; ++r, input += s.depth, output += s.depth) {
    const float max = largest(input, s.depth);
    for (int32_t i = 0; i < s.depth; ++i) output[i] = exp_det((input[i] - max) * beta);
    float lanes[kLanes] = {};
    int32_t i = 0;
    for (; i + kLanes <= s.depth; i += kLanes) {
      for (int32_t j = 0; j < kLanes; ++j) lanes[j] += output[i + j];
    }
    for (int32_t j = 0; i < s.depth; ++i, ++j) lanes[j] += output[i];
    const float sum = ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
    const float inverse = 1.0f / sum;
    for (i = 0; i < s.depth; ++i) output[i] *= inverse;
  }
}

}  // namespace inlay::kernels
