// SPDX-License-Identifier: Apache-2.0
// Tiles for products that fill a GPU.
#include "kernels/conv_q8_mma.cuh"

namespace inlay::cuda {
namespace {

using T128x256 = ConvTile<128, 256, 64, 64, 1, 4>;
using T128x128 = ConvTile<128, 128, 64, 32, 1, 4>;

const Kernel entries[] = {
    INLAY_CUDA_KERNEL("conv_q8_mma_large", "128x256 dense16", "conv_q8_mma", conv_q8_mma<T128x256, DensePixels, 16, true>),
    INLAY_CUDA_KERNEL("conv_q8_mma_large", "128x128 dense16", "conv_q8_mma", conv_q8_mma<T128x128, DensePixels, 16, true>),
    INLAY_CUDA_KERNEL("conv_q8_mma_large", "128x128 window16", "conv_q8_mma", conv_q8_mma<T128x128, WindowPixels, 16, false>),
};

}  // namespace

INLAY_CUDA_KERNEL_LIST(conv_q8_mma_large, entries)

}  // namespace inlay::cuda
