// SPDX-License-Identifier: Apache-2.0
// What the convolution-like ops of all dtypes share: CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED, TRANSPOSE_CONV, and the
// products of matrices. A backend has an ops/conv2d.cc and an ops/batch_matmul.cc, which choose how to compute them.
#pragma once
#include "gpu/op.h"

namespace inlay::gpu {

/// What one launch computes: conv_t of kernels/common.cl, member by member. Output pixel (first_y + q_y * every_y, first_x + q_x
/// * every_x), for q_y < rows and q_x < columns, is the sum over taps (a, b) of input pixel (origin_y + q_y * stride_y + a *
/// step_y, origin_x + q_x * stride_x + b * step_x), where it exists, times weight w_first + c * w_out + a * w_row + b * w_column
/// + i, for the group_in input channels i of the output channel c's group. A convolution is one launch; a transposed one is a
/// launch for every output pixel's place between the strides, whose taps run backwards over the input.
struct ConvLaunch {
  int32_t batch, in_h, in_w, in_c, out_h, out_w, out_c;
  int32_t rows, columns, first_y, first_x, every_y, every_x;
  int32_t origin_y, origin_x, stride_y, stride_x, step_y, step_x, filter_h, filter_w;
  int32_t group_in, group_out;  ///< channels of a group
  int32_t w_first, w_out, w_row, w_column;

  int32_t taps() const { return filter_h * filter_w; }
  size_t pixels() const { return static_cast<size_t>(batch) * static_cast<size_t>(rows) * static_cast<size_t>(columns); }
  /// Every output pixel is a product of the input pixel of the same number.
  bool is_pointwise() const;
};

/// Rows of `in` values as a row of pixels: `out` values of each.
ConvLaunch dense_launch(int32_t pixels, int32_t in, int32_t out);
/// The launches of any of the four kinds. Pointwise ones come as one row of pixels.
std::vector<ConvLaunch> conv_launches(const Node& node);

/// A product of matrices: kernels read a[batch][m][k] at a_first + m * a_row + k * a_step, b alike by k and n.
struct MatmulShape {
  int32_t batch, m, k, n;
  int32_t a_row, a_step, b_row, b_step;
};
MatmulShape matmul_shape(const Node& node);
/// For every matrix of the output, in elements: where a's and b's matrices begin.
std::vector<int32_t> matmul_places(const Node& node);

/// quant_t of kernels/matmul_q8.cl.
struct MatmulQuant {
  int32_t a_zero, b_zero, out_zero, low, high;
  float scale;
};
MatmulQuant matmul_quant(const Node& node);

/// What no form takes: int16 activations, floats with quantized weights.
const char* reject_conv(const Node& node);
const char* reject_matmul(const Node& node);

/// A float output value at a time, of any convolution.
void plan_conv_float_direct(const Node& node, const ConvLaunch& l, Recipe* recipe);
/// The tensor of the bias, -1 where there is none.
int32_t bias_id(const Node& node);

/// A launch of a kernel with the arguments of kernels/matmul_q8.cl.
Launch& launch_matmul_q8(const Node& node, const char* kernel, size_t work_items, Recipe* recipe);
void plan_matmul_q8_direct(const Node& node, Recipe* recipe);

}  // namespace inlay::gpu
