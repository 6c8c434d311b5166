// SPDX-License-Identifier: Apache-2.0
// What a sum of products of floats may be off by. With S the sum of its products without their signs and k how many there are:
//   f32 k S 2^-24;  tf32 S (2^-10 + k 2^-23);  bf16 S (2^-8 + k 2^-23);  f16 S k 2^-23 and the rounding of the result, 2^-11 of
//   it.
#pragma once
#include <cmath>

#include "ops/gemm_float.h"

namespace inlay::cuda {

/// By Math.
inline constexpr uint32_t kAllowed[] = {0, INLAY_FAST_MATH_TF32, INLAY_FAST_MATH_BF16, INLAY_FAST_MATH_FP16};
inline constexpr Math kMaths[] = {Math::kF32, Math::kTf32, Math::kBf16, Math::kF16};

/// A value and the sum of its products without signs.
struct Exact {
  double value = 0.0, size = 0.0;
  void add(double product) { value += product, size += std::fabs(product); }
};

inline double bound_of(Math math, const Exact& sum, int32_t products) {
  const double k = products + 2;
  switch (math) {
    case Math::kF32: return sum.size * k * std::ldexp(1.0, -24);
    case Math::kTf32: return sum.size * (std::ldexp(1.001, -10) + k * std::ldexp(1.0, -23));
    case Math::kBf16: return sum.size * (std::ldexp(1.004, -8) + k * std::ldexp(1.0, -23));
    default: return sum.size * k * std::ldexp(1.0, -23) + std::fabs(sum.value) * std::ldexp(1.0, -11) + std::ldexp(1.0, -24);
  }
}

}  // namespace inlay::cuda
