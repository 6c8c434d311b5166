// SPDX-License-Identifier: Apache-2.0
#include "kernels/sigmoid16.h"

#include "core/math.h"

namespace inlay::kernels {
namespace {

int64_t scaled(int16_t x, Sigmoid16Scale s) {
  const int64_t half = s.shift > 0 ? int64_t{1} << (s.shift - 1) : 0;
  return (int64_t{x} * s.multiplier + half) >> s.shift;
}

/// table[steps / 2^bits], interpolated: 16 + bits fraction bits; `end` beyond the table.
int32_t interpolate(const uint16_t* table, int64_t steps, int32_t bits, int32_t end) {
  const int64_t i = steps >> bits;
  if (i >= 255) return end;
  const int32_t low = table[i], high = table[i + 1];
  return low * (1 << bits) + static_cast<int32_t>(steps & ((1 << bits) - 1)) * (high - low);
}

}  // namespace

void make_sigmoid16(uint16_t* table) {
  for (int32_t i = 0; i < kSigmoid16; ++i) {
    const double v = 65536.0 / (1.0 + exp_det64(-i / 24.0)) + 0.5;
    table[i] = static_cast<uint16_t>(v < 65535.0 ? v : 65535.0);
  }
}

bool make_sigmoid16_scale(float in_scale, Sigmoid16Scale* out) {
  double multiplier = static_cast<double>(in_scale) * 12288.0;
  int32_t shift = 0;
  for (; multiplier <= 16383.5 && shift <= 30; ++shift) multiplier *= 2;
  if (!(multiplier < 2147483648.0)) return false;
  *out = {static_cast<int32_t>(multiplier), shift};
  return true;
}

void logistic_s16(const uint16_t* table, Sigmoid16Scale scale, int64_t count, const int16_t* in, int16_t* out) {
  constexpr int32_t kOne = 1 << 25;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t v = scaled(in[i], scale);
    const int32_t r = interpolate(table, v < 0 ? -v : v, 9, 0x7fff << 10);
    out[i] = static_cast<int16_t>((v >= 0 ? r + 512 : kOne - r + 511) >> 10);
  }
}

void tanh_s16(const uint16_t* table, Sigmoid16Scale scale, int64_t count, const int16_t* in, int16_t* out) {
  constexpr int32_t kHalf = 1 << 23;  // tanh x = 2 logistic(2x) - 1: half the steps, twice the value
  for (int64_t i = 0; i < count; ++i) {
    const int64_t v = scaled(in[i], scale);
    const int32_t r = interpolate(table, v < 0 ? -v : v, 8, 0xffff << 8);
    out[i] = static_cast<int16_t>((v >= 0 ? r - kHalf + 128 : kHalf - r + 127) >> 8);
  }
}

}  // namespace inlay::kernels
