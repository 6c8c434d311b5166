// SPDX-License-Identifier: Apache-2.0
// What average and max pooling share.
#pragma once
#include "kernels/pool2d.h"
#include "ops/op_util.h"

namespace inlay {

/// Data of a pooling op.
struct PoolData {
  kernels::PoolShape shape;
  QuantRange quant_range;
  FloatRange float_range;
};

/// The whole prepare of a pooling op: one input [n, h, w, c], float, 8 bit or int16 with the same quantization on both sides.
inlay_status prepare_pool(inlay_prepare* raw);

}  // namespace inlay
