// SPDX-License-Identifier: Apache-2.0
// Attention by tensor cores, tf32.
#include "kernels/attention.cuh"

namespace inlay::cuda {
namespace {

template <int kWidth>
using Tile = TensorAttention<Tf32Kind, kWidth>;

const Kernel entries[] = {INLAY_CUDA_ATTENTION(attention_tf32, Tile)};

}  // namespace

INLAY_CUDA_KERNEL_LIST(attention_tf32, entries)

}  // namespace inlay::cuda
