// SPDX-License-Identifier: Apache-2.0
// 3-D convolution and transposed convolution, NDHWC, float32. Portable references.
#pragma once
#include "core/quant.h"

namespace inlay::kernels {

/// Extents along one of depth, height and width.
struct Conv3dAxis {
  int32_t in, out, filter, stride, dilation, pad;
};

struct Conv3dShape {
  int32_t batch, in_c, out_c;
  Conv3dAxis d, h, w;
};

/// Input [batch, d, h, w, in_c], weights [fd, fh, fw, in_c, out_c], output [batch, od, oh, ow, out_c]. bias may be NULL.
void conv3d_f32(const Conv3dShape& shape, FloatRange range, const float* input, const float* weights, const float* bias,
                float* output);

/// Input voxel i times tap f goes to output voxel i * stride - pad + f. Weights [fd, fh, fw, out_c, in_c]; dilations are
/// unused. bias may be NULL.
void conv3d_transpose_f32(const Conv3dShape& shape, FloatRange range, const float* input, const float* weights, const float* bias,
                          float* output);

}  // namespace inlay::kernels
