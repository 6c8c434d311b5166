// SPDX-License-Identifier: Apache-2.0
// Batches of products of float matrices of any order in memory, neither of which is packed.
#pragma once
#include "kernels/float_gemm.cuh"

namespace inlay::cuda {

/// gpu::MatmulShape: element (row, k) of a at row * a_row + k * a_step, (k, column) of b at k * b_row + column * b_step.
struct Matmul {
  int batch, m, k, n;
  int a_row, a_step, b_row, b_step;
};

/// Grid: a block to a tile, tiles of columns fastest, then of rows, then matrices. places: for every matrix of the output, where
/// those of a and b begin. kWholeA, kWholeB: a's rows and b's columns run along k in chunks of 16 bytes at multiples of 16.
template <class Math, bool kWholeA, bool kWholeB>
__global__ void __launch_bounds__(Math::kThreads, blocks_of_unit<Math>(kWholeA ? kWholeB : false))
    matmul_gemm(const typename Math::A* a, const typename Math::B* b, const int* places, typename Math::A* out, Matmul s) {
  const int across = (s.n + Math::kColumns - 1) / Math::kColumns, down = (s.m + Math::kRows - 1) / Math::kRows;
  const int tile = static_cast<int>(blockIdx.x), line = tile / across, batch = line / down;
  const int first_row = (line - batch * down) * Math::kRows, first_column = (tile - line * across) * Math::kColumns;
  const MatrixSource<typename Math::A, kWholeA> from_a = {a + places[2 * batch], s.m, s.k, s.a_row, s.a_step};
  const MatrixSource<typename Math::B, kWholeB, !kWholeB> from_b = {b + places[2 * batch + 1], s.n, s.k, s.b_step, s.b_row};
  const TensorOut<typename Math::A, RowPlaces> to = {
      out + static_cast<size_t>(batch) * static_cast<size_t>(s.m) * static_cast<size_t>(s.n),
      nullptr,
      nullptr,
      s.n,
      s.n % 2 == 0,
      {-INFINITY, INFINITY, 0.0f, 0.0f},
      {s.m, s.n}};
  multiply_panels<Math>(from_a, from_b, first_row, first_column, 0, s.k,
                        [&](const Math& sums) { sums.finish(to, first_row, first_column); });
}

#define INLAY_CUDA_MATMUL_GEMM_TILE(source, MATH, tile)                                                                \
  INLAY_CUDA_KERNEL(#source, "-DTILE=" #tile " -DA=0 -DB=0", "matmul_gemm", matmul_gemm<MATH<tile>, false, false>),    \
      INLAY_CUDA_KERNEL(#source, "-DTILE=" #tile " -DA=0 -DB=1", "matmul_gemm", matmul_gemm<MATH<tile>, false, true>), \
      INLAY_CUDA_KERNEL(#source, "-DTILE=" #tile " -DA=1 -DB=0", "matmul_gemm", matmul_gemm<MATH<tile>, true, false>), \
      INLAY_CUDA_KERNEL(#source, "-DTILE=" #tile " -DA=1 -DB=1", "matmul_gemm", matmul_gemm<MATH<tile>, true, true>)
/// The entries of one kind of Math: tiles 0, 1 and 3.
#define INLAY_CUDA_MATMUL_GEMM(source, MATH)                                                  \
  INLAY_CUDA_MATMUL_GEMM_TILE(source, MATH, 0), INLAY_CUDA_MATMUL_GEMM_TILE(source, MATH, 1), \
      INLAY_CUDA_MATMUL_GEMM_TILE(source, MATH, 3)

}  // namespace inlay::cuda
