// SPDX-License-Identifier: Apache-2.0
#include "kernels/add.h"

namespace inlay::kernels {
namespace {

/// The three ways rows combine, so that each inner loop has constant steps and vectorizes.
template <typename T, typename Combine>
inline void add_rows(const Broadcast& plan, const T* a, const T* b, T* output, Combine combine) {
  for_each_row(plan, [&](int64_t ai, int64_t bi, int64_t oi, int64_t count, int64_t a_step, int64_t b_step) {
    const T* x = a + ai;
    const T* y = b + bi;
    T* out = output + oi;
    if (a_step != 0 && b_step != 0) {
      for (int64_t i = 0; i < count; ++i) out[i] = combine(x[i], y[i]);
    } else if (a_step != 0) {
      const T same = *y;
      for (int64_t i = 0; i < count; ++i) out[i] = combine(x[i], same);
    } else {
      const T same = *x;
      for (int64_t i = 0; i < count; ++i) out[i] = combine(same, y[i]);
    }
  });
}

template <typename T>
void add_q8(const Broadcast& plan, const AddQuant& q, const T* a, const T* b, T* output) {
  const int64_t low = q.range.min - q.output_zero, high = q.range.max - q.output_zero;
  const int64_t half = q.shift > 0 ? int64_t{1} << (q.shift - 1) : 0;
  const int32_t right = q.shift > 0 ? q.shift : 0;
  const int64_t left = int64_t{1} << (q.shift < 0 ? -q.shift : 0);
  add_rows(plan, a, b, output, [&](T x, T y) {
    const int64_t acc = static_cast<int64_t>(x - q.a_zero) * q.a_factor + static_cast<int64_t>(y - q.b_zero) * q.b_factor;
    int64_t v = (acc * left + half) >> right;
    v = v < low ? low : v;
    v = v > high ? high : v;
    return static_cast<T>(v + q.output_zero);
  });
}

float power_of_two(int32_t exponent) {
  const uint32_t bits = static_cast<uint32_t>(exponent + 127) << 23;
  float out;
  std::memcpy(&out, &bits, sizeof(out));
  return out;
}

}  // namespace

bool make_add_factors(float a_scale, float b_scale, float output_scale, AddQuant* quant) {
  const float a = a_scale / output_scale;
  const float b = b_scale / output_scale;
  const float larger = a > b ? a : b;
  uint32_t bits;
  std::memcpy(&bits, &larger, sizeof(bits));
  const int32_t exponent = static_cast<int32_t>(bits >> 23) - 127;
  if (exponent > 127) return false;
  quant->shift = 20 - exponent;
  if (quant->shift > 62) {  // both inputs vanish beside one step of the output
    quant->a_factor = quant->b_factor = 0;
    quant->shift = 62;
    return true;
  }
  // A power of two times a float is exact, so each factor is rounded once.
  const float unit = power_of_two(quant->shift);
  quant->a_factor = round_even(a * unit);
  quant->b_factor = round_even(b * unit);
  // One step of the larger input is then 2^20 steps of the output: it saturates all the same with a smaller shift.
  if (quant->shift < -20) quant->shift = -20;
  return true;
}

void add_s8(const Broadcast& plan, const AddQuant& quant, const int8_t* a, const int8_t* b, int8_t* output) {
  add_q8(plan, quant, a, b, output);
}

void add_u8(const Broadcast& plan, const AddQuant& quant, const uint8_t* a, const uint8_t* b, uint8_t* output) {
  add_q8(plan, quant, a, b, output);
}

void add_s32(const Broadcast& plan, QuantRange range, const int32_t* a, const int32_t* b, int32_t* output) {
  add_rows(plan, a, b, output, [&](int32_t x, int32_t y) {
    const int32_t sum = static_cast<int32_t>(static_cast<uint32_t>(x) + static_cast<uint32_t>(y));
    return sum < range.min ? range.min : sum > range.max ? range.max : sum;
  });
}

void add_f32(const Broadcast& plan, FloatRange range, const float* a, const float* b, float* output) {
  add_rows(plan, a, b, output, [&](float x, float y) { return clamp(x + y, range); });
}

}  // namespace inlay::kernels
