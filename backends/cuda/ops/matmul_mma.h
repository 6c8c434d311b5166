// SPDX-License-Identifier: Apache-2.0
// Products of int8 matrices on tensor cores: the host's half of kernels/matmul_q8_mma.cu.
#pragma once
#include "ops/conv_mma.h"
#include "gpu/ops/conv.h"

namespace inlay::cuda {

/// Tiles of columns x rows of the output.
const std::vector<MmaTile>& matmul_tiles();
/// How many of them take the node, 0 where its dtype is another or a tensor has no elements: the variants that `inlay tune` chooses
/// from, in the order of matmul_tiles().
int32_t matmul_mma_sizes(const gpu::Node& node);
/// size: one of those, or another number: the one that a model of an SM says is fastest.
void plan_matmul_mma(const gpu::Node& node, int32_t size, gpu::Recipe* recipe);

/// How the rows of an operand are read: `rows` x `depth` values, (r, k) at r * stride + k * step of each matrix of `operand` (0: a,
/// 1: b) in `places`.
RowReads row_reads(int32_t rows, int32_t depth, int32_t stride, int32_t step, const std::vector<int32_t>& places, size_t operand);

}  // namespace inlay::cuda
