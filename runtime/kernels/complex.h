// SPDX-License-Identifier: Apache-2.0
// From complex values to real ones.
#pragma once
#include <cmath>

#include "kernels/fft.h"

namespace inlay::kernels {

inline void complex_real(int64_t count, const Complex* in, float* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = in[i].re;
}

inline void complex_imag(int64_t count, const Complex* in, float* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = in[i].im;
}

/// The larger part factored out, so that squares neither overflow nor vanish.
inline void complex_abs(int64_t count, const Complex* in, float* out) {
  for (int64_t i = 0; i < count; ++i) {
    const float a = std::fabs(in[i].re), b = std::fabs(in[i].im);
    const float high = a > b ? a : b, low = a > b ? b : a;
    const float t = high == 0.0f ? 0.0f : low / high;
    out[i] = high * std::sqrt(1.0f + t * t);
  }
}

}  // namespace inlay::kernels
