// SPDX-License-Identifier: Apache-2.0
// Attention by tensor cores, fp16.
#include "kernels/attention.cuh"

namespace inlay::cuda {
namespace {

template <int kWidth>
using Tile = TensorAttention<Fp16Kind, kWidth>;

const Kernel entries[] = {INLAY_CUDA_ATTENTION(attention_f16, Tile)};

}  // namespace

INLAY_CUDA_KERNEL_LIST(attention_f16, entries)

}  // namespace inlay::cuda
