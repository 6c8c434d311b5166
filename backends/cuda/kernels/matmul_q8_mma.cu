// SPDX-License-Identifier: Apache-2.0
// Batches of products of int8 matrices on tensor cores, neither of which is known before the run, in any order of memory: the two
// products of attention. With a and b as they are stored and zero points za and zb,
//
//   sum over k of (a - za) (b - zb) = sum a b - zb sum a - za sum b + k za zb,
//
// whose first sum tensor cores take; those of a and of b are taken of the registers that they multiply, by dot products with ones.
// All is done modulo 2^32, so that the answer is the reference's. Rows of the output are a tile's pixels, its columns the channels.
#include <type_traits>

#include "kernels/conv_q8_mma.cuh"
#include "kernels/matmul_q8_rows.cuh"

namespace inlay::cuda {
namespace {

/// A thread's share of the sums of rows of both operands: four lanes have a row's together.
template <typename Tile>
struct OperandSums {
  int32_t columns[Tile::kWarpM / 16][2] = {}, rows[Tile::kWarpN / 8] = {};

  static __device__ __forceinline__ int32_t add(uint32_t values, int32_t sum) {
    return __dp4a(static_cast<int>(values), 0x01010101, sum);
  }
  __device__ __forceinline__ void see_weights(int i, const uint32_t (&a)[4]) {
    columns[i][0] = add(a[0], add(a[2], columns[i][0]));
    columns[i][1] = add(a[1], add(a[3], columns[i][1]));
  }
  __device__ __forceinline__ void see_pixels(int j, const uint32_t (&b)[2]) { rows[j] = add(b[0], add(b[1], rows[j])); }

