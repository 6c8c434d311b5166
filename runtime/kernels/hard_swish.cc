// SPDX-License-Identifier: Apache-2.0
#include "kernels/hard_swish.h"

namespace inlay::kernels {
namespace {

int32_t sat16(int32_t v) { return v < -32768 ? -32768 : v > 32767 ? 32767 : v; }

/// m * 2^exponent, m in Q15 with 0.5 <= m < 1.
struct Factor {
  int32_t m, exponent;
};

Factor make_factor(float real) {
  Factor f = {0, 0};
  if (!(real > 0)) return f;
  double m = real;
  for (; m >= 1; m *= 0.5) ++f.exponent;
  for (; m < 0.5; m *= 2) --f.exponent;
  // To 31 bits first and 15 of them then: two roundings are part of the definition.
  const auto wide = static_cast<int64_t>(m * 2147483648.0 + 0.5);
  const int64_t narrow = (wide + 32768) >> 16;
  f.m = static_cast<int32_t>(narrow > 32767 ? 32767 : narrow);
  return f;
}

/// a * b / 2^15 rounded, halves away from zero.
int32_t multiply_rounded(int32_t a, int32_t b) {
  const int32_t product = a * b;
  return sat16((product + (product >= 0 ? 16384 : -16383)) / 32768);
}

int32_t shift_left(int32_t v, int32_t by) { return by > 15 ? (v == 0 ? 0 : v < 0 ? -32768 : 32767) : sat16(v * (1 << by)); }

/// v / 2^by rounded, halves away from zero.
int32_t shift_right(int32_t v, int32_t by) {
  if (by > 30) return 0;
  const int32_t mask = (1 << by) - 1;
  return (v >> by) + ((v & mask) > (mask >> 1) + (v < 0 ? 1 : 0) ? 1 : 0);
}

/// clamp(x / 3, -1, 1) in Q15, from x with 7 fraction bits of a quantum.
int32_t third(int32_t fine, const Factor& f) {
  int32_t v = f.exponent > 0 ? shift_left(fine, f.exponent - 1) : fine;
  v = multiply_rounded(v, f.m);
  // The last doubling comes behind the product, so that it saturates where |x| passes 3.
  if (f.exponent > 0) return shift_left(v, 1);
  return f.exponent < 0 ? shift_right(v, -f.exponent) : v;
}

}  // namespace

int32_t hard_swish_q8(const UnaryQuant& q, int32_t x) {
  const float fine_scale = q.in_scale * (1.0f / 128.0f);
  const int32_t fine = (x - q.in_zero) * 128;
  const Factor out = make_factor(fine_scale / q.out_scale);
  const int32_t gate = (third(fine, make_factor(fine_scale / (3.0f / 32768.0f))) + 32768) >> 1;
  const int32_t product = gate * multiply_rounded(fine, out.m) / 32768;
  return q.out_zero + (out.exponent > 0 ? shift_left(product, out.exponent) : shift_right(product, -out.exponent));
}

}  // namespace inlay::kernels
