// SPDX-License-Identifier: Apache-2.0
// Attention by tensor cores, bf16.
#include "kernels/attention.cuh"

namespace inlay::cuda {
namespace {

template <int kWidth>
using Tile = TensorAttention<Bf16Kind<float>, kWidth>;

const Kernel entries[] = {INLAY_CUDA_ATTENTION(attention_bf16, Tile)};

}  // namespace

INLAY_CUDA_KERNEL_LIST(attention_bf16, entries)

}  // namespace inlay::cuda
