// SPDX-License-Identifier: Apache-2.0
#include "core/math.h"

namespace inlay {
namespace {

constexpr double kInf = __builtin_huge_val();
constexpr double kNan = __builtin_nan("");
constexpr double kPi = 3.14159265358979323846;
// ln 2 in two parts; the first has 20 zero bits at its end, so that an exponent times it is exact.
constexpr double kLn2High = 6.93147180369123816490e-01, kLn2Low = 1.90821492927058770002e-10;

uint64_t bits_of(double v) {
  uint64_t bits;
  std::memcpy(&bits, &v, sizeof(bits));
  return bits;
}

double from_bits(uint64_t bits) {
  double v;
  std::memcpy(&v, &bits, sizeof(v));
  return v;
}

/// 2^n, -1022 <= n <= 1023.
double pow2(int32_t n) { return from_bits(static_cast<uint64_t>(n + 1023) << 52); }

/// Ties to even; |v| < 2^51.
double round_even64(double v) { return (v + 6755399441055744.0) - 6755399441055744.0; }

bool is_negative(double v) { return bits_of(v) >> 63 != 0; }
double magnitude(double v) { return v < 0 ? -v : v; }

}  // namespace

double exp_det64(double x) {
  if (x != x) return x;
  if (x > 709.782712893384) return kInf;
  if (x < -707.7) return 0.0;
  const double n = round_even64(x * 1.4426950408889634);
  const double r = (x - n * kLn2High) - n * kLn2Low;  // |r| <= ln 2 / 2: the series ends below 2^-55
  constexpr double kTerms[] = {1.0 / 479001600.0, 1.0 / 39916800.0, 1.0 / 3628800.0, 1.0 / 362880.0, 1.0 / 40320.0, 1.0 / 5040.0,
                               1.0 / 720.0,       1.0 / 120.0,      1.0 / 24.0,      1.0 / 6.0,      0.5,           1.0,
                               1.0};
  double p = 1.0 / 6227020800.0;
  for (const double term : kTerms) p = p * r + term;
  const auto k = static_cast<int32_t>(n);  // reaches 1024: in two steps
  return p * pow2(k / 2) * pow2(k - k / 2);
}

double log_det64(double x) {
  if (x != x || x == kInf) return x;
  if (x == 0.0) return -kInf;
  if (x < 0.0) return kNan;
  int32_t exponent = 0;
  if (x < 2.2250738585072014e-308) {
    x *= 18014398509481984.0;
    exponent = -54;
  }
  uint64_t bits = bits_of(x);
  exponent += static_cast<int32_t>(bits >> 52) - 1023;
  bits = (bits & 0x000fffffffffffffu) | 0x3ff0000000000000u;
  double m = from_bits(bits);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    ++exponent;
  }
  // ln m = 2 artanh s, s = (m - 1) / (m + 1), |s| < 0.172: s + s^3/3 + s^5/5 ...
  const double s = (m - 1.0) / (m + 1.0), z = s * s;
  double series = 0.0;
  for (int i = 25; i >= 3; i -= 2) series = (series + 1.0 / i) * z;
  const double e = exponent;
  return e * kLn2High + (2.0 * s + (2.0 * s * series + e * kLn2Low));
}

double pow_det64(double x, double y) {
  if (y == 0.0 || x == 1.0) return 1.0;
  if (x != x || y != y) return kNan;
  const double size = magnitude(y);
  const bool integral = size >= 4503599627370496.0 || round_even64(size) == size;
  // From 2^53 on every double is even.
  const bool odd = integral && size < 9007199254740992.0 && (static_cast<uint64_t>(size) & 1u) != 0;
  const double a = magnitude(x);
  double result;
  if (x < 0.0 && a != kInf && !integral) return kNan;
  if (a == 1.0) {
    result = 1.0;
  } else if (a == 0.0 || a == kInf || size == kInf) {
    result = (a < 1.0) == (y < 0.0) ? kInf : 0.0;
  } else {
    result = exp_det64(y * log_det64(a));
  }
  return odd && is_negative(x) ? -result : result;
}

double atan2_det64(double y, double x) {
  if (x != x || y != y) return kNan;
  const double ax = magnitude(x), ay = magnitude(y);
  const double low = ax < ay ? ax : ay, high = ax < ay ? ay : ax;
  double t = high == 0.0 ? 0.0 : (low == kInf ? 1.0 : low / high);
  double angle = 0.0;
  if (t > 0.41421356237309503) {  // tan(pi / 8)
    angle = kPi / 4;
    t = (t - 1.0) / (t + 1.0);
  }
  const double z = t * t;  // <= 0.1716: t - t^3/3 + t^5/5 ...
  double series = 0.0;
  for (int i = 45; i >= 3; i -= 2) series = (1.0 / i - series) * z;
  angle += t - t * series;
  if (ay > ax) angle = kPi / 2 - angle;
  if (is_negative(x)) angle = kPi - angle;
  return is_negative(y) ? -angle : angle;
}

}  // namespace inlay
