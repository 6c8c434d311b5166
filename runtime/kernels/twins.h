// SPDX-License-Identifier: Apache-2.0
// Faster twins of the portable kernels: where they are, and how an op picks one. Integer twins give the same bits as the portable
// kernel; float ones add in another order, with fused multiply-adds.
#pragma once
#include <cstddef>

#include "kernels/conv2d.h"

namespace inlay::kernels {

/// A twin of an 8-bit convolution (also depthwise and fully connected). Input, weights and output are of one dtype, int8 or uint8.
struct ConvTwinQ8 {
  /// What pack fills, alive as long as the session; aligned to 16.
  size_t (*packed_bytes)(const ConvShape&);
  /// What run needs beside its tensors; aligned to 16.
  size_t (*scratch_bytes)(const ConvShape&);
  void (*pack)(const ConvShape&, const ConvQuant&, const void* weights, void* packed);
  void (*run)(const ConvShape&, const ConvQuant&, const void* input, const void* weights, const void* packed, void* scratch,
              void* output);
};

/// The same of float32. bias may be NULL.
struct ConvTwinF32 {
  size_t (*packed_bytes)(const ConvShape&);
  size_t (*scratch_bytes)(const ConvShape&);
  void (*pack)(const ConvShape&, const float* weights, void* packed);
  void (*run)(const ConvShape&, FloatRange, const float* input, const float* weights, const float* bias, const void* packed,
              void* scratch, float* output);
};

/// The best twin for a CPU (INLAY_CPU_* bits) and a shape, or NULL: the portable kernel is all there is.
const ConvTwinQ8* conv2d_s8_twin(uint32_t cpu, const ConvShape& shape);
const ConvTwinQ8* conv2d_u8_twin(uint32_t cpu, const ConvShape& shape);
const ConvTwinF32* conv2d_f32_twin(uint32_t cpu, const ConvShape& shape);
const ConvTwinQ8* depthwise_conv2d_s8_twin(uint32_t cpu, const ConvShape& shape);
const ConvTwinQ8* depthwise_conv2d_u8_twin(uint32_t cpu, const ConvShape& shape);
const ConvTwinF32* depthwise_conv2d_f32_twin(uint32_t cpu, const ConvShape& shape);

}  // namespace inlay::kernels
