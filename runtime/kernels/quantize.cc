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

void dequantize_f16(int64_t count, const uint16_t* in, float* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = half_to_float(in[i]);
}

}  // namespace inlay::kernels
