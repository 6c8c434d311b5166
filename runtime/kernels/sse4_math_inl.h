// SPDX-License-Identifier: Apache-2.0
// Arithmetic of the SSE4.1 convolutions, one table for 8-bit values and one for float32. Only for files named *__sse4.cc.
#pragma once
#include "kernels/sse4_inl.h"

namespace inlay::kernels {
namespace {

/// Eight bits: both factors as int16 without their zero points; pmaddwd adds the products of two taps exactly.
template <typename T>
struct Math {
  using Row = int16_t;  ///< a value of a window
  using Bias = int32_t;
  using Sum = __m128i;
  static constexpr int32_t kTaps = 2;  ///< taps of a step: a step's weights are kTaps of each of kBlock channels
  const ConvQuant* quant;
  Requant requant;
  __m128i zero;  ///< of the weights, int16

  explicit Math(const ConvQuant& q)
      : quant(&q), requant(make_requant(q.output_zero, q.range)), zero(_mm_set1_epi16(static_cast<int16_t>(q.weight_zero))) {}
  const Bias* bias() const { return quant->bias; }
  const float* scales() const { return quant->scales; }

  void copy(const T* from, int64_t n, Row* to) const {
    const __m128i off = _mm_set1_epi16(static_cast<int16_t>(quant->input_zero));
    int64_t i = 0;
    for (; i + 8 <= n; i += 8) _mm_storeu_si128(reinterpret_cast<__m128i*>(to + i), _mm_sub_epi16(widen8(from + i), off));
    for (; i < n; ++i) to[i] = static_cast<Row>(from[i] - quant->input_zero);
  }
  static Sum start(const Bias* b) { return load128(b); }
  void weights(const T* w, Sum out[2]) const {
    out[0] = _mm_sub_epi16(widen8(w), zero);
    out[1] = _mm_sub_epi16(widen8(w + 8), zero);
  }
  static Sum spread(const Row* x) {
    int32_t pair;
    std::memcpy(&pair, x, 4);
    return _mm_shuffle_epi32(_mm_cvtsi32_si128(pair), 0);
  }
  static Sum sum(Sum a, Sum b) { return _mm_add_epi32(a, b); }
  static Sum add_product(Sum total, Sum x, Sum w) { return _mm_add_epi32(total, _mm_madd_epi16(x, w)); }
  void store(T* to, const Sum sums[2], const float* scales8, int32_t n) const {
    store_block(to, requant4(sums[0], _mm_loadu_ps(scales8), requant), requant4(sums[1], _mm_loadu_ps(scales8 + 4), requant), n);
  }
  /// A row, padded with zeros to a multiple of eight, times a filter as the model has it.
  Bias dot(const Row* row, const T* filter, int64_t taps) const {
    __m128i total = _mm_setzero_si128();
    int64_t k = 0;
    for (; k + 8 <= taps; k += 8) {
      total = _mm_add_epi32(total, _mm_madd_epi16(load128(row + k), _mm_sub_epi16(widen8(filter + k), zero)));
    }
    if (k < taps) {
      T rest[8] = {};
      std::memcpy(rest, filter + k, static_cast<size_t>(taps - k));
      total = _mm_add_epi32(total, _mm_madd_epi16(load128(row + k), _mm_sub_epi16(widen8(rest), zero)));
    }
    total = _mm_add_epi32(total, _mm_shuffle_epi32(total, 0x4e));
    return _mm_cvtsi128_si32(_mm_add_epi32(total, _mm_shuffle_epi32(total, 0xb1)));
  }
};

template <>
struct Math<float> {
  using Row = float;
  using Bias = float;
  using Sum = __m128;
  static constexpr int32_t kTaps = 1;
  const float* biases;
  __m128 low, high;

  Math(FloatRange range, const float* b) : biases(b), low(_mm_set1_ps(range.min)), high(_mm_set1_ps(range.max)) {}
  const Bias* bias() const { return biases; }
  static const float* scales() { return nullptr; }

  static void copy(const float* from, int64_t n, Row* to) { std::memcpy(to, from, static_cast<size_t>(n) * sizeof(float)); }
  static Sum start(const Bias* b) { return _mm_loadu_ps(b); }
  static void weights(const float* w, Sum out[2]) {
    out[0] = _mm_loadu_ps(w);
    out[1] = _mm_loadu_ps(w + 4);
  }
  static Sum spread(const Row* x) { return _mm_set1_ps(*x); }
  static Sum sum(Sum a, Sum b) { return _mm_add_ps(a, b); }
  static Sum add_product(Sum total, Sum x, Sum w) { return _mm_add_ps(total, _mm_mul_ps(x, w)); }
  void store(float* to, const Sum sums[2], const float*, int32_t n) const {
    store_block(to, _mm_min_ps(high, _mm_max_ps(low, sums[0])), _mm_min_ps(high, _mm_max_ps(low, sums[1])), n);
  }
  static Bias dot(const Row* row, const float* filter, int64_t taps) {
    __m128 sums[2] = {_mm_setzero_ps(), _mm_setzero_ps()};
    int64_t k = 0;
    for (; k + 8 <= taps; k += 8) {
      sums[0] = _mm_add_ps(sums[0], _mm_mul_ps(_mm_loadu_ps(row + k), _mm_loadu_ps(filter + k)));
      sums[1] = _mm_add_ps(sums[1], _mm_mul_ps(_mm_loadu_ps(row + k + 4), _mm_loadu_ps(filter + k + 4)));
    }
    __m128 four = _mm_add_ps(sums[0], sums[1]);
    four = _mm_add_ps(four, _mm_movehl_ps(four, four));
    float total = _mm_cvtss_f32(_mm_add_ss(four, _mm_shuffle_ps(four, four, 1)));
    for (; k < taps; ++k) total += row[k] * filter[k];
    return total;
  }
};

}  // namespace
}  // namespace inlay::kernels
