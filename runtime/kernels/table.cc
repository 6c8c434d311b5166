// SPDX-License-Identifier: Apache-2.0
#include "kernels/table.h"

namespace inlay::kernels {
namespace {

constexpr double kInf = __builtin_huge_val();

/// As round_away, in double and without a clamp of what is finite.
double round_away(double v) {
  constexpr double kWhole = 4503599627370496.0;  // from here on all doubles are integers
  if (v > kWhole || v < -kWhole) return v;
  return static_cast<double>(static_cast<int64_t>(v < 0 ? v - 0.5 : v + 0.5));
}

int32_t clamp_to(int32_t v, QuantRange r) { return v < r.min ? r.min : (v > r.max ? r.max : v); }

}  // namespace

int32_t apply_real(const UnaryQuant& q, RealFunction real, int32_t x) {
  const double v = real(static_cast<double>(x - q.in_zero) * static_cast<double>(q.in_scale), static_cast<double>(q.param));
  return round_away(v / static_cast<double>(q.out_scale) + q.out_zero, q.range);
}

void make_table8(const UnaryQuant& q, RealFunction real, QuantFunction quantized, uint8_t* table) {
  for (int32_t x = q.range.min; x <= q.range.max; ++x) {
    const int32_t y = quantized != nullptr ? clamp_to(quantized(q, x), q.range) : apply_real(q, real, x);
    table[x & 255] = static_cast<uint8_t>(y);
  }
}

void table8(const uint8_t* table, int64_t count, const uint8_t* in, uint8_t* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = table[in[i]];
}

void sample_table16(double low, double high, double factor, RealFunction real, double param, QuantRange range, int16_t* table) {
  const auto at = [&](double x) {
    const double v = real(x, param) * factor;
    if (!(v > -kInf)) return static_cast<double>(range.min);  // a pole of the function, or outside its domain
    return v < kInf ? v : static_cast<double>(range.max);
  };
  const double step = (high - low) / 512.0;
  for (int32_t i = 0; i < 512; ++i) {
    const double sample = round_away(at(low + i * step));
    const double line = round_away((at(low + (i + 1) * step) + sample) / 2);
    const double missed = line - round_away(at(low + i * step + step / 2));
    table[i] = static_cast<int16_t>(round_away(sample - round_away(missed / 2), range));
  }
  table[512] = static_cast<int16_t>(round_away(at(high), range));
}

void make_table16(const UnaryQuant& q, RealFunction real, int16_t* table) {
  const auto scale = static_cast<double>(q.in_scale);
  // 65536 codes over 65535 steps, as LiteRT scales its tables.
  sample_table16(-32768 * scale, 32767 * scale, 65536.0 / (65535.0 * static_cast<double>(q.out_scale)), real,
                 static_cast<double>(q.param), q.range, table);
}

void table16(const int16_t* table, int64_t count, const int16_t* in, int16_t* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = static_cast<int16_t>(lookup16(table, in[i]));
}

void map_s16(const UnaryQuant& q, QuantFunction quantized, int64_t count, const int16_t* in, int16_t* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = static_cast<int16_t>(clamp_to(quantized(q, in[i]), q.range));
}

}  // namespace inlay::kernels
