// SPDX-License-Identifier: Apache-2.0
// 2-D convolution, NHWC, groups and dilation. Portable references; the definition of the op's numbers.
#pragma once
#include <cstdint>

#include "core/fixed_scale.h"
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

/// The same of int16 activations and int8 weights, whose zero points are all 0: acc = bias[c] + sum(x * w) in 64 bits.
struct ConvQuant16 {
  const FixedScale* scales;  ///< out_c values
  const int64_t* bias;       ///< out_c values, or NULL
  QuantRange range;
};

/// int8 and uint8: exact int32 accumulation, requantized in float32 (docs/numerics.md). Padding is a real zero.
void conv2d_s8(const ConvShape& shape, const ConvQuant& quant, const int8_t* input, const int8_t* weights, int8_t* output);
void conv2d_u8(const ConvShape& shape, const ConvQuant& quant, const uint8_t* input, const uint8_t* weights, uint8_t* output);
/// int4 weights; `scratch` takes the filter of one output channel, filter_h * filter_w * in_c / groups bytes.
void conv2d_s8_w4(const ConvShape& shape, const ConvQuant& quant, const int8_t* input, const uint8_t* weights, int8_t* scratch,
                  int8_t* output);
/// int16 activations, int8 weights.
void conv2d_s16(const ConvShape& shape, const ConvQuant16& quant, const int16_t* input, const int8_t* weights, int16_t* output);

/// float32. bias may be NULL.
void conv2d_f32(const ConvShape& shape, FloatRange range, const float* input, const float* weights, const float* bias,
                float* output);

/// float32 activations, int8 weights. Each image is quantized into `scratch`, in_h * in_w * in_c bytes; but each pixel by
/// itself when the convolution only mixes the channels of a pixel, as LiteRT runs it as a fully connected op. bias may be NULL.
void conv2d_hybrid(const ConvShape& shape, const HybridScales& scales, FloatRange range, const float* input,
                   const int8_t* weights, const float* bias, int8_t* scratch, float* output);
/// int4 weights; every group is an image. `filter` takes the filter of one output channel.
void conv2d_hybrid_w4(const ConvShape& shape, const HybridScales& scales, FloatRange range, const float* input,
                      const uint8_t* weights, const float* bias, int8_t* scratch, int8_t* filter, float* output);

}  // namespace inlay::kernels
