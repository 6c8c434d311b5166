// SPDX-License-Identifier: Apache-2.0
// What 32-bit ARM lacks of the intrinsics for 64 bits that the NEON twins use, under their names. Only for neon_inl.h.
// NEON of 32 bits takes subnormal floats for zeros; requantization is the same with them, since such products round to 0.
#pragma once
#include <arm_neon.h>

namespace inlay::kernels {
namespace {

inline int16x8_t vmovl_high_s8(int8x16_t v) { return vmovl_s8(vget_high_s8(v)); }
inline int16x8_t vmull_high_s8(int8x16_t a, int8x16_t b) { return vmull_s8(vget_high_s8(a), vget_high_s8(b)); }
inline int16x8_t vmlal_high_s8(int16x8_t sum, int8x16_t a, int8x16_t b) { return vmlal_s8(sum, vget_high_s8(a), vget_high_s8(b)); }
inline int32x4_t vmlal_high_s16(int32x4_t sum, int16x8_t a, int16x8_t b) {
  return vmlal_s16(sum, vget_high_s16(a), vget_high_s16(b));
}
inline int32x4_t vaddw_high_s16(int32x4_t sum, int16x8_t v) { return vaddw_s16(sum, vget_high_s16(v)); }
inline int16x8_t vqmovn_high_s32(int16x4_t low, int32x4_t high) { return vcombine_s16(low, vqmovn_s32(high)); }
inline int8x16_t vqmovn_high_s16(int8x8_t low, int16x8_t high) { return vcombine_s8(low, vqmovn_s16(high)); }

inline int32x4_t vpaddq_s32(int32x4_t a, int32x4_t b) {
  return vcombine_s32(vpadd_s32(vget_low_s32(a), vget_high_s32(a)), vpadd_s32(vget_low_s32(b), vget_high_s32(b)));
}
inline int32_t vaddvq_s32(int32x4_t v) {
  const int32x2_t two = vadd_s32(vget_low_s32(v), vget_high_s32(v));
  return vget_lane_s32(vpadd_s32(two, two), 0);
}
inline float vaddvq_f32(float32x4_t v) {
  const float32x2_t two = vadd_f32(vget_low_f32(v), vget_high_f32(v));
  return vget_lane_f32(vpadd_f32(two, two), 0);
}

inline uint8x16x2_t vld1q_u8_x2(const uint8_t* p) { return {{vld1q_u8(p), vld1q_u8(p + 16)}}; }
inline int8x16x4_t vld1q_s8_x4(const int8_t* p) { return {{vld1q_s8(p), vld1q_s8(p + 16), vld1q_s8(p + 32), vld1q_s8(p + 48)}}; }
inline int32x4x2_t vld1q_s32_x2(const int32_t* p) { return {{vld1q_s32(p), vld1q_s32(p + 4)}}; }

/// Without the fused instructions, which came after the first CPUs with NEON.
inline float32x4_t vfmaq_f32(float32x4_t sum, float32x4_t a, float32x4_t b) { return vmlaq_f32(sum, a, b); }
/// `lane` must be a constant once this is inlined.
__attribute__((always_inline)) inline float32x4_t vfmaq_laneq_f32(float32x4_t sum, float32x4_t a, float32x4_t b, const int lane) {
  const float32x2_t half = lane < 2 ? vget_low_f32(b) : vget_high_f32(b);
  return lane % 2 == 0 ? vmlaq_lane_f32(sum, a, half, 0) : vmlaq_lane_f32(sum, a, half, 1);
}

/// To the nearest, ties to even, for values that are narrowed to 16 bits with saturation afterwards: where adding 1.5 * 2^23 is
/// exact, its lowest bits are the rounded number, and what lies beyond 2^20 saturates all the same.
inline int32x4_t vcvtnq_s32_f32(float32x4_t v) {
  const float32x4_t most = vdupq_n_f32(1048576.0f), shift = vdupq_n_f32(12582912.0f);
  const float32x4_t bounded = vmaxq_f32(vminq_f32(v, most), vnegq_f32(most));
  return vsubq_s32(vreinterpretq_s32_f32(vaddq_f32(bounded, shift)), vreinterpretq_s32_f32(shift));
}

}  // namespace
}  // namespace inlay::kernels
