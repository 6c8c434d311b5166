// SPDX-License-Identifier: Apache-2.0
// ADD, SUB and MUL of 8-bit values, AVX2: 32 elements at a time, in the integers and floats of the portable kernels.
#include "kernels/add.h"
#include "kernels/avx2_inl.h"
#include "kernels/elementwise_twins.h"
#include "kernels/mul.h"

namespace inlay::kernels {
namespace {

/// Sixteen int16, plus the zero point and clamped. What saturates is far outside of every range.
struct Finish {
  __m256i zero, low, high;
  Finish(int32_t output_zero, QuantRange range)
      : zero(_mm256_set1_epi16(static_cast<int16_t>(output_zero))),
        low(_mm256_set1_epi16(static_cast<int16_t>(range.min))),
        high(_mm256_set1_epi16(static_cast<int16_t>(range.max))) {}
  __m256i operator()(__m256i a, __m256i b) const {
    const __m256i v = _mm256_adds_epi16(_mm256_packs_epi32(a, b), zero);
    return _mm256_max_epi16(low, _mm256_min_epi16(high, v));
  }
};

/// (a * a_factor + b * b_factor + bias) >> shift, modulo 2^32 until the shift, as the whole sum fits. A factor has up to 22 bits:
/// its low 12 and the rest are multiplied apart, with a and b side by side.
struct Add {
  __m256i upper, lower, bias;
  __m128i shift;
  Finish finish;

  static __m256i pairs(int32_t a, int32_t b) {
    return _mm256_set1_epi32(static_cast<int32_t>(static_cast<uint32_t>(b) << 16 | (static_cast<uint32_t>(a) & 0xffffu)));
  }
  explicit Add(const AddQuant& q)
      : upper(pairs(q.a_factor >> 12, q.b_factor >> 12)),
        lower(pairs(q.a_factor & 4095, q.b_factor & 4095)),
        bias(_mm256_set1_epi32((1 << (q.shift - 1)) - q.a_zero * q.a_factor - q.b_zero * q.b_factor)),
        shift(_mm_cvtsi32_si128(q.shift)),
        finish(q.output_zero, q.range) {}

  __m256i sums(__m256i ab) const {
    const __m256i high = _mm256_slli_epi32(_mm256_madd_epi16(ab, upper), 12);
    const __m256i acc = _mm256_add_epi32(high, _mm256_add_epi32(_mm256_madd_epi16(ab, lower), bias));
    return _mm256_sra_epi32(acc, shift);
  }
  __m256i operator()(__m256i a, __m256i b) const {
    return finish(sums(_mm256_unpacklo_epi16(a, b)), sums(_mm256_unpackhi_epi16(a, b)));
  }
  /// The portable kernel's condition for 32 bits.
  static bool takes(const void* math) {
    const auto& q = *static_cast<const AddQuant*>(math);
    return q.shift > 0 && q.shift <= 30;
  }
  using Math = AddQuant;
};

struct Mul {
  __m256i a_zero, b_zero;
  __m256 scale, low, high;
  Finish finish;

  explicit Mul(const MulQuant& q)
      : a_zero(_mm256_set1_epi16(static_cast<int16_t>(q.a_zero))),
        b_zero(_mm256_set1_epi16(static_cast<int16_t>(q.b_zero))),
        scale(_mm256_set1_ps(q.scale)),
        low(_mm256_set1_ps(static_cast<float>(q.range.min - q.output_zero))),
        high(_mm256_set1_ps(static_cast<float>(q.range.max - q.output_zero))),
        finish(q.output_zero, q.range) {}

  __m256i rounded(__m256i product) const {
    const __m256 v = _mm256_max_ps(low, _mm256_mul_ps(_mm256_cvtepi32_ps(product), scale));
    return _mm256_cvtps_epi32(_mm256_min_ps(high, v));
  }
  __m256i operator()(__m256i a, __m256i b) const {
    const __m256i x = _mm256_sub_epi16(a, a_zero), y = _mm256_sub_epi16(b, b_zero);
    const __m256i lower = _mm256_mullo_epi16(x, y), upper = _mm256_mulhi_epi16(x, y);
    return finish(rounded(_mm256_unpacklo_epi16(lower, upper)), rounded(_mm256_unpackhi_epi16(lower, upper)));
  }
  static bool takes(const void*) { return true; }
  using Math = MulQuant;
};

constexpr int64_t kStep = 32;

template <typename T, typename Op>
inline void step(const Op& op, const T* a, const T* b, T* out) {
  const __m256i first = op(widen16(a), widen16(b)), second = op(widen16(a + 16), widen16(b + 16));
  const __m256i bytes = T(-1) < T(0) ? _mm256_packs_epi16(first, second) : _mm256_packus_epi16(first, second);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), _mm256_permute4x64_epi64(bytes, 0xd8));
}

template <typename T, typename Op>
void row(const void* math, const void* a_in, int64_t a_step, const void* b_in, int64_t b_step, int64_t count, void* output) {
  const Op op(*static_cast<const typename Op::Math*>(math));
  const T* a = static_cast<const T*>(a_in);
  const T* b = static_cast<const T*>(b_in);
  T* out = static_cast<T*>(output);
  T same_a[kStep], same_b[kStep], rest[kStep];
  // An operand of one value is read from here again and again.
  if (a_step == 0) a = static_cast<const T*>(std::memset(same_a, *a, kStep));
  if (b_step == 0) b = static_cast<const T*>(std::memset(same_b, *b, kStep));
  int64_t i = 0;
  for (; i + kStep <= count; i += kStep) step(op, a + i * a_step, b + i * b_step, out + i);
  if (i == count) return;
  const auto n = static_cast<size_t>(count - i);
  if (a_step != 0) a = static_cast<const T*>(std::memcpy(same_a, a + i, n));
  if (b_step != 0) b = static_cast<const T*>(std::memcpy(same_b, b + i, n));
  step(op, a, b, rest);
  std::memcpy(out + i, rest, n);
}

}  // namespace

extern "C" const PairTwin kAddS8Avx2 = {Add::takes, row<int8_t, Add>};
extern "C" const PairTwin kAddU8Avx2 = {Add::takes, row<uint8_t, Add>};
extern "C" const PairTwin kMulS8Avx2 = {Mul::takes, row<int8_t, Mul>};
extern "C" const PairTwin kMulU8Avx2 = {Mul::takes, row<uint8_t, Mul>};

}  // namespace inlay::kernels
