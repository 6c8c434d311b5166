// SPDX-License-Identifier: Apache-2.0
// 2-D transposed convolution, NHWC. Portable references; the definition of the op's numbers.
#pragma once
#include "kernels/conv2d.h"

namespace inlay::kernels {

/// ConvShape of a transposed convolution: input pixel (y, x) times tap (fy, fx) goes to output pixel
/// (y * stride_h - pad_top + fy, x * stride_w - pad_left + fx). Weights are [out_c, filter_h, filter_w, in_c]; dilations and
/// groups are unused. An output pixel that nothing reaches holds the bias. The arithmetic is that of a convolution.
void transpose_conv_s8(const ConvShape& shape, const ConvQuant& quant, const int8_t* input, const int8_t* weights,
                       int8_t* output);
void transpose_conv_u8(const ConvShape& shape, const ConvQuant& quant, const uint8_t* input, const uint8_t* weights,
                       uint8_t* output);
/// int16 activations, int8 weights.
void transpose_conv_s16(const ConvShape& shape, const ConvQuant16& quant, const int16_t* input, const int8_t* weights,
                        int16_t* output);
/// float32. bias may be NULL.
void transpose_conv_f32(const ConvShape& shape, FloatRange range, const float* input, const float* weights, const float* bias,
                        float* output);
/// float32 activations, int8 weights. Each image is quantized into `scratch`, in_h * in_w * in_c bytes. bias may be NULL.
void transpose_conv_hybrid(const ConvShape& shape, const HybridScales& scales, FloatRange range, const float* input,
                           const int8_t* weights, const float* bias, int8_t* scratch, float* output);

}  // namespace inlay::kernels
