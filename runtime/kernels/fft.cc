// SPDX-License-Identifier: Apache-2.0
// The self-sorting (Stockham) order of the Cooley-Tukey algorithm: see C. Van Loan, Computational Frameworks for the Fast
// Fourier Transform, SIAM 1992, section 1.7.
#include "kernels/fft.h"

namespace inlay::kernels {
namespace {

inline Complex operator+(Complex a, Complex b) { return {a.re + b.re, a.im + b.im}; }
inline Complex operator-(Complex a, Complex b) { return {a.re - b.re, a.im - b.im}; }
inline Complex operator*(Complex a, Complex b) { return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re}; }
inline Complex times_minus_i(Complex a) { return {a.im, -a.re}; }

/// cos and sin of x, 0 <= x <= pi / 4, by their power series: below 1e-16 off.
void cos_sin(double x, double* c, double* s) {
  const double z = x * x;
  double even = 1.0, odd = 1.0;
  for (int32_t i = 20; i > 1; i -= 2) {
    even = 1.0 - z / (i * (i - 1.0)) * even;
    odd = 1.0 - z / (i * (i + 1.0)) * odd;
  }
  *c = even, *s = odd * x;
}

/// e^(-2 pi i k / n). The angle is folded into the first octant in integers, so that the symmetries hold exactly.
Complex root_of_unity(int64_t k, int64_t n) {
  int64_t eighths = 8 * k;  // the angle is eighths / n times pi / 4
  const bool below = eighths > 4 * n;
  if (below) eighths = 8 * n - eighths;
  const bool left = eighths > 2 * n;
  if (left) eighths = 4 * n - eighths;
  const bool steep = eighths > n;
  if (steep) eighths = 2 * n - eighths;
  double c = 0.0, s = 0.0;
  cos_sin(static_cast<double>(eighths) / static_cast<double>(n) * 0.78539816339744830962, &c, &s);
  const double re = steep ? s : c, im = steep ? c : s;
  return {static_cast<float>(left ? -re : re), static_cast<float>(below ? im : -im)};
}

/// One pass: r * m finished transforms of `l` values become m of r * l. x is [r, m, l], y is [m, r, l].
struct Pass {
  int32_t r, m, l;
  const Complex* table;  ///< entry e * step: e^(-2 pi i e / (r * l))
  int64_t step;
};

void pass_2(const Pass& p, const Complex* x, Complex* y) {
  const int64_t half = int64_t{p.m} * p.l;
  for (int32_t k = 0; k < p.m; ++k, x += p.l, y += 2 * int64_t{p.l}) {
    for (int32_t j = 0; j < p.l; ++j) {
      const Complex a = x[j], b = x[half + j] * p.table[j * p.step];
      y[j] = a + b;
      y[p.l + j] = a - b;
    }
  }
}

void pass_4(const Pass& p, const Complex* x, Complex* y) {
  const int64_t quarter = int64_t{p.m} * p.l;
  for (int32_t k = 0; k < p.m; ++k, x += p.l, y += 4 * int64_t{p.l}) {
    for (int32_t j = 0; j < p.l; ++j) {
      const Complex a = x[j], b = x[quarter + j] * p.table[j * p.step];
      const Complex c = x[2 * quarter + j] * p.table[2 * j * p.step], d = x[3 * quarter + j] * p.table[3 * j * p.step];
      const Complex sum = a + c, difference = a - c, other = b + d, turned = times_minus_i(b - d);
      y[j] = sum + other;
      y[p.l + j] = difference + turned;
      y[2 * p.l + j] = sum - other;
      y[3 * p.l + j] = difference - turned;
    }
  }
}

/// Any radix, by the definition. Large primes sum in blocks, so that rounding errors do not add up along thousands of terms.
void pass_any(const Pass& p, const Complex* x, Complex* y) {
  constexpr int32_t kBlock = 64;
  const int64_t part = int64_t{p.m} * p.l, length = int64_t{p.r} * p.l * p.step;
  for (int32_t k = 0; k < p.m; ++k, x += p.l) {
    for (int32_t f = 0; f < p.r * p.l; ++f) {
      const Complex* from = x + f % p.l;
      Complex sum = *from, block = {0.0f, 0.0f};
      int64_t at = 0;
      for (int32_t q = 1; q < p.r; ++q) {
        at += f * p.step;
        if (at >= length) at -= length;
        block = block + from[q * part] * p.table[at];
        if (q % kBlock != 0) continue;
        sum = sum + block;
        block = {0.0f, 0.0f};
      }
      *y++ = sum + block;
    }
  }
}

int32_t next_radix(int32_t m) {
  if (m % 4 == 0) return 4;
  for (int32_t r = 2; r * r <= m; ++r) {
    if (m % r == 0) return r;
  }
  return m;
}

}  // namespace

