// SPDX-License-Identifier: Apache-2.0
// Tiles for layers of one image: enough blocks for all multiprocessors, and warps that share the depth where there are few.
#include "kernels/conv_q8_mma.cuh"

namespace inlay::cuda {
namespace {

using T64x64 = ConvTile<64, 64, 32, 32, 1, 4>;
using T32x32 = ConvTile<32, 32, 32, 32, 4, 3>;
using T16x32 = ConvTile<16, 32, 16, 32, 4, 3>;
using T16x8 = ConvTile<16, 8, 16, 8, 8, 3>;

const Kernel entries[] = {
    INLAY_CUDA_KERNEL("conv_q8_mma_small", "64x64 dense16", "conv_q8_mma", conv_q8_mma<T64x64, DensePixels, 16, true>),
    INLAY_CUDA_KERNEL("conv_q8_mma_small", "64x64 window16", "conv_q8_mma", conv_q8_mma<T64x64, WindowPixels, 16, false>),
    INLAY_CUDA_KERNEL("conv_q8_mma_small", "64x64 window8", "conv_q8_mma", conv_q8_mma<T64x64, WindowPixels, 8, false>),
    INLAY_CUDA_KERNEL("conv_q8_mma_small", "64x64 window4", "conv_q8_mma", conv_q8_mma<T64x64, WindowPixels, 4, false>),
    INLAY_CUDA_KERNEL("conv_q8_mma_small", "64x64 window1", "conv_q8_mma", conv_q8_mma<T64x64, BytePixels, 1, false>),
    INLAY_CUDA_KERNEL("conv_q8_mma_small", "32x32 dense16", "conv_q8_mma", conv_q8_mma<T32x32, DensePixels, 16, true>),
    INLAY_CUDA_KERNEL("conv_q8_mma_small", "32x32 window16", "conv_q8_mma", conv_q8_mma<T32x32, WindowPixels, 16, false>),
    INLAY_CUDA_KERNEL("conv_q8_mma_small", "32x32 window8", "conv_q8_mma", conv_q8_mma<T32x32, WindowPixels, 8, false>),
    INLAY_CUDA_KERNEL("conv_q8_mma_small", "32x32 window4", "conv_q8_mma", conv_q8_mma<T32x32, WindowPixels, 4, false>),
    INLAY_CUDA_KERNEL("conv_q8_mma_small", "32x32 window1", "conv_q8_mma", conv_q8_mma<T32x32, BytePixels, 1, false>),
    INLAY_CUDA_KERNEL("conv_q8_mma_small", "16x32 dense16", "conv_q8_mma", conv_q8_mma<T16x32, DensePixels, 16, true>),
    INLAY_CUDA_KERNEL("conv_q8_mma_small", "16x32 window16", "conv_q8_mma", conv_q8_mma<T16x32, WindowPixels, 16, false>),
    INLAY_CUDA_KERNEL("conv_q8_mma_small", "16x8 dense16", "conv_q8_mma", conv_q8_mma<T16x8, DensePixels, 16, true>),
};

}  // namespace

INLAY_CUDA_KERNEL_LIST(conv_q8_mma_small, entries)

}  // namespace inlay::cuda
