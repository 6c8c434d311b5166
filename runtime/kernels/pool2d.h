// SPDX-License-Identifier: Apache-2.0
// 2-D pooling, NHWC. Portable references; the definition of the ops' numbers.
#pragma once
#include <cstdint>

#include "core/quant.h"

namespace inlay::kernels {

/// Input [batch, in_h, in_w, channels], output [batch, out_h, out_w, channels]. Pads are smaller than the window and the image
/// is not empty: every window covers at least one pixel. filter_h * filter_w <= kPoolMaxWindow.
struct PoolShape {
  int32_t batch, in_h, in_w, channels;
  int32_t out_h, out_w;
  int32_t filter_h, filter_w;
  int32_t stride_h, stride_w;
  int32_t pad_top, pad_left;
};
constexpr int32_t kPoolMaxWindow = 1 << 23;  ///< an int32 then holds the sum of a window of 8-bit values, rounding included

/// Mean of the pixels inside the image. Integers: sum of the stored values / count, rounded half away from zero; input and
/// output share scale and zero point.
void average_pool2d_s8(const PoolShape& shape, QuantRange range, const int8_t* input, int8_t* output);
void average_pool2d_u8(const PoolShape& shape, QuantRange range, const uint8_t* input, uint8_t* output);
void average_pool2d_s16(const PoolShape& shape, QuantRange range, const int16_t* input, int16_t* output);
void average_pool2d_f32(const PoolShape& shape, FloatRange range, const float* input, float* output);

/// Root of the mean square of the pixels inside the image.
void l2_pool2d_f32(const PoolShape& shape, FloatRange range, const float* input, float* output);

/// Largest pixel inside the image. Input and output share scale and zero point.
void max_pool2d_s8(const PoolShape& shape, QuantRange range, const int8_t* input, int8_t* output);
void max_pool2d_u8(const PoolShape& shape, QuantRange range, const uint8_t* input, uint8_t* output);
void max_pool2d_s16(const PoolShape& shape, QuantRange range, const int16_t* input, int16_t* output);
void max_pool2d_f32(const PoolShape& shape, FloatRange range, const float* input, float* output);

}  // namespace inlay::kernels