void fft_table(int32_t length, Complex* table) {
  for (int32_t k = 0; k < length; ++k) table[k] = root_of_unity(k, length);
}

Complex* fft(int32_t length, const Complex* table, int32_t table_step, Complex* data, Complex* spare) {
  int32_t l = 1;
  while (l < length) {
    const int32_t r = next_radix(length / l), m = length / l / r;
    const Pass pass = {r, m, l, table, int64_t{m} * table_step};
    (r == 4 ? pass_4 : r == 2 ? pass_2 : pass_any)(pass, data, spare);
    Complex* const result = spare;
    spare = data;
    data = result;
    l *= r;
  }
  return data;
}

void rfft(int32_t length, const Complex* table, int32_t count, const float* input, Complex* scratch, Complex* output) {
  const auto value = [&](int32_t i) { return i < count ? input[i] : 0.0f; };
  if (length % 2 != 0) {
    for (int32_t i = 0; i < length; ++i) scratch[i] = {value(i), 0.0f};
    const Complex* x = fft(length, table, 1, scratch, scratch + length);
    for (int32_t k = 0; k <= length / 2; ++k) output[k] = x[k];
    return;
  }
  // Even and odd values as one complex sequence of half the length: its transform at k and -k holds both of theirs.
  const int32_t half = length / 2;
  for (int32_t i = 0; i < half; ++i) scratch[i] = {value(2 * i), value(2 * i + 1)};
  const Complex* x = fft(half, table, 2, scratch, scratch + half);
  for (int32_t k = 0; k <= half; ++k) {
    const Complex a = x[k < half ? k : 0], b = x[k > 0 ? half - k : 0];
    const Complex even = {0.5f * (a.re + b.re), 0.5f * (a.im - b.im)};
    const Complex odd = {0.5f * (a.im + b.im), 0.5f * (b.re - a.re)};
    output[k] = even + odd * table[k];
  }
}

void rfft2d(const Rfft2dShape& s, const Complex* table_h, const Complex* table_w, const float* input, Complex* scratch,
            Complex* output) {
  const int32_t bins = s.fft_w / 2 + 1;
  for (int64_t o = 0; o < s.outer; ++o, input += int64_t{s.in_h} * s.in_w, output += int64_t{s.fft_h} * bins) {
    for (int32_t y = 0; y < s.fft_h; ++y) {
      Complex* const row = output + int64_t{y} * bins;
      if (y < s.in_h) {
        rfft(s.fft_w, table_w, s.in_w, input + int64_t{y} * s.in_w, scratch, row);
      } else {
        for (int32_t k = 0; k < bins; ++k) row[k] = {0.0f, 0.0f};
      }
    }
    for (int32_t k = 0; s.fft_h > 1 && k < bins; ++k) {
      for (int32_t y = 0; y < s.fft_h; ++y) scratch[y] = output[int64_t{y} * bins + k];
      const Complex* column = fft(s.fft_h, table_h, 1, scratch, scratch + s.fft_h);
      for (int32_t y = 0; y < s.fft_h; ++y) output[int64_t{y} * bins + k] = column[y];
    }
  }
}

}  // namespace inlay::kernels
