// SPDX-License-Identifier: Apache-2.0
// Convolutions by float32 arithmetic: every tile, every way to read the input.
#include "kernels/conv_gemm.cuh"

namespace inlay::cuda {
namespace {

template <int kTile>
using Math = ScalarTile<kTile>;

const Kernel entries[] = {INLAY_CUDA_CONV_GEMM(conv_gemm_f32, Math)};

}  // namespace

INLAY_CUDA_KERNEL_LIST(conv_gemm_f32, entries)

}  // namespace inlay::cuda
