// SPDX-License-Identifier: Apache-2.0
// Functions of one quantized value through tables. The tables are made once, in double, from core/math.h: the same on every board.
#pragma once
#include <cstdint>

#include "core/quant.h"

namespace inlay::kernels {

/// Quantization of a function's input and output, which have one dtype.
struct UnaryQuant {
  float in_scale, out_scale;
  int32_t in_zero, out_zero;
  QuantRange range;  ///< of the dtype
  float param;       ///< the function's own
};

/// Ties away from zero, clamped; a NaN becomes the lowest value.
inline int32_t round_away(double v, QuantRange range) {
  if (!(v > range.min)) return range.min;
  return v >= range.max ? range.max : static_cast<int32_t>(v < 0 ? v - 0.5 : v + 0.5);
}

/// A function of a real value and its parameter. May return infinities; a NaN counts as the lowest value.
using RealFunction = double (*)(double x, double param);
/// What a stored integer becomes, before the clamp to the dtype's range; for functions that LiteRT rounds in another way.
using QuantFunction = int32_t (*)(const UnaryQuant& quant, int32_t x);

/// The definition of an 8-bit function: round(real((x - in_zero) * in_scale) / out_scale + out_zero), ties away from zero, clamped.
int32_t apply_real(const UnaryQuant& quant, RealFunction real, int32_t x);

constexpr int32_t kTable8 = 256;
/// table[stored byte of x] = stored byte of the result. One of `real` and `quantized` is not NULL; `quantized` goes first.
void make_table8(const UnaryQuant& quant, RealFunction real, QuantFunction quantized, uint8_t* table);
/// 8 bit, signed or not: bytes through a table. In place allowed.
void table8(const uint8_t* table, int64_t count, const uint8_t* in, uint8_t* out);

constexpr int32_t kTable16 = 513;
/// 512 equal steps over the input's range and its end. Each sample is moved by half of what a straight line misses in the middle
/// of its step, so that errors of both signs balance.
void make_table16(const UnaryQuant& quant, RealFunction real, int16_t* table);
/// Samples [low, high] of `real` times `factor`.
void sample_table16(double low, double high, double factor, RealFunction real, double param, QuantRange range, int16_t* table);
/// Linear interpolation, rounded: seven bits of x between samples.
inline int32_t lookup16(const int16_t* table, int32_t x) {
  const int32_t i = (x + 32768) >> 7;
  return table[i] + (((table[i + 1] - table[i]) * (x & 127) + 64) >> 7);
}
void table16(const int16_t* table, int64_t count, const int16_t* in, int16_t* out);

/// Element by element, for 16-bit functions that no table serves.
void map_s16(const UnaryQuant& quant, QuantFunction quantized, int64_t count, const int16_t* in, int16_t* out);

}  // namespace inlay::kernels
