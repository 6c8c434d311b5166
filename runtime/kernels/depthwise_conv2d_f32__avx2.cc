// SPDX-License-Identifier: Apache-2.0
// float32 depthwise convolution for AVX2 and FMA.
#include "kernels/avx2_inl.h"
#include "kernels/depthwise_f32_inl.h"

namespace inlay::kernels {
namespace {

struct Floats {
  using Type = __m256;
  static constexpr int32_t kLanes = 8;
  static Type all(float v) { return _mm256_set1_ps(v); }
  static Type load(const float* p) { return _mm256_loadu_ps(p); }
  static void store(float* p, Type v) { _mm256_storeu_ps(p, v); }
  static Type multiply_add(Type a, Type b, Type sum) { return _mm256_fmadd_ps(a, b, sum); }
  static Type limit(Type v, Type low, Type high) { return _mm256_min_ps(high, _mm256_max_ps(low, v)); }
};

}  // namespace

extern "C" const ConvTwinF32 kDepthwiseConv2dF32Avx2;
const ConvTwinF32 kDepthwiseConv2dF32Avx2 = {takes<Floats>, nothing, nothing, pack_nothing, run<Floats>};

}  // namespace inlay::kernels
