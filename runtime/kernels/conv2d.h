// SPDX-License-Identifier: Apache-2.0
// 2-D convolution, NHWC, groups and dilation. Portable references; the definition of the op's numbers.
#pragma once
#include <cstdint>

#include "core/quant.h"
#include "kernels/hybrid.h"

namespace inlay::kernels {

/// Shapes and geometry of a convolution. Input [batch, in_h, in_w, in_c], weights [out_c, filter_h, filter_w, in_c / groups],
/// output [batch, out_h, out_w, out_c].
struct ConvShape {
  int32_t batch, in_h, in_w, in_c;
  int32_t out_h, out_w, out_c;
  int32_t filter_h, filter_w;
  int32_t stride_h, stride_w, dilation_h, dilation_w;
  int32_t pad_top, pad_left;
  int32_t groups;
};

/// Quantization of a convolution-like op: acc = bias[c] + sum((x - input_zero) * (w - weight_zero)).
struct ConvQuant {
  const float* scales;   ///< out_c values: fl(fl(s_in * s_w[c]) / s_out)
  const int32_t* bias;   ///< out_c values, or NULL
  int32_t input_zero, weight_zero, output_zero;
  QuantRange range;
};

/// int8 and uint8: exact int32 accumulation, requantized in float32 (docs/numerics.md). Padding is a real zero.
void conv2d_s8(const ConvShape& shape, const ConvQuant& quant, const int8_t* input, const int8_t* weights, int8_t* output);
void conv2d_u8(const ConvShape& shape, const ConvQuant& quant, const uint8_t* input, const uint8_t* weights, uint8_t* output);

/// float32. bias may be NULL.
void conv2d_f32(const ConvShape& shape, FloatRange range, const float* input, const float* weights, const float* bias,
                float* output);

/// float32 activations, int8 weights. Each image is quantized into `scratch`, in_h * in_w * in_c bytes; but each pixel by
/// itself when the convolution only mixes the channels of a pixel, as LiteRT runs it as a fully connected op. bias may be NULL.
void conv2d_hybrid(const ConvShape& shape, const HybridScales& scales, FloatRange range, const float* input,
                   const int8_t* weights, const float* bias, int8_t* scratch, float* output);

}  // namespace inlay::kernels
