// SPDX-License-Identifier: Apache-2.0
// Products of matrices by tensor cores, fp16: every tile, every order of memory.
#include "kernels/matmul_gemm.cuh"

namespace inlay::cuda {
namespace {

template <int kTile>
using Math = TensorTile<Fp16Kind, kTile>;

const Kernel entries[] = {INLAY_CUDA_MATMUL_GEMM(matmul_gemm_f16, Math)};

}  // namespace

INLAY_CUDA_KERNEL_LIST(matmul_gemm_f16, entries)

}  // namespace inlay::cuda
