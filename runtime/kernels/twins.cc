// SPDX-License-Identifier: Apache-2.0
#include "kernels/twins.h"

#include "inlay/op.h"

namespace inlay::kernels {

#if defined(INLAY_TWINS_AVX2)
extern const ConvTwinQ8 kConv2dS8Avx2, kConv2dU8Avx2;
#define INLAY_TWIN(name) \
  if ((cpu & INLAY_CPU_AVX2) != 0) return &name
#else
#define INLAY_TWIN(name) static_cast<void>(cpu)
#endif

const ConvTwinQ8* conv2d_s8_twin(uint32_t cpu, const ConvShape&) {
  INLAY_TWIN(kConv2dS8Avx2);
  return nullptr;
}

const ConvTwinQ8* conv2d_u8_twin(uint32_t cpu, const ConvShape&) {
  INLAY_TWIN(kConv2dU8Avx2);
  return nullptr;
}

const ConvTwinF32* conv2d_f32_twin(uint32_t, const ConvShape&) { return nullptr; }

const ConvTwinQ8* depthwise_conv2d_s8_twin(uint32_t, const ConvShape&) { return nullptr; }

const ConvTwinQ8* depthwise_conv2d_u8_twin(uint32_t, const ConvShape&) { return nullptr; }

const ConvTwinF32* depthwise_conv2d_f32_twin(uint32_t, const ConvShape&) { return nullptr; }

}  // namespace inlay::kernels
