// SPDX-License-Identifier: Apache-2.0
// How this backend computes convolutions and products: the choices by dtype, and the forms of 8-bit ones.
#pragma once
#include "gpu/ops/conv_q8.h"
#include "using.h"

namespace inlay::opencl {

void plan_conv_q8(const Node& node, Recipe* recipe);
int32_t variants_conv_q8(const Node& node);
void plan_conv_real(const Node& node, Recipe* recipe);
int32_t variants_conv_real(const Node& node);
void plan_matmul_real(const Node& node, Recipe* recipe);
int32_t variants_matmul_real(const Node& node);

/// `vector` output channels of up to four pixels at a time; needs constant weights.
void plan_wide(const ConvQ8& conv, int32_t vector, Recipe* recipe);
/// Dot products along input channels; needs constant weights that fit int8, and input channels in fours.
void plan_dot(const ConvQ8& conv, Recipe* recipe);
/// `vector` channels of a depthwise convolution with at least that many and one output channel to each; needs constant weights.
void plan_depthwise(const ConvQ8& conv, int32_t vector, Recipe* recipe);

}  // namespace inlay::opencl
