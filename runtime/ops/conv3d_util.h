// SPDX-License-Identifier: Apache-2.0
// What CONV_3D and CONV_3D_TRANSPOSE share.
#pragma once
#include "kernels/conv3d.h"
#include "ops/op_util.h"

namespace inlay {

struct Conv3dData {
  kernels::Conv3dShape shape;
  FloatRange range;
};

/// The whole prepare: float32 input [n, d, h, w, c], weights of rank 5 with the channels last, as kernels/conv3d.h says,
/// optional bias [out_c]; options are an inlay_window_3d with one group.
inlay_status prepare_conv3d(inlay_prepare* raw, bool transposed);

}  // namespace inlay
