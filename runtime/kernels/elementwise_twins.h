// SPDX-License-Identifier: Apache-2.0
// Types of the twins beside the convolutions': pairs of operands that broadcast, tables of bytes, resizing.
#pragma once
#include <cstddef>

#include "kernels/broadcast.h"
#include "kernels/part.h"
#include "kernels/pool2d.h"
#include "kernels/resize_bilinear.h"

namespace inlay::kernels {

/// A function of two operands. `math` is AddQuant of kAddS8 and kAddU8, MulQuant of kMulS8 and kMulU8, FloatRange of kAddF32,
/// kSubF32 and kMulF32, nothing of kPreluF32. Bits as of the portable kernel, floats too.
struct PairTwin {
  bool (*takes)(const void* math);
  /// out[i] = f(a[i * a_step], b[i * b_step]) of `count` elements. Steps are 0 or 1. out may be a or b.
  void (*row)(const void* math, const void* a, int64_t a_step, const void* b, int64_t b_step, int64_t count, void* out);
};

/// The whole of a broadcast by rows of a twin. Operands and output have elements of `element_bytes`. Short rows whose one operand
/// repeats, as a value per channel does, are joined.
void run_pair(const PairTwin& twin, const void* math, const Broadcast& plan, int32_t element_bytes, const void* a, const void* b,
              void* out);

/// The part of a plan along its outermost dim, and where it starts in the operands and the output, in elements.
struct PairPart {
  Broadcast plan;
  int64_t a, b, out;
};
PairPart part_of(const Broadcast& plan, Part part);

/// Bytes through a table of 256: kernels/table.h's table8. In place allowed.
struct TableTwin {
  void (*run)(const uint8_t* table, int64_t count, const uint8_t* in, uint8_t* out);
};

/// Bilinear resizing; one of the dtypes int8, uint8, float32. Bits as of the portable kernel. Parts are rows of the output.
struct ResizeTwin {
  size_t (*scratch_bytes)(const ResizeShape&);  ///< for each part that runs at the same time; aligned to 16
  void (*run)(const ResizeShape&, const void* input, void* scratch, void* output, Part part);
};

/// Pooling. `range` is a QuantRange of 8 bit, a FloatRange of floats. Bits as of the portable kernel.
struct PoolTwin {
  bool (*takes)(const PoolShape&);
  void (*run)(const PoolShape&, const void* range, const void* input, void* output);
};

}  // namespace inlay::kernels
