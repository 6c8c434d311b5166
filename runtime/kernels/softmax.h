// SPDX-License-Identifier: Apache-2.0
// Softmax over rows. Portable references; the definition of the op's numbers. All work in place.
#pragma once
#include <cstdint>

namespace inlay::kernels {

/// Input and output [rows, depth].
struct SoftmaxShape {
  int64_t rows;
  int32_t depth;
};

constexpr int32_t kSoftmaxTable = 256;

/// table[d] = rint(2^30 * e^(-d * beta * scale)): what a value `d` steps below its row's largest weighs.
void softmax_table(float beta, float scale, uint32_t* table);

/// 8 bit with an output scale of 1/256 and zero point of the lowest value. Pure integers: with sum = sum(table[max - x]) shifted
/// right by the least k that brings it below 2^23, q = min((((table >> k) * 256) + (sum >> k) / 2) / (sum >> k), 255) + lowest.
void softmax_s8(const SoftmaxShape& shape, const uint32_t* table, const int8_t* input, int8_t* output);
void softmax_u8(const SoftmaxShape& shape, const uint32_t* table, const uint8_t* input, uint8_t* output);

/// float32: e^((x - max) * beta) / sum, with exp_det.
void softmax_f32(const SoftmaxShape& shape, float beta, const float* input, float* output);

}  // namespace inlay::kernels
