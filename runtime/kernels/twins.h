// SPDX-License-Identifier: Apache-2.0
// Faster twins of the portable kernels: where they are, and how an op picks one. Integer twins give the same bits as the portable
// kernel; float ones add in another order, with fused multiply-adds. A float result never depends on how the work was parted.
#pragma once
#include <cstddef>

#include "kernels/conv2d.h"
#include "kernels/part.h"

namespace inlay::kernels {

/// A twin of an 8-bit convolution (also depthwise and fully connected). Input, weights and output are of one dtype, int8 or
/// uint8.
struct ConvTwinQ8 {
  /// False for shapes it leaves to lesser levels.
  bool (*takes)(const ConvShape&);
  /// What pack fills, alive as long as the session; aligned to 16.
  size_t (*packed_bytes)(const ConvShape&);
  /// What run needs beside its tensors, for each part that runs at the same time; aligned to 16.
  size_t (*scratch_bytes)(const ConvShape&);
  void (*pack)(const ConvShape&, const ConvQuant&, const void* weights, void* packed);
  void (*run)(const ConvShape&, const ConvQuant&, const void* input, const void* weights, const void* packed, void* scratch,
              void* output, Part part);
  /// True where run reads `packed` alone: a firmware then leaves the model's own weights out of its flash.
  bool weights_unread = false;
};

/// The same of float32. bias may be NULL.
struct ConvTwinF32 {
  bool (*takes)(const ConvShape&);
  size_t (*packed_bytes)(const ConvShape&);
  size_t (*scratch_bytes)(const ConvShape&);
  void (*pack)(const ConvShape&, const float* weights, void* packed);
  void (*run)(const ConvShape&, FloatRange, const float* input, const float* weights, const float* bias, const void* packed,
              void* scratch, float* output, Part part);
};

/// Kinds of twins: a new one needs a name here, a type above, its lines in twins.inc.
enum class TwinKind {
  kConv2dS8,
  kConv2dU8,
  kConv2dF32,
  kDepthwiseConv2dS8,
  kDepthwiseConv2dU8,
  kDepthwiseConv2dF32,
  kAddS8,  // from here on: kernels/elementwise_twins.h
  kAddU8,
  kMulS8,
  kMulU8,
  kAddF32,
  kSubF32,
  kMulF32,
  kPreluF32,
  kBytes,
  kResizeBilinearS8,
  kResizeBilinearU8,
  kResizeBilinearF32,
  kMaxPoolS8,
  kMaxPoolU8,
  kMaxPoolF32,
  kAveragePoolS8,
  kAveragePoolU8,
  kAveragePoolF32
};

/// A twin and the level of its instructions; twin NULL: the portable kernel is all there is.
template <typename Twin>
struct Choice {
  const Twin* twin;
  uint32_t level;  ///< the INLAY_CPU_* bit
};

/// Twin `index` of a kind, best level first, of the levels in `cpu` (INLAY_CPU_* bits); NULL behind the last.
const void* twin_at(TwinKind kind, uint32_t cpu, int32_t index, uint32_t* level);

/// The best twin for a CPU and a shape. `Twin` is the type twins.inc gives to the kind.
template <typename Twin, typename Shape>
Choice<Twin> choose_twin(TwinKind kind, uint32_t cpu, const Shape& shape) {
  uint32_t level = 0;
  for (int32_t i = 0;; ++i) {
    const auto* twin = static_cast<const Twin*>(twin_at(kind, cpu, i, &level));
    if (twin == nullptr) return {nullptr, 0};
    if (twin->takes(shape)) return {twin, level};
  }
}

}  // namespace inlay::kernels
