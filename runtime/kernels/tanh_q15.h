// SPDX-License-Identifier: Apache-2.0
// tanh and the logistic function in fixed point, for the gates of integer recurrent ops: one table of 257 values in flash,
// linear between them. Off by at most 4 / 32768 (measured over every argument).
#pragma once
#include <cstdint>

namespace inlay::kernels {

constexpr int32_t kTanhQ15Steps = 256;  ///< of 1/32, over [0, 8]
extern const int16_t kTanhQ15[kTanhQ15Steps + 1];

/// 32768 tanh(x / 32768), |x| <= 2^30.
inline int32_t tanh_q15(int32_t x) {
  constexpr int32_t kEnd = 8 << 15;
  const int32_t a = x < 0 ? -x : x;
  int32_t v = 32767;
  if (a < kEnd) {
    const int32_t low = kTanhQ15[a >> 10];
    v = low + (((kTanhQ15[(a >> 10) + 1] - low) * (a & 1023) + 512) >> 10);
  }
  return x < 0 ? -v : v;
}

/// 32768 / (1 + e^(-x / 4096)), 0..32767: the gates keep 12 bits of fraction. logistic(x) = (1 + tanh(x / 2)) / 2.
inline int32_t logistic_q15(int32_t x) { return (32768 + tanh_q15(x * 4)) >> 1; }

}  // namespace inlay::kernels
