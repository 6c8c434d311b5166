// SPDX-License-Identifier: Apache-2.0
// MAX_POOL_2D and AVERAGE_POOL_2D, AVX2: a block of channels stays in registers for the whole window. The last block overlaps the
// one before it.
#include "kernels/avx2_inl.h"
#include "kernels/elementwise_twins.h"

namespace inlay::kernels {
namespace {

template <typename T>
struct MaxBytes {
  using Value = T;
  static constexpr int32_t kLanes = 16;
  static constexpr bool kSigned = T(-1) < T(0);
  __m128i low, high;
  explicit MaxBytes(const void* range) {
    const auto& r = *static_cast<const QuantRange*>(range);
    low = _mm_set1_epi8(static_cast<char>(r.min));
    high = _mm_set1_epi8(static_cast<char>(r.max));
  }
  __m128i start() const { return _mm_set1_epi8(kSigned ? -128 : 0); }
  static __m128i max(__m128i a, __m128i b) { return kSigned ? _mm_max_epi8(a, b) : _mm_max_epu8(a, b); }
  static __m128i min(__m128i a, __m128i b) { return kSigned ? _mm_min_epi8(a, b) : _mm_min_epu8(a, b); }
  __m128i step(__m128i acc, const T* x) const { return max(acc, load128(x)); }
  void store(__m128i acc, int32_t, T* out) const { store_bytes(out, min(high, max(low, acc)), 16); }
};

struct Ints16 {
  __m256i lower, upper;
};

/// Sums in int32. The quotient of floats, cut off, is that of the integers: the dividend has at most 24 bits, the divisor 16.
template <typename T>
struct MeanBytes {
  using Value = T;
  static constexpr int32_t kLanes = 16;
  __m256i low, high;
  explicit MeanBytes(const void* range) {
    const auto& r = *static_cast<const QuantRange*>(range);
    low = _mm256_set1_epi32(r.min);
    high = _mm256_set1_epi32(r.max);
  }
  Ints16 start() const { return {_mm256_setzero_si256(), _mm256_setzero_si256()}; }
  Ints16 step(Ints16 acc, const T* x) const {
    const __m256i v = widen16(x);
    return {_mm256_add_epi32(acc.lower, _mm256_cvtepi16_epi32(_mm256_castsi256_si128(v))),
            _mm256_add_epi32(acc.upper, _mm256_cvtepi16_epi32(_mm256_extracti128_si256(v, 1)))};
  }
  __m256i mean(__m256i sum, int32_t count) const {
    const __m256i half = _mm256_sign_epi32(_mm256_set1_epi32(count / 2), sum);  // away from zero; nothing to add to a 0
    const __m256 quotient =
        _mm256_div_ps(_mm256_cvtepi32_ps(_mm256_add_epi32(sum, half)), _mm256_set1_ps(static_cast<float>(count)));
    return _mm256_min_epi32(high, _mm256_max_epi32(low, _mm256_cvttps_epi32(quotient)));
  }
  void store(Ints16 acc, int32_t count, T* out) const {
    store_bytes(out, narrow16<T>(mean(acc.lower, count), mean(acc.upper, count)), 16);
  }
};

struct Floats {
  using Value = float;
  static constexpr int32_t kLanes = 8;
  __m256 low, high;
  explicit Floats(const void* range) {
    const auto& r = *static_cast<const FloatRange*>(range);
    low = _mm256_set1_ps(r.min);
    high = _mm256_set1_ps(r.max);
  }
  /// Of two operands that are equal or NaN, max and min give the second.
  void store_clamped(__m256 v, float* out) const { _mm256_storeu_ps(out, _mm256_min_ps(high, _mm256_max_ps(low, v))); }
};
struct MaxFloats : Floats {
  using Floats::Floats;
  __m256 start() const { return _mm256_set1_ps(-__builtin_inff()); }
  __m256 step(__m256 acc, const float* x) const { return _mm256_max_ps(_mm256_loadu_ps(x), acc); }
  void store(__m256 acc, int32_t, float* out) const { store_clamped(acc, out); }
};
struct MeanFloats : Floats {
  using Floats::Floats;
  __m256 start() const { return _mm256_setzero_ps(); }
  __m256 step(__m256 acc, const float* x) const { return _mm256_add_ps(acc, _mm256_loadu_ps(x)); }
  void store(__m256 acc, int32_t count, float* out) const {
    store_clamped(_mm256_div_ps(acc, _mm256_set1_ps(static_cast<float>(count))), out);
  }
};

struct Interval {
  int32_t begin, end;
};
inline Interval inside(int32_t out, int32_t stride, int32_t pad, int32_t filter, int32_t in) {
  const int32_t begin = out * stride - pad;
  return {begin < 0 ? 0 : begin, lesser(begin + filter, in)};
}

template <typename Kind>
void run(const PoolShape& s, const void* range, const void* input, void* output) {
  using T = typename Kind::Value;
  const Kind kind(range);
  const T* image = static_cast<const T*>(input);
  T* out = static_cast<T*>(output);
  const int64_t row = static_cast<int64_t>(s.in_w) * s.channels;
  for (int32_t b = 0; b < s.batch; ++b, image += row * s.in_h) {
    for (int32_t oy = 0; oy < s.out_h; ++oy) {
      const Interval rows = inside(oy, s.stride_h, s.pad_top, s.filter_h, s.in_h);
      for (int32_t ox = 0; ox < s.out_w; ++ox, out += s.channels) {
        const Interval columns = inside(ox, s.stride_w, s.pad_left, s.filter_w, s.in_w);
        const int32_t count = (rows.end - rows.begin) * (columns.end - columns.begin);
        const T* window = image + rows.begin * row + static_cast<int64_t>(columns.begin) * s.channels;
        for (int32_t c0 = 0; c0 < s.channels; c0 += Kind::kLanes) {
          const int32_t c = lesser(c0, s.channels - Kind::kLanes);
          auto acc = kind.start();
          for (int32_t y = rows.begin; y < rows.end; ++y) {
            const T* pixel = window + (y - rows.begin) * row + c;
            for (int32_t x = columns.begin; x < columns.end; ++x, pixel += s.channels) acc = kind.step(acc, pixel);
          }
          kind.store(acc, count, out + c);
        }
      }
    }
  }
}

template <typename Kind>
bool whole_blocks(const PoolShape& s) {
  return s.channels >= Kind::kLanes;
}
template <typename Kind>
bool small_windows(const PoolShape& s) {
  return s.channels >= Kind::kLanes && static_cast<int64_t>(s.filter_h) * s.filter_w <= 32768;
}

}  // namespace

extern "C" const PoolTwin kMaxPoolS8Avx2 = {whole_blocks<MaxBytes<int8_t>>, run<MaxBytes<int8_t>>};
extern "C" const PoolTwin kMaxPoolU8Avx2 = {whole_blocks<MaxBytes<uint8_t>>, run<MaxBytes<uint8_t>>};
extern "C" const PoolTwin kMaxPoolF32Avx2 = {whole_blocks<MaxFloats>, run<MaxFloats>};
extern "C" const PoolTwin kAveragePoolS8Avx2 = {small_windows<MeanBytes<int8_t>>, run<MeanBytes<int8_t>>};
extern "C" const PoolTwin kAveragePoolU8Avx2 = {small_windows<MeanBytes<uint8_t>>, run<MeanBytes<uint8_t>>};
extern "C" const PoolTwin kAveragePoolF32Avx2 = {whole_blocks<MeanFloats>, run<MeanFloats>};

}  // namespace inlay::kernels
