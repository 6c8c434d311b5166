// SPDX-License-Identifier: Apache-2.0
// ADD, SUB, MUL and PRELU of floats, AVX2. Every element takes the portable kernel's operations, so that its bits stay.
#include "kernels/avx2_inl.h"
#include "kernels/elementwise_twins.h"

namespace inlay::kernels {
namespace {

struct Clamp {
  __m256 low, high;
  explicit Clamp(const void* math) {
    const auto& range = *static_cast<const FloatRange*>(math);
    low = _mm256_set1_ps(range.min);
    high = _mm256_set1_ps(range.max);
  }
  /// The second operand of max and min wins when either is NaN, so that a NaN stays.
  __m256 clamp(__m256 v) const { return _mm256_min_ps(high, _mm256_max_ps(low, v)); }
};

struct Add : Clamp {
  using Clamp::Clamp;
  __m256 operator()(__m256 a, __m256 b) const { return clamp(_mm256_add_ps(a, b)); }
};
struct Sub : Clamp {
  using Clamp::Clamp;
  __m256 operator()(__m256 a, __m256 b) const { return clamp(_mm256_sub_ps(a, b)); }
};
struct Mul : Clamp {
  using Clamp::Clamp;
  __m256 operator()(__m256 a, __m256 b) const { return clamp(_mm256_mul_ps(a, b)); }
};
struct Prelu {
  explicit Prelu(const void*) {}
  __m256 operator()(__m256 x, __m256 alpha) const {
    const __m256 positive = _mm256_cmp_ps(x, _mm256_setzero_ps(), _CMP_GE_OQ);
    return _mm256_blendv_ps(_mm256_mul_ps(x, alpha), x, positive);
  }
};

/// Lanes below n, 0 < n < 8.
inline __m256i lanes(int64_t n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int32_t>(n)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

template <typename Op>
void row(const void* math, const void* a_in, int64_t a_step, const void* b_in, int64_t b_step, int64_t count, void* output) {
  const Op op(math);
  const auto* a = static_cast<const float*>(a_in);
  const auto* b = static_cast<const float*>(b_in);
  auto* out = static_cast<float*>(output);
  if (count < 1) return;
  const __m256 same_a = _mm256_set1_ps(*a), same_b = _mm256_set1_ps(*b);
  int64_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m256 x = a_step != 0 ? _mm256_loadu_ps(a + i) : same_a;
    const __m256 y = b_step != 0 ? _mm256_loadu_ps(b + i) : same_b;
    _mm256_storeu_ps(out + i, op(x, y));
  }
  if (i == count) return;
  const __m256i rest = lanes(count - i);
  const __m256 x = a_step != 0 ? _mm256_maskload_ps(a + i, rest) : same_a;
  const __m256 y = b_step != 0 ? _mm256_maskload_ps(b + i, rest) : same_b;
  _mm256_maskstore_ps(out + i, rest, op(x, y));
}

bool any_math(const void*) { return true; }

}  // namespace

extern "C" const PairTwin kAddF32Avx2 = {any_math, row<Add>};
extern "C" const PairTwin kSubF32Avx2 = {any_math, row<Sub>};
extern "C" const PairTwin kMulF32Avx2 = {any_math, row<Mul>};
extern "C" const PairTwin kPreluF32Avx2 = {any_math, row<Prelu>};

}  // namespace inlay::kernels
