// SPDX-License-Identifier: Apache-2.0
// Products of matrices by tensor cores, bf16: every tile, every order of memory.
#include "kernels/matmul_gemm.cuh"

namespace inlay::cuda {
namespace {

template <int kTile>
using Math = TensorTile<Bf16Kind<float>, kTile>;

const Kernel entries[] = {INLAY_CUDA_MATMUL_GEMM(matmul_gemm_bf16, Math)};

}  // namespace

INLAY_CUDA_KERNEL_LIST(matmul_gemm_bf16, entries)

}  // namespace inlay::cuda
