// SPDX-License-Identifier: Apache-2.0
#include "kernels/twins.h"

#include "inlay/op.h"

namespace inlay::kernels {
namespace {

/// The twin of one level where the CPU has it.
template <typename Twin>
const Twin* pick(uint32_t cpu, uint32_t level, const Twin* twin) {
  return (cpu & level) != 0 ? twin : nullptr;
}

bool one_per_channel(const ConvShape& s) { return s.out_c == s.in_c; }

}  // namespace

// The best level comes first. A level that is not part of the build names no symbol of it.
#if defined(INLAY_TWINS_AVX2)
extern const ConvTwinQ8 kConv2dS8Avx2, kConv2dU8Avx2, kDepthwiseConv2dS8Avx2, kDepthwiseConv2dU8Avx2;
extern const ConvTwinF32 kConv2dF32Avx2, kDepthwiseConv2dF32Avx2;
#define INLAY_AVX2(cpu, name) pick(cpu, INLAY_CPU_AVX2, &name)
#else
#define INLAY_AVX2(cpu, name) nullptr
#endif

const ConvTwinQ8* conv2d_s8_twin([[maybe_unused]] uint32_t cpu, const ConvShape&) { return INLAY_AVX2(cpu, kConv2dS8Avx2); }

const ConvTwinQ8* conv2d_u8_twin([[maybe_unused]] uint32_t cpu, const ConvShape&) { return INLAY_AVX2(cpu, kConv2dU8Avx2); }

const ConvTwinF32* conv2d_f32_twin([[maybe_unused]] uint32_t cpu, const ConvShape&) { return INLAY_AVX2(cpu, kConv2dF32Avx2); }

const ConvTwinQ8* depthwise_conv2d_s8_twin([[maybe_unused]] uint32_t cpu, const ConvShape& shape) {
  return one_per_channel(shape) ? INLAY_AVX2(cpu, kDepthwiseConv2dS8Avx2) : nullptr;
}

const ConvTwinQ8* depthwise_conv2d_u8_twin([[maybe_unused]] uint32_t cpu, const ConvShape& shape) {
  return one_per_channel(shape) ? INLAY_AVX2(cpu, kDepthwiseConv2dU8Avx2) : nullptr;
}

const ConvTwinF32* depthwise_conv2d_f32_twin([[maybe_unused]] uint32_t cpu, const ConvShape& shape) {
  return one_per_channel(shape) && shape.out_c >= 8 ? INLAY_AVX2(cpu, kDepthwiseConv2dF32Avx2) : nullptr;
}

}  // namespace inlay::kernels
