// SPDX-License-Identifier: Apache-2.0
// Padding of any element of 1, 2, 4 or 8 bytes.
#pragma once
#include <cstdint>

#include "kernels/part.h"

namespace inlay::kernels {

constexpr int32_t kPadRank = 8;
enum PadMode : int32_t { kPadConstant = 0, kPadReflect = 1, kPadSymmetric = 2 };

/// out[i] = in[i - before], or what the mode puts outside the input. rank >= 1.
struct PadShape {
  int64_t in[kPadRank];
  int64_t before[kPadRank];
  int64_t out[kPadRank];
  int32_t rank;
  int32_t mode;
};

/// Fills `shape` from checked dims; merges neighbours that the mode lets merge, so that rows get long.
void make_pad_shape(const int32_t* in, const int32_t* before, const int32_t* after, int32_t rank, int32_t mode, PadShape* shape);

/// element_bytes is 1, 2, 4 or 8; value holds the constant in its low bytes, or with its sign extended. Parts are rows of the
/// output.
void pad(const PadShape& shape, int32_t element_bytes, int32_t value, const void* input, void* output, Part part = kWhole);

}  // namespace inlay::kernels
