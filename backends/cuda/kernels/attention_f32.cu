// SPDX-License-Identifier: Apache-2.0
// Attention by float32 arithmetic.
#include "kernels/attention.cuh"

namespace inlay::cuda {
namespace {

template <int kWidth>
using Tile = ScalarAttention<kWidth>;

const Kernel entries[] = {INLAY_CUDA_ATTENTION(attention_f32, Tile)};

}  // namespace

INLAY_CUDA_KERNEL_LIST(attention_f32, entries)

}  // namespace inlay::cuda
