// SPDX-License-Identifier: Apache-2.0
// Tiles for weights of which two in four are zeros.
#include "kernels/conv_q8_mma.cuh"

namespace inlay::cuda {
namespace {

using T128x128 = ConvTile<128, 128, 64, 32, 1, 4, true>;
using T64x64 = ConvTile<64, 64, 32, 32, 1, 4, true>;

const Kernel entries[] = {
    INLAY_CUDA_KERNEL("conv_q8_mma_sparse", "128x128 2:4 dense16", "conv_q8_mma", conv_q8_mma<T128x128, DensePixels, 16, true>),
    INLAY_CUDA_KERNEL("conv_q8_mma_sparse", "128x128 2:4 window16", "conv_q8_mma",
                      conv_q8_mma<T128x128, WindowPixels, 16, false>),
    INLAY_CUDA_KERNEL("conv_q8_mma_sparse", "64x64 2:4 dense16", "conv_q8_mma", conv_q8_mma<T64x64, DensePixels, 16, true>),
    INLAY_CUDA_KERNEL("conv_q8_mma_sparse", "64x64 2:4 window16", "conv_q8_mma", conv_q8_mma<T64x64, WindowPixels, 16, false>),
};

}  // namespace

INLAY_CUDA_KERNEL_LIST(conv_q8_mma_sparse, entries)

}  // namespace inlay::cuda
