// SPDX-License-Identifier: Apache-2.0
// Sine and cosine. Within 2^20 the multiple of pi/2 comes off in three parts (Cody and Waite); beyond, from the bits of 2/pi that
// matter (Payne and Hanek, "Radian Reduction for Trigonometric Functions", 1983).
#include "core/math.h"

namespace inlay {
namespace {

constexpr double kLimit = 1048576.0;  // the products with 33-bit parts stay exact
constexpr double kNan = __builtin_nan("");

/// x = quarter * pi/2 + rest, |rest| <= pi/4; the quarter modulo 4.
struct Reduced {
  double rest;
  uint32_t quarter;
};

Reduced reduce(double x) {
  const double n = (x * 0.63661977236758134308 + 6755399441055744.0) - 6755399441055744.0;
  const double rest = ((x - n * 1.57079632673412561417) - n * 6.07710050630396597660e-11) - n * 2.02226624879595063154e-21;
  return {rest, static_cast<uint32_t>(static_cast<int32_t>(n))};
}

Reduced reduce_large(float x) {
  // 2/pi behind the binary point; a word of zeros in front stands for the bits before it.
  constexpr uint32_t kTwoOverPi[] = {0, 0xA2F9836E, 0x4E441529, 0xFC2757D1, 0xF534DDC0, 0xDB629599, 0x3C439041, 0xFE5163AB};
  uint32_t bits;
  std::memcpy(&bits, &x, sizeof(bits));
  const auto exponent = static_cast<int32_t>(bits >> 23 & 255u) - 150;  // |x| = mantissa * 2^exponent
  const uint64_t mantissa = (bits & 0x007fffffu) | 0x00800000u;
  // 96 bits of 2/pi from the place whose product counts whole halves of a turn: earlier bits add full turns.
  const int32_t first = exponent - 2 + 32;
  const uint32_t* word = kTwoOverPi + first / 32;
  const int32_t shift = first % 32;
  const auto take = [&](int32_t i) {
    return shift == 0 ? word[i] : (word[i] << shift | word[i + 1] >> (32 - shift));
  };
  const uint64_t turns = (mantissa * take(0) << 32) + mantissa * take(1) + (mantissa * take(2) >> 32);
  const auto fraction = static_cast<int64_t>(turns << 2);  // of a quarter, in 2^-64, signed: nearest multiple
  const auto quarter = static_cast<uint32_t>(turns >> 62) + (fraction < 0 ? 1u : 0u);
  const double rest = static_cast<double>(fraction) * (1.57079632679489661923 / 18446744073709551616.0);
  return bits >> 31 != 0 ? Reduced{-rest, 0u - quarter} : Reduced{rest, quarter};
}

double sin_near(double r) {
  constexpr double kTerms[] = {-1.0 / 1307674368000.0, 1.0 / 6227020800.0, -1.0 / 39916800.0, 1.0 / 362880.0,
                               -1.0 / 5040.0,          1.0 / 120.0,        -1.0 / 6.0};
  const double z = r * r;
  double p = 1.0 / 355687428096000.0;
  for (const double term : kTerms) p = p * z + term;
  return r + r * z * p;
}

double cos_near(double r) {
  constexpr double kTerms[] = {1.0 / 20922789888000.0, -1.0 / 87178291200.0, 1.0 / 479001600.0, -1.0 / 3628800.0,
                               1.0 / 40320.0,          -1.0 / 720.0,         1.0 / 24.0,        -0.5};
  const double z = r * r;
  double p = -1.0 / 6402373705728000.0;
  for (const double term : kTerms) p = p * z + term;
  return 1.0 + z * p;
}

/// sin(rest + quarter * pi/2).
double turned(const Reduced& a, uint32_t more) {
  const uint32_t quarter = a.quarter + more;
  const double v = (quarter & 1u) != 0 ? cos_near(a.rest) : sin_near(a.rest);
  return (quarter & 2u) != 0 ? -v : v;
}

double turned_double(double x, uint32_t more) { return x >= -kLimit && x <= kLimit ? turned(reduce(x), more) : kNan; }

float turned_float(float x, uint32_t more) {
  if (x >= -kLimit && x <= kLimit) return static_cast<float>(turned(reduce(x), more));
  if (x - x != 0.0f) return x - x;  // infinity and NaN
  return static_cast<float>(turned(reduce_large(x), more));
}

}  // namespace

double sin_det64(double x) { return turned_double(x, 0); }
double cos_det64(double x) { return turned_double(x, 1); }
float sin_det(float x) { return turned_float(x, 0); }
float cos_det(float x) { return turned_float(x, 1); }

}  // namespace inlay
