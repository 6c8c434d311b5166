// SPDX-License-Identifier: Apache-2.0
// Convolutions by tensor cores, bf16: every tile, every way to read the input.
#include "kernels/conv_gemm.cuh"

namespace inlay::cuda {
namespace {

template <int kTile>
using Math = TensorTile<Bf16Kind<__nv_bfloat16>, kTile>;

const Kernel entries[] = {INLAY_CUDA_CONV_GEMM(conv_gemm_bf16, Math)};

}  // namespace

INLAY_CUDA_KERNEL_LIST(conv_gemm_bf16, entries)

}  // namespace inlay::cuda
