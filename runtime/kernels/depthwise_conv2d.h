// SPDX-License-Identifier: Apache-2.0
// 2-D depthwise convolution, NHWC. Portable references; the definition of the op's numbers.
#pragma once
#include "kernels/conv2d.h"

namespace inlay::kernels {

/// ConvShape of a depthwise convolution: out_c is a multiple m of in_c >= 1, weights are [1, filter_h, filter_w, out_c], output
/// channel c reads input channel c / m; groups is unused.
void depthwise_conv2d_s8(const ConvShape& shape, const ConvQuant& quant, const int8_t* input, const int8_t* weights,
                         int8_t* output);
void depthwise_conv2d_u8(const ConvShape& shape, const ConvQuant& quant, const uint8_t* input, const uint8_t* weights,
                         uint8_t* output);

/// int16 activations, int8 weights.
void depthwise_conv2d_s16(const ConvShape& shape, const ConvQuant16& quant, const int16_t* input, const int8_t* weights,
                          int16_t* output);

/// float32. bias may be NULL.
void depthwise_conv2d_f32(const ConvShape& shape, FloatRange range, const float* input, const float* weights, const float* bias,
                          float* output);

/// float32 activations, int8 weights. Each image is quantized into `scratch`, in_h * in_w * in_c bytes. bias may be NULL.
void depthwise_conv2d_hybrid(const ConvShape& shape, const HybridScales& scales, FloatRange range, const float* input,
                             const int8_t* weights, const float* bias, int8_t* scratch, float* output);

}  // namespace inlay::kernels
