// SPDX-License-Identifier: Apache-2.0
// Functions of two reals: x^y and atan2, by IEEE arithmetic and bit tricks alone, as core/math.h does: the same bits with every
// libm. Needs strict float arithmetic (no contraction).
#pragma once
#include <cstdint>
#include <cstring>
#include <limits>

namespace inlay {

/// 2^n as a double, -1022 <= n <= 1023.
inline double wide_pow2(int32_t n) {
  const auto bits = static_cast<uint64_t>(n + 1023) << 52;
  double v;
  std::memcpy(&v, &bits, sizeof(v));
  return v;
}

/// Natural logarithm of a positive finite float, relative error below 1e-13. ln 2^k m with m within a factor sqrt(2) of 1; there
/// ln m = 2 atanh((m - 1) / (m + 1)), an odd series.
inline double wide_log(float x) {
  const double wide = x;  // every float is a normal double
  uint64_t bits;
  std::memcpy(&bits, &wide, sizeof(bits));
  int32_t k = static_cast<int32_t>(bits >> 52) - 1023;
  bits = (bits & 0xfffffffffffffu) | 0x3ff0000000000000u;
  double m;
  std::memcpy(&m, &bits, sizeof(m));
  if (m > 1.4142135623730951) {
    m *= 0.5;
    ++k;
  }
  const double z = (m - 1.0) / (m + 1.0);
  const double w = z * z;
  double p = 1.0 / 17.0;
  p = p * w + 1.0 / 15.0;
  p = p * w + 1.0 / 13.0;
  p = p * w + 1.0 / 11.0;
  p = p * w + 1.0 / 9.0;
  p = p * w + 1.0 / 7.0;
  p = p * w + 1.0 / 5.0;
  p = p * w + 1.0 / 3.0;
  return k * 0.6931471805599453 + (2.0 * z + 2.0 * z * w * p);
}

/// e^x rounded to float; x finite. Relative error before that rounding below 1e-11.
inline float exp_to_float(double x) {
  if (x > 88.7228391) return std::numeric_limits<float>::infinity();
  if (x < -104.0) return 0.0f;
  const auto k = static_cast<int32_t>(x * 1.4426950408889634 + (x < 0.0 ? -0.5 : 0.5));
  const double r = x - k * 0.6931471805599453;  // |r| <= 0.35
  double p = 1.0 / 39916800.0;
  p = p * r + 1.0 / 3628800.0;
  p = p * r + 1.0 / 362880.0;
  p = p * r + 1.0 / 40320.0;
  p = p * r + 1.0 / 5040.0;
  p = p * r + 1.0 / 720.0;
  p = p * r + 1.0 / 120.0;
  p = p * r + 1.0 / 24.0;
  p = p * r + 1.0 / 6.0;
  p = p * r + 0.5;
  p = p * r + 1.0;
  p = p * r + 1.0;
  return static_cast<float>(p * wide_pow2(k));
}

inline float cube(float x) {
  const double wide = x;
  return static_cast<float>(wide * wide * wide);
}

/// x^y with the special cases of C (pow(x, 0) = pow(1, y) = 1, a negative x only to an integer y, ...). Within an ulp of the real
/// value; x^2 is the rounded x * x, x^3 the product in double, rounded once more.
inline float pow_det(float x, float y) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  if (y == 2.0f) return x * x;
  if (y == 3.0f) return cube(x);
  if (y == 0.0f || x == 1.0f) return 1.0f;
  if (x != x || y != y) return x + y;
  const float magnitude = x < 0.0f ? -x : x;
  const float exponent = y < 0.0f ? -y : y;
  // From 2^24 on every float is an even integer.
  const bool integer = exponent >= 16777216.0f || exponent == static_cast<float>(static_cast<int32_t>(exponent));
  const bool odd = integer && exponent < 16777216.0f && (static_cast<int32_t>(exponent) & 1) != 0;
  if (x < 0.0f && magnitude < kInfinity && !integer) return kInfinity - kInfinity;
  float v;
  if (magnitude == 1.0f) {
    v = 1.0f;
  } else if (magnitude == 0.0f || magnitude == kInfinity || exponent == kInfinity) {
    v = (magnitude > 1.0f) == (y > 0.0f) ? kInfinity : 0.0f;
  } else {
    v = exp_to_float(wide_log(magnitude) * static_cast<double>(y));
  }
  uint32_t sign;  // -0 counts as negative
  std::memcpy(&sign, &x, sizeof(sign));
  return odd && (sign >> 31) != 0 ? -v : v;
}

/// The angle of (x, y), relative error below 3e-7; the special cases of C. Polynomial: least squares of atan(t) / t on
/// |t| <= tan(pi/8) at Chebyshev points.
inline float atan2_det(float y, float x) {
  if (x != x || y != y) return x + y;
  uint32_t x_bits, y_bits;
  std::memcpy(&x_bits, &x, sizeof(x_bits));
  std::memcpy(&y_bits, &y, sizeof(y_bits));
  const float a = x < 0.0f ? -x : x, b = y < 0.0f ? -y : y;
  const float large = a > b ? a : b, small = a > b ? b : a;
  float t = large == 0.0f ? 0.0f : small == large ? 1.0f : small / large;
  float v = 0.0f;
  if (t > 0.41421356f) {
    v = 0.78539816f;
    t = (t - 1.0f) / (t + 1.0f);
  }
  const float z = t * t;
  float p = -6.459178609e-2f;
  p = p * z + 1.074623998e-1f;
  p = p * z - 1.426422733e-1f;
  p = p * z + 1.999954994e-1f;
  p = p * z - 3.333333181e-1f;
  v += t + t * z * p;
  if (b > a) v = 1.57079633f - v;
  if ((x_bits >> 31) != 0) v = 3.14159265f - v;
  return (y_bits >> 31) != 0 ? -v : v;
}

}  // namespace inlay
