// SPDX-License-Identifier: Apache-2.0
// Convolutions and FULLY_CONNECTED of halves whose weights are zeros at two of every four places of the depth, as a form of the op:
// the host's half of kernels/conv_f16_sparse.cu.
#pragma once
#include "ops/forms.h"

namespace inlay::cuda {

/// How many tiles take the convolution: 0 where floats do not lie as halves, the weights are not constant or not such once they are
/// halves, groups of input channels are no multiples of 8, or the device is older than compute capability 8.0.
int32_t half_sparse_sizes(const ConvReal& conv);
/// size: one of those, or kOwnChoice.
void plan_half_sparse(const ConvReal& conv, int32_t size, Recipe* recipe);

}  // namespace inlay::cuda
