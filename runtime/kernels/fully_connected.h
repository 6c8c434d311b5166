// SPDX-License-Identifier: Apache-2.0
// Fully connected: output[r][c] = bias[c] + dot(input[r], weights[c]). Portable references; the definition of the op's numbers.
#pragma once
#include "kernels/conv2d.h"

namespace inlay::kernels {

/// Input [rows, in], weights [out, in], output [rows, out].
struct FullyConnectedShape {
  int32_t rows, in, out;
};

/// int8 and uint8, the arithmetic of a convolution.
void fully_connected_s8(const FullyConnectedShape& shape, const ConvQuant& quant, const int8_t* input, const int8_t* weights,
                        int8_t* output);
void fully_connected_u8(const FullyConnectedShape& shape, const ConvQuant& quant, const uint8_t* input, const uint8_t* weights,
                        uint8_t* output);
/// int4 weights; `scratch` takes `in` bytes, the weights of one output channel.
void fully_connected_s8_w4(const FullyConnectedShape& shape, const ConvQuant& quant, const int8_t* input, const uint8_t* weights,
                           int8_t* scratch, int8_t* output);
/// int16 activations, int8 weights.
void fully_connected_s16(const FullyConnectedShape& shape, const ConvQuant16& quant, const int16_t* input, const int8_t* weights,
                         int16_t* output);

/// float32. bias may be NULL.
void fully_connected_f32(const FullyConnectedShape& shape, FloatRange range, const float* input, const float* weights,
                         const float* bias, float* output);

/// float32 activations, int8 weights. Each row is quantized into `scratch`, `in` bytes. bias may be NULL.
void fully_connected_hybrid(const FullyConnectedShape& shape, const HybridScales& scales, FloatRange range, const float* input,
                            const int8_t* weights, const float* bias, int8_t* scratch, float* output);
/// int4 weights; `filter` takes another `in` bytes.
void fully_connected_hybrid_w4(const FullyConnectedShape& shape, const HybridScales& scales, FloatRange range, const float* input,
                               const uint8_t* weights, const float* bias, int8_t* scratch, int8_t* filter, float* output);

}  // namespace inlay::kernels
