// SPDX-License-Identifier: Apache-2.0
// What launches of attention pass by value; plain C++, for kernels and for who launches them.
#pragma once
#include <cstdint>

namespace inlay::cuda {

/// q is [m][depth], k [n][depth], v [n][width] for every matrix of the output [m][width]; strides in elements. Score (row, key) is
/// factor * sum over the depth + mask[row * mask_row + key * mask_column], its weight e^(beta * score) over the sum of those of the row.
struct Attention {
  int32_t batch, m, n, depth, width;
  int32_t q_row, q_step, k_row, k_step, v_row, v_column;
  int32_t mask_row, mask_column;
  float factor, beta;
};

}  // namespace inlay::cuda
