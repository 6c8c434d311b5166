// SPDX-License-Identifier: Apache-2.0
// exp, tanh and the logistic function by IEEE multiplication, addition, division and bit tricks alone: the same bits on every
// target and with every libm. Branch-free, so that loops over them vectorize. Needs strict float arithmetic (no contraction).
#pragma once
#include <cstdint>
#include <cstring>

namespace inlay {

/// 2^n, -126 <= n <= 127.
inline float pow2_det(int32_t n) {
  const int32_t bits = (n + 127) * (1 << 23);
  float v;
  std::memcpy(&v, &bits, sizeof(v));
  return v;
}

/// e^x, relative error below 1e-7 (8.1e-8 measured over one float in 61). 0 where e^x is not normal, infinity on overflow, NaN
/// of NaN.
inline float exp_det(float x) {
  constexpr float kLow = -87.336544f, kHigh = 88.722839f;  // ln(smallest normal), ln(largest float)
  float c = x > kLow ? x : kLow;                           // a NaN too; restored below
  c = c < kHigh ? c : kHigh;
  // x = n ln 2 + r, |r| <= ln 2 / 2. ln 2 comes in two parts; n times the first is exact, so r loses nothing.
  const float shifted = c * 1.44269504f + 12582912.0f;
  const float n = shifted - 12582912.0f;
  const float r = (c - n * 0.693359375f) - n * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  int32_t k;
  std::memcpy(&k, &shifted, sizeof(k));
  k -= 0x4B400000;
  const int32_t half = k / 2;  // 2^k in two steps: k reaches 128, one more than a float's exponent
  const float v = p * pow2_det(half) * pow2_det(k - half);
  const float low = x < kLow ? 0.0f : v;
  const float high = x > kHigh ? 2.0f * 3.402823466e38f : low;
  return x == x ? high : x;
}

/// 1 / (1 + e^-x), relative error below 2e-7 while the result is normal, else 0.
inline float logistic_det(float x) {
  const float e = exp_det(x < 0.0f ? x : -x);  // <= 1: never overflows
  return (x < 0.0f ? e : 1.0f) / (1.0f + e);
}

/// tanh x, relative error below 2e-7.
inline float tanh_det(float x) {
  const float a = x < 0.0f ? -x : x;
  const float large = 1.0f - 2.0f / (exp_det(a + a) + 1.0f);
  const float z = x * x;  // near 0 that form cancels: an odd polynomial instead
  float p = -5.70498872745e-3f;
  p = p * z + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  const float small = x + x * z * p;
  return a < 0.625f ? small : (x < 0.0f ? -large : large);
}

/// The natural logarithm, relative error below 1.5e-7; -infinity of 0, NaN below 0.
inline float log_det(float x) {
  const bool tiny = x < 1.17549435e-38f;
  const float scaled = tiny ? x * 8388608.0f : x;
  uint32_t bits;  // unsigned: those of a negative x wrap around
  std::memcpy(&bits, &scaled, sizeof(bits));
  // x = m 2^e, sqrt(1/2) <= m < sqrt(2): the bits of sqrt(1/2) are taken off, so that the exponent's field counts from there.
  bits -= 0x3F3504F3u;
  const int32_t e = (static_cast<int32_t>(bits) >> 23) - (tiny ? 23 : 0);
  const uint32_t mantissa = (bits & 0x007FFFFFu) + 0x3F3504F3u;
  float m;
  std::memcpy(&m, &mantissa, sizeof(m));
  m -= 1.0f;
  float p = 7.0376836292e-2f;
  p = p * m - 1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m - 1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m - 1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m - 2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  const float z = m * m;
  const auto f = static_cast<float>(e);
  const float v = ((p * m * z + f * -2.12194440e-4f) - 0.5f * z) + m + f * 0.693359375f;
  const float inf = 2.0f * 3.402823466e38f;
  const float low = x > 0.0f ? v : (x == 0.0f ? -inf : inf - inf);
  return x < inf ? low : x;  // infinity and NaN stay
}

// In double, by IEEE + - * / alone as well: for tables made once, and for float results that are rounded from them. Not fast.

/// e^x, relative error below 1e-15 for results from 2^-1021 up; 0 below that, infinity on overflow, NaN of NaN.
double exp_det64(double x);
/// The natural logarithm, relative error below 1e-15; -infinity of 0, NaN below 0.
double log_det64(double x);
/// x to the power y, relative error below 1e-12; special values as C's pow.
double pow_det64(double x, double y);
/// The angle of (x, y), relative error below 1e-15; special values as C's atan2.
double atan2_det64(double y, double x);
/// The error function and 1 - erf x, relative error below 1e-14 (erfc: while the result is normal).
double erf_det64(double x);
double erfc_det64(double x);
/// Radians, |x| <= 2^20, NaN beyond; absolute error below 1e-15.
double sin_det64(double x);
double cos_det64(double x);

/// Radians, any float: no argument is too large. Relative error below 1e-7.
float sin_det(float x);
float cos_det(float x);

}  // namespace inlay
