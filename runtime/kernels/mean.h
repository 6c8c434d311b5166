// SPDX-License-Identifier: Apache-2.0
// Mean over any set of dims. Portable references; the definition of the op's numbers.
#pragma once
#include <cstdint>

#include "core/quant.h"
#include "inlay/graph.h"

namespace inlay::kernels {

/// Dims of the same fate, outermost first, with their strides in elements.
struct MeanLoops {
  int32_t rank;
  int32_t gap = 0;
  int32_t dims[INLAY_MAX_RANK];
  int64_t strides[INLAY_MAX_RANK];
  int64_t count;  ///< product of dims
};

/// Where iteration `index` of `loops` starts.
inline int64_t offset_of(const MeanLoops& loops, int64_t index) {
  int64_t offset = 0;
  for (int32_t i = loops.rank - 1; i >= 0; --i) {
    offset += index % loops.dims[i] * loops.strides[i];
    index /= loops.dims[i];
  }
  return offset;
}

/// The input split into a contiguous innermost run of `inner` elements, and loops over the rest.
struct MeanShape {
  MeanLoops kept, reduced;  ///< without the innermost run
  int32_t inner;
  bool inner_reduced;
  uint8_t gap[3] = {};
};

/// `outputs` results of no elements each: an empty dim is reduced away.
MeanShape empty_mean_shape(int32_t outputs);

/// Splits dims[0..rank), bit i of `mask` telling that dim i is averaged away. Every dim is at least 1.
MeanShape mean_shape(const int32_t* dims, int32_t rank, uint32_t mask);

/// The quantized mean: rint(fl(fl(float(sum(x - input_zero)) * scale) + output_zero)), clamped, with the scale
/// fl(fl(s_in / s_out) / count). The zero point comes before the rounding, so that ties go to an even stored value. At most
/// kMeanMaxCount elements take part in one.
struct MeanQuant {
  float scale;
  int32_t input_zero, output_zero;
  QuantRange range;
};
constexpr int32_t kMeanMaxCount = 1 << 23;  ///< an int32 then holds the sum

void mean_s8(const MeanShape& shape, const MeanQuant& quant, const int8_t* input, int8_t* output);
void mean_u8(const MeanShape& shape, const MeanQuant& quant, const uint8_t* input, uint8_t* output);

/// float32: the sum.
void sum_f32(const MeanShape& shape, const float* input, float* output);
/// float32: sum / count.
void mean_f32(const MeanShape& shape, const float* input, float* output);

}  // namespace inlay::kernels
