// SPDX-License-Identifier: Apache-2.0
// Arguments that launches of 8-bit kernels pass by value; plain C++, for kernels and for who launches them. Members of 4 bytes.
#pragma once
#include <cstdint>

namespace inlay::cuda {

/// gpu::ConvLaunch (gpu/ops/conv.h), which says what the members mean.
struct ConvShape {
  int32_t batch, in_h, in_w, in_c, out_h, out_w, out_c;
  int32_t rows, columns, first_y, first_x, every_y, every_x;
  int32_t origin_y, origin_x, stride_y, stride_x, step_y, step_x, filter_h, filter_w;
  int32_t group_in, group_out;
  int32_t w_first, w_out, w_row, w_column;
};

/// A quantized sum of what was just computed (a) and another tensor of the output's shape (b); see sum_quantized() of
/// gpu/kernels/pair.cl.
struct Sum8 {
  int32_t a_zero, a_factor, b_zero, b_factor, zero, shift, low, high;
};

/// What conv_q8_mma takes beside the shape.
struct MmaConv {
  int32_t out_zero, low, high;
  int32_t is_signed;     ///< 0: input and output are uint8
  int32_t depth_blocks;  ///< of 64 values of the sums, zeros filled up
  int32_t row_units;     ///< packed units of 16 output channels of a group
  int32_t store_bytes;   ///< 16, 4 or 1: what out_c and group_out are multiples of
  int32_t has_sum;       ///< `sum` and the kernel's argument `other` count
  Sum8 sum;
};

/// What conv_q8_split takes beside that.
struct MmaSplit {
  int32_t parts;  ///< of the depth
  int32_t steps;  ///< of a part; the last may have fewer
};

/// What conv_q8_depthwise takes beside the shape.
struct DepthwiseConv {
  int32_t out_zero, low, high;
  int32_t in_zero;  ///< of -128..127
  int32_t is_signed;
  int32_t has_sum;
  Sum8 sum;
};
using DotConv = DepthwiseConv;  ///< conv_q8_dot takes the same

/// How kernels read rows of an operand of a product, 64 values of depth of each at a time.
enum RowReads : int32_t {
  kChunkReads,   ///< depth by depth in memory, 16 bytes at multiples of 16
  kWordReads,    ///< the same by 4 bytes
  kTurnedReads,  ///< row by row in memory: 4 bytes at multiples of 4 are one depth of four rows
  kByteReads,    ///< in any order
  kAnyReads,     ///< what a kernel is made for that finds out when it runs; never kChunkReads
};

/// What matmul_q8_mma takes: gpu::MatmulShape, gpu::MatmulQuant (gpu/ops/conv.h), and how it reads and writes.
struct MatmulQ8 {
  int32_t batch, m, k, n;
  int32_t a_row, a_step, b_row, b_step;
  int32_t a_zero, b_zero, out_zero, low, high;
  float scale;
  int32_t a_reads, b_reads;  ///< RowReads
  int32_t store_bytes;       ///< 16, 4 or 1: what n is a multiple of
};

}  // namespace inlay::cuda
