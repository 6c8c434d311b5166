// SPDX-License-Identifier: Apache-2.0
// What RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR share.
#pragma once
#include "kernels/resize_bilinear.h"
#include "ops/op_util.h"

namespace inlay {

/// Input 0 is [n, h, w, c] with pixels, input 1 the constant int32 [height, width]; checks them and output 0, whose dims it
/// gives.
inlay_status resize_target(const Prepare& p, int32_t dims[4]);

}  // namespace inlay
