// SPDX-License-Identifier: Apache-2.0
#include "kernels/softmax16.h"

#include "core/math.h"
#include "kernels/table.h"

namespace inlay::kernels {
namespace {

double exponential(double x, double) { return exp_det64(x); }
double reciprocal_of(double x, double) { return 1.0 / (1.0 + x); }

/// d * multiplier * 2^(shift - 31), rounded in two steps; d <= 0.
int32_t scaled(int32_t d, const Softmax16& s) {
  const int32_t left = s.shift > 0 ? s.shift : 0, right = s.shift < 0 ? -s.shift : 0;
  int64_t wide = d * (int64_t{1} << left);
  wide = wide < INT32_MIN ? INT32_MIN : wide;  // far outside the table already
  const int64_t product = wide * s.multiplier;
  const int64_t high = (product + (product >= 0 ? int64_t{1} << 30 : 1 - (int64_t{1} << 30))) / (int64_t{1} << 31);
  const int64_t mask = (int64_t{1} << right) - 1;
  return static_cast<int32_t>((high >> right) + ((high & mask) > (mask >> 1) + (high < 0 ? 1 : 0) ? 1 : 0));
}

int32_t clamp16(int32_t v) { return v < -32768 ? -32768 : (v > 32767 ? 32767 : v); }

}  // namespace

void make_softmax16_tables(int16_t* exponent, int16_t* reciprocal) {
  constexpr QuantRange kRange = {-32768, 32767};
  sample_table16(-10.0, 0.0, 32768.0, exponential, 0, kRange, exponent);
  sample_table16(0.0, 1.0, 32768.0, reciprocal_of, 0, kRange, reciprocal);
}

void make_softmax16_scale(float scale, float beta, Softmax16* out) {
  double real = static_cast<double>(scale) * static_cast<double>(beta) / (10.0 / 65535.0);
  int32_t shift = 0;
  for (; real >= 1.0 && shift < 30; ++shift) real /= 2;
  for (; real < 0.5 && shift > -31; --shift) real *= 2;
  const double mantissa = real < 1.0 ? real * 2147483648.0 + 0.5 : 2147483647.0;
  out->multiplier = mantissa < 2147483647.0 ? static_cast<int32_t>(mantissa) : 2147483647;
  out->shift = shift;
}

void softmax_s16(const SoftmaxShape& s, const Softmax16& t, const int16_t* input, int16_t* output) {
  for (int64_t r = 0; s.depth > 0 && r < s.rows; ++r, input += s.depth, output += s.depth) {
    int32_t max = input[0];
    for (int32_t i = 1; i < s.depth; ++i) max = input[i] > max ? input[i] : max;
    uint32_t sum = 0;
    for (int32_t i = 0; i < s.depth; ++i) {
      output[i] = static_cast<int16_t>(lookup16(t.exponent, clamp16(scaled(input[i] - max, t) + 32767)));
      sum += static_cast<uint32_t>(output[i]);
    }
    const int32_t zeros = __builtin_clz(sum);  // the largest weighs nearly 1: sum is not 0, and below 2^31
    const auto fraction = static_cast<int32_t>(((static_cast<int64_t>(sum) << (zeros - 1)) + 8192) >> 14);
    const int64_t inverse = lookup16(t.reciprocal, clamp16(fraction - 98304));
    for (int32_t i = 0; i < s.depth; ++i) {
      const int64_t q = (output[i] * inverse + (int64_t{1} << (30 - zeros))) >> (31 - zeros);
      output[i] = static_cast<int16_t>(q < 0 ? 0 : (q > 32767 ? 32767 : q));
    }
  }
}

}  // namespace inlay::kernels