  static __device__ __forceinline__ uint32_t of_four_lanes(int32_t v) {
    auto sum = static_cast<uint32_t>(v);
    sum += __shfl_xor_sync(0xffffffffu, sum, 1);
    return sum + __shfl_xor_sync(0xffffffffu, sum, 2);
  }
};

/// What zero points add to the products.
template <typename Tile>
__device__ __forceinline__ void take_zero_points(Sums<Tile>& sums, const OperandSums<Tile>& of, const WarpPlace<Tile>& at,
                                                 const MatmulQ8& s) {
  const auto a_zero = static_cast<uint32_t>(s.a_zero), b_zero = static_cast<uint32_t>(s.b_zero);
  const uint32_t always = at.slice == 0 ? static_cast<uint32_t>(s.k) * a_zero * b_zero : 0u;
  uint32_t columns[Tile::kWarpM / 16][2];
  INLAY_CUDA_UNROLL
  for (int i = 0; i < Tile::kWarpM / 8; ++i) columns[i / 2][i % 2] = of.of_four_lanes(of.columns[i / 2][i % 2]);
  INLAY_CUDA_UNROLL
  for (int j = 0; j < Tile::kWarpN / 8; ++j) {
    const uint32_t row = of.of_four_lanes(of.rows[j]);
    INLAY_CUDA_UNROLL
    for (int k = 0; k < 2; ++k) {
      const uint32_t less = b_zero * __shfl_sync(0xffffffffu, row, (at.lane % 4 * 2 + k) * 4) - always;
      INLAY_CUDA_UNROLL
      for (int i = 0; i < Tile::kWarpM / 8; ++i) {
        int32_t& v = sums.v[i / 2][j][i % 2 * 2 + k];
        v = static_cast<int32_t>(static_cast<uint32_t>(v) - less - a_zero * columns[i / 2][i % 2]);
      }
    }
  }
}

/// Results in shared memory, of one scale and no bias.
struct ProductBlock {
  template <typename T>
  struct Same {
    T value;
    __device__ __forceinline__ T operator[](int) const { return value; }
  };
  unsigned char* memory;
  float scale;
  __device__ __forceinline__ Same<int32_t> biases() const { return {0}; }
  __device__ __forceinline__ Same<float> scales() const { return {scale}; }
};

/// The block's results, [row][column] of kPitch in shared memory, to rows first_row.. of out.
template <typename Tile>
__device__ __forceinline__ void store_rows(const unsigned char* memory, uint8_t* out, int first_row, int first_column,
                                           const MatmulQ8& s, const MmaConv& t) {
  for (int i = static_cast<int>(threadIdx.x); i < Tile::kN * (Tile::kM / 16); i += Tile::kThreads) {
    const int row = i / (Tile::kM / 16), column = i % (Tile::kM / 16) * 16, count = min(16, s.n - first_column - column);
    if (first_row + row >= s.m || count <= 0) continue;
    uint8_t* const to = out + static_cast<size_t>(first_row + row) * static_cast<size_t>(s.n) + first_column + column;
    store_results(*reinterpret_cast<const uint4*>(memory + row * Tile::kPitch + column), to, nullptr, count, t);
  }
}

/// Of a multiprocessor, at least: two of the largest tile's, so that one computes while the other waits.
template <typename Tile>
constexpr int kBlocksOfUnit = Tile::kThreads == 256 && Tile::kSlices == 1 ? 2 : 1;

/// Grid: a block to a tile, tiles of columns fastest, then of rows, then matrices; Tile::kThreads threads, Tile::kSharedBytes of
/// dynamic shared memory. places: for every matrix of the output, where those of a and b begin.
template <typename Tile, int kReadsA, int kReadsB>
__global__ void __launch_bounds__(Tile::kThreads, kBlocksOfUnit<Tile>)
    matmul_q8_mma(const uint8_t* a, const uint8_t* b, const int* places, uint8_t* out, MatmulQ8 s) {
  INLAY_CUDA_DYNAMIC_SHARED(unsigned char, memory);
  const int across = (s.n + Tile::kM - 1) / Tile::kM, down = (s.m + Tile::kN - 1) / Tile::kN;
  const int tile = static_cast<int>(blockIdx.x), line = tile / across, batch = line / down;
  const int first_row = (line - batch * down) * Tile::kN, first_column = (tile - line * across) * Tile::kM;
  RowLoader<Tile, Tile::kN, kReadsA> rows({a + places[2 * batch], s.m, s.k, s.a_row, s.a_step, s.a_reads}, first_row);
  RowLoader<Tile, Tile::kM, kReadsB> columns({b + places[2 * batch + 1], s.n, s.k, s.b_step, s.b_row, s.b_reads}, first_column);
  const WarpPlace<Tile> at;
  const SharedAddress shared = shared_address(memory);
  const auto columns_of = [&](int step) { return shared + step % Tile::kStages * Tile::kStageBytes; };
  const auto rows_of = [&](int step) { return columns_of(step) + Tile::kSlices * Tile::kWeightBytes; };
  constexpr int kDepth = Tile::kSlices * kDepthBlock;
  const int steps = (s.k + kDepth - 1) / kDepth;
  const auto begin = [&](int step) {
    if (step < steps) columns.begin(columns_of(step), step), rows.begin(rows_of(step), step);
    commit_copies();  // an empty group counts too
  };
  const auto end = [&](int step) {
    if (step < steps) columns.end(columns_of(step)), rows.end(rows_of(step));
  };

  for (int step = 0; step < Tile::kStages - 1; ++step) begin(step), end(step);
  Sums<Tile> sums = {};
  OperandSums<Tile> totals;
  for (int step = 0; step < steps; ++step) {
    wait_copies<Tile::kStages - 2>();
    __syncthreads();  // this step's bytes are there for all, and nobody computes with the stage that is filled next
    begin(step + Tile::kStages - 1);
    multiply(sums, columns_of(step), at, 0u, totals);
    end(step + Tile::kStages - 1);
  }
  wait_copies<0>();
  __syncthreads();
  take_zero_points(sums, totals, at, s);
  add_slices(sums, reinterpret_cast<int32_t*>(memory), at);
  MmaConv t = {};
  t.out_zero = s.out_zero, t.low = s.low, t.high = s.high, t.store_bytes = s.store_bytes;
  if (at.slice == 0) requantize_sums(ProductBlock{memory, s.scale}, sums, at, t);
  __syncthreads();
  store_rows<Tile>(memory, out + static_cast<size_t>(batch) * static_cast<size_t>(s.m) * static_cast<size_t>(s.n), first_row,
                   first_column, s, t);
}

using T128x128 = ConvTile<128, 128, 64, 32, 1, 4>;
using T64x64 = ConvTile<64, 64, 32, 32, 1, 4>;
using T32x32 = ConvTile<32, 32, 32, 32, 4, 3>;
using T64x8 = ConvTile<64, 8, 16, 8, 1, 4>;
using T16x8 = ConvTile<16, 8, 16, 8, 8, 3>;

#define INLAY_CUDA_MATMUL_Q8(tile, name, reads, of_a, of_b) \
  INLAY_CUDA_KERNEL("matmul_q8_mma", name " " reads, "matmul_q8_mma", matmul_q8_mma<tile, of_a, of_b>)
#define INLAY_CUDA_MATMUL_Q8_FAST(tile, name)                                   \
  INLAY_CUDA_MATMUL_Q8(tile, name, "chunks", kChunkReads, kChunkReads),         \
      INLAY_CUDA_MATMUL_Q8(tile, name, "chunks turned", kChunkReads, kTurnedReads)
#define INLAY_CUDA_MATMUL_Q8_ALL(tile, name) \
  INLAY_CUDA_MATMUL_Q8_FAST(tile, name), INLAY_CUDA_MATMUL_Q8(tile, name, "any", kAnyReads, kAnyReads)

const Kernel entries[] = {
    INLAY_CUDA_MATMUL_Q8_FAST(T128x128, "128x128"), INLAY_CUDA_MATMUL_Q8_ALL(T64x64, "64x64"),
    INLAY_CUDA_MATMUL_Q8_ALL(T32x32, "32x32"),      INLAY_CUDA_MATMUL_Q8_ALL(T64x8, "64x8"),
    INLAY_CUDA_MATMUL_Q8_ALL(T16x8, "16x8"),
};

}  // namespace

INLAY_CUDA_KERNEL_LIST(matmul_q8_mma, entries)

}  // namespace inlay::cuda
