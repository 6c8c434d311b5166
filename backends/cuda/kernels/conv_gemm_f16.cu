// SPDX-License-Identifier: Apache-2.0
// Convolutions by tensor cores, fp16: every tile, every way to read the input.
#include "kernels/conv_gemm.cuh"

namespace inlay::cuda {
namespace {

template <int kTile>
using Math = TensorTile<Fp16Kind, kTile>;

const Kernel entries[] = {INLAY_CUDA_CONV_GEMM(conv_gemm_f16, Math)};

}  // namespace

INLAY_CUDA_KERNEL_LIST(conv_gemm_f16, entries)

}  // namespace inlay::cuda
