// SPDX-License-Identifier: Apache-2.0
#include "kernels/quantize.h"

namespace inlay::kernels {

float half_to_float(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000u) << 16;
  uint32_t exponent = half >> 10 & 0x1fu;
  uint32_t fraction = half & 0x3ffu;
  uint32_t bits = sign;
  if (exponent == 0x1f) {
    bits |= 0x7f800000u | fraction << 13;
  } else if (exponent != 0) {
    bits |= (exponent + 112) << 23 | fraction << 13;
  } else if (fraction != 0) {
    exponent = 113;
    while ((fraction & 0x400u) == 0) {
      fraction <<= 1;
      --exponent;
    }
    bits |= exponent << 23 | (fraction & 0x3ffu) << 13;
  }
  float out;
  std::memcpy(&out, &bits, sizeof(out));
  return out;
}

uint16_t float_to_half(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  const auto sign = static_cast<uint16_t>(bits >> 16 & 0x8000u);
  bits &= 0x7fffffffu;
  const auto with_sign = [&](uint32_t rest) { return static_cast<uint16_t>(sign | rest); };
  if (bits > 0x7f800000u) return with_sign(0x7e00u | (bits >> 13 & 0x3ffu));
  if (bits >= 0x477ff000u) return with_sign(0x7c00u);  // rounds to 2^16 or more
  if (bits >= 0x38800000u) return with_sign((bits - 0x38000000u + 0xfffu + (bits >> 13 & 1u)) >> 13);
  if (bits < 0x33000000u) return with_sign(0);
  // Subnormal: the mantissa moves right by 14 .. 24 places.
  const uint32_t shift = 126 - (bits >> 23), mantissa = (bits & 0x7fffffu) | 0x800000u;
  const uint32_t kept = mantissa >> shift, lost = mantissa & ((1u << shift) - 1), half = 1u << (shift - 1);
  return with_sign(kept + (lost > half || (lost == half && (kept & 1u) != 0) ? 1u : 0u));
}

void dequantize_f16(int64_t count, const uint16_t* in, float* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = half_to_float(in[i]);
}

}  // namespace inlay::kernels
