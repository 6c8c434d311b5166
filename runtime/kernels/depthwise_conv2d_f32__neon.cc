// SPDX-License-Identifier: Apache-2.0
// float32 depthwise convolution for ARM.
#include "kernels/depthwise_f32_inl.h"
#include "kernels/neon_inl.h"

namespace inlay::kernels {
namespace {

struct Floats {
  using Type = float32x4_t;
  static constexpr int32_t kLanes = 4;
  static Type all(float v) { return vdupq_n_f32(v); }
  static Type load(const float* p) { return vld1q_f32(p); }
  static void store(float* p, Type v) { vst1q_f32(p, v); }
  static Type multiply_add(Type a, Type b, Type sum) { return vfmaq_f32(sum, a, b); }
  static Type limit(Type v, Type low, Type high) { return vminq_f32(high, vmaxq_f32(low, v)); }
};

}  // namespace

extern "C" const ConvTwinF32 kDepthwiseConv2dF32Neon;
const ConvTwinF32 kDepthwiseConv2dF32Neon = {takes<Floats>, nothing, nothing, pack_nothing, run<Floats>};

}  // namespace inlay::kernels
