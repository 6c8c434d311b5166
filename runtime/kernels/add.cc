// SPDX-License-Identifier: Apache-2.0
#include "kernels/add.h"

namespace inlay::kernels {
namespace {

/// The sums need Acc: int32_t when 0 < shift <= 30 and T has 8 bits. Then |value - zero| <= 255 and each factor <= 2^21, so that
/// the sum with its half stays below 255 * 2^22 + 2^29 < 2^31, as does each part of it.
template <typename Acc, typename T>
void add_quant(const Broadcast& plan, const AddQuant& q, const T* a, const T* b, T* output) {
  const Acc low = static_cast<Acc>(q.range.min) - q.output_zero, high = static_cast<Acc>(q.range.max) - q.output_zero;
  constexpr bool kNarrow = sizeof(Acc) == 4;
  const Acc half = q.shift > 0 ? Acc{1} << (q.shift - 1) : 0;
  const int32_t right = q.shift > 0 ? q.shift : 0;
  const Acc left = Acc{1} << (q.shift < 0 ? -q.shift : 0);
  for_each_pair(plan, a, b, output, [=](T x, T y) {
    const Acc acc = static_cast<Acc>(x - q.a_zero) * q.a_factor + static_cast<Acc>(y - q.b_zero) * q.b_factor;
    Acc v = ((kNarrow ? acc : acc * left) + half) >> right;
    v = v < low ? low : v;
    v = v > high ? high : v;
    return static_cast<T>(v + q.output_zero);
  });
}

template <typename T>
void add_q8(const Broadcast& plan, const AddQuant& q, const T* a, const T* b, T* output) {
  if (q.shift > 0 && q.shift <= 30) {
    add_quant<int32_t>(plan, q, a, b, output);
  } else {
    add_quant<int64_t>(plan, q, a, b, output);
  }
}

float power_of_two(int32_t exponent) {
  const uint32_t bits = static_cast<uint32_t>(exponent + 127) << 23;
  float out;
  std::memcpy(&out, &bits, sizeof(out));
  return out;
}

/// Nearest integer of 0 <= v < 2^31. From 2^22 on round_even does not reach, and from 2^23 on floats are integers.
int32_t nearest(float v) {
  if (v < 4194304.0f) return round_even(v);
  const auto whole = static_cast<int32_t>(v);
  const float rest = v - static_cast<float>(whole);  // 0 or 0.5
  return rest > 0.0f ? whole + (whole & 1) : whole;
}

}  // namespace

bool make_add_factors(float a_scale, float b_scale, float output_scale, int32_t bits, AddQuant* quant) {
  const float a = a_scale / output_scale;
  const float b = b_scale / output_scale;
  const float larger = a > b ? a : b;
  uint32_t word;
  std::memcpy(&word, &larger, sizeof(word));
  const int32_t exponent = static_cast<int32_t>(word >> 23) - 127;
  if (exponent > 127) return false;
  quant->shift = bits - exponent;
  if (quant->shift > 62) {  // both inputs vanish beside one step of the output
    quant->a_factor = quant->b_factor = 0;
    quant->shift = 62;
    return true;
  }
  // A power of two times a float is exact, so each factor is rounded once.
  const float unit = power_of_two(quant->shift);
  quant->a_factor = nearest(a * unit);
  quant->b_factor = nearest(b * unit);
  // One step of the larger input is then 2^40 steps of the output: it saturates all the same with a smaller shift.
  const int32_t most = bits == kAddBits8 ? -20 : -10;
  if (quant->shift < most) quant->shift = most;
  return true;
}

void add_s8(const Broadcast& plan, const AddQuant& quant, const int8_t* a, const int8_t* b, int8_t* output) {
  add_q8(plan, quant, a, b, output);
}

void add_u8(const Broadcast& plan, const AddQuant& quant, const uint8_t* a, const uint8_t* b, uint8_t* output) {
  add_q8(plan, quant, a, b, output);
}

void add_s16(const Broadcast& plan, const AddQuant& quant, const int16_t* a, const int16_t* b, int16_t* output) {
  add_quant<int64_t>(plan, quant, a, b, output);
}

void add_f32(const Broadcast& plan, FloatRange range, const float* a, const float* b, float* output) {
  for_each_pair(plan, a, b, output, [=](float x, float y) { return clamp(x + y, range); });
}

void sub_f32(const Broadcast& plan, FloatRange range, const float* a, const float* b, float* output) {
  for_each_pair(plan, a, b, output, [=](float x, float y) { return clamp(x - y, range); });
}

template <typename T>
void add_int(const Broadcast& plan, IntRange range, const T* a, const T* b, T* output) {
  for_each_pair(plan, a, b, output, [=](T x, T y) { return clamp(wrap_add(x, y), range); });
}

template <typename T>
void sub_int(const Broadcast& plan, IntRange range, const T* a, const T* b, T* output) {
  for_each_pair(plan, a, b, output, [=](T x, T y) { return clamp(wrap_sub(x, y), range); });
}

template void add_int(const Broadcast&, IntRange, const int16_t*, const int16_t*, int16_t*);
template void add_int(const Broadcast&, IntRange, const int32_t*, const int32_t*, int32_t*);
template void add_int(const Broadcast&, IntRange, const int64_t*, const int64_t*, int64_t*);
template void sub_int(const Broadcast&, IntRange, const int32_t*, const int32_t*, int32_t*);
template void sub_int(const Broadcast&, IntRange, const int64_t*, const int64_t*, int64_t*);

}  // namespace inlay::kernels
