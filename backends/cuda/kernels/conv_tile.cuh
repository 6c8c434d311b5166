// SPDX-License-Identifier: Apache-2.0
// How a block of threads divides a product of weights (rows: output channels) and pixels (columns), and where its parts lie in
// shared memory. Depth, the sum over taps and input channels, goes by blocks of 64 bytes.
//
// A row of 64 bytes is four chunks of 16. Chunk c of row r lies at chunk c ^ (r / 2 % 4) of the row, so that the 8 rows that
// ldmatrix reads at one c are in 8 different sixteenths of the 32 banks.
#pragma once
#include "kernels/mma.cuh"

namespace inlay::cuda {

constexpr int kDepthBlock = 64;  ///< bytes
constexpr int kUnitRows = 16;    ///< output channels that are packed together

__device__ __forceinline__ int chunk_at(int row, int chunk) { return row * kDepthBlock + ((chunk ^ (row >> 1 & 3)) << 4); }

/// What is multiplied: 8-bit integers, or halves, whose sums are float32.
struct Q8Values {
  using Sum = int32_t;
  static constexpr int kBytes = 1;
  static __device__ __forceinline__ void multiply_sparse(int32_t (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[4],
                                                         uint32_t places) {
    mma_sparse_s8(c, a, b, places);
  }
};
struct HalfValues {
  using Sum = float;
  static constexpr int kBytes = 2;
  static __device__ __forceinline__ void multiply_sparse(float (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[4],
                                                         uint32_t places) {
    mma_sparse_f16(c, a, b, places);
  }
};

/// M output channels and N pixels of a block, of which a warp has WarpM x WarpN; `Slices` warps share one such place and take
/// turns along the depth, and their sums are added up at the end. Stages: depth steps in shared memory, one of them computed
/// with.
/// Sparse: of every four weights along the depth two are stored (ops/sparse.h).
template <int kTileM, int kTileN, int kTileWarpM, int kTileWarpN, int kTileSlices, int kTileStages, bool kTileSparse = false,
          class TileValues = Q8Values>
struct ConvTile {
  using Values = TileValues;
  static constexpr int kM = kTileM, kN = kTileN, kWarpM = kTileWarpM, kWarpN = kTileWarpN;
  static constexpr int kSlices = kTileSlices, kStages = kTileStages;
  static constexpr bool kSparse = kTileSparse;
  static constexpr int kRowBytes = kDepthBlock;  ///< of a pixel, in a slice
  static __device__ __forceinline__ int chunk_at(int row, int chunk) { return cuda::chunk_at(row, chunk); }
  static constexpr int kUnitBytes = kUnitRows * (kSparse ? kDepthBlock / 2 + 8 : kDepthBlock);
  static constexpr int kWarpsM = kM / kWarpM, kWarpsN = kN / kWarpN, kThreads = 32 * kWarpsM * kWarpsN * kSlices;
  static constexpr int kWeightBytes = kM / kUnitRows * kUnitBytes, kPixelBytes = kN * kDepthBlock;  ///< of a slice
  static constexpr int kStageBytes = kSlices * (kWeightBytes + kPixelBytes);
  static constexpr int kPitch = kM * Values::kBytes + 16;  ///< bytes of a pixel's results: a warp's writes are in different banks
  static constexpr int kResultBytes = kN * kPitch, kSumBytes = (kSlices - 1) * kM * kN * 4;
  static constexpr int kLargest = kResultBytes > kSumBytes ? kResultBytes : kSumBytes;
  static constexpr int kWorkBytes = kStages * kStageBytes > kLargest ? kStages* kStageBytes : kLargest;
  static constexpr int kSharedBytes = kWorkBytes + kM * 8;  ///< the channels' biases and scales behind it
  static_assert(kM % kUnitRows == 0 && kWarpM % 16 == 0 && kWarpN % 8 == 0, "whole instructions");
  static_assert(!kSparse || kSlices == 1, "no block of depth without places");
};

/// A thread's part of a warp's sums.
template <typename Tile>
struct Sums {
  typename Tile::Values::Sum v[Tile::kWarpM / 16][Tile::kWarpN / 8][4];
};

/// Where a warp stands in its block.
template <typename Tile>
struct WarpPlace {
  int slice, m, n, lane;
  __device__ __forceinline__ WarpPlace() {
    const int warp = static_cast<int>(threadIdx.x) / 32;
    lane = static_cast<int>(threadIdx.x) % 32;
    slice = warp / (Tile::kWarpsM * Tile::kWarpsN);
    m = warp / Tile::kWarpsN % Tile::kWarpsM * Tile::kWarpM;
    n = warp % Tile::kWarpsN * Tile::kWarpN;
  }
};

/// B's registers of a warp for 32 bytes of depth: `first` is chunk 0 or 2.
template <typename Tile>
__device__ __forceinline__ void load_pixels(uint32_t (&b)[Tile::kWarpN / 8][2], SharedAddress pixels, int n, int lane, int first,
                                            uint32_t flip) {
  if constexpr (Tile::kWarpN % 16 == 0) {
    INLAY_CUDA_UNROLL
    for (int j = 0; j < Tile::kWarpN / 16; ++j) {
      uint32_t r[4];
      load_matrices<4>(r, pixels + chunk_at(n + 16 * j + lane % 8 + lane / 16 * 8, first + lane / 8 % 2));
      b[2 * j][0] = r[0], b[2 * j][1] = r[1], b[2 * j + 1][0] = r[2], b[2 * j + 1][1] = r[3];
    }
  } else {
    INLAY_CUDA_UNROLL
    for (int j = 0; j < Tile::kWarpN / 8; ++j)
      load_matrices<2>(b[j], pixels + chunk_at(n + 8 * j + lane % 8, first + lane / 8 % 2));
  }
  INLAY_CUDA_UNROLL
  for (int j = 0; j < Tile::kWarpN / 8; ++j) b[j][0] ^= flip, b[j][1] ^= flip;
}

/// Who sees the registers of both operands as they are multiplied: nobody.
struct NoWatch {
  __device__ __forceinline__ void see_weights(int, const uint32_t (&)[4]) {}
  __device__ __forceinline__ void see_pixels(int, const uint32_t (&)[2]) {}
};

/// sums += weights * pixels over 32 values of depth from chunk `first` on.
template <typename Tile, typename Watch>
__device__ __forceinline__ void multiply_half(Sums<Tile>& sums, SharedAddress weights, SharedAddress pixels,
                                              const WarpPlace<Tile>& at, int first, uint32_t flip, Watch& watch) {
  uint32_t b[Tile::kWarpN / 8][2];
  load_pixels<Tile>(b, pixels, at.n, at.lane, first, flip);
  INLAY_CUDA_UNROLL
  for (int j = 0; j < Tile::kWarpN / 8; ++j) watch.see_pixels(j, b[j]);
  INLAY_CUDA_UNROLL
  for (int i = 0; i < Tile::kWarpM / 16; ++i) {
    uint32_t a[4];
    load_matrices<4>(a, weights + chunk_at(at.m + 16 * i + at.lane % 16, first + at.lane / 16));
    watch.see_weights(i, a);
    INLAY_CUDA_UNROLL
    for (int j = 0; j < Tile::kWarpN / 8; ++j) mma_s8(sums.v[i][j], a, b[j]);
  }
}

/// The same over 64 bytes of depth, half of the weights stored.
template <typename Tile>
__device__ __forceinline__ void multiply_sparse(Sums<Tile>& sums, SharedAddress weights, SharedAddress pixels,
                                                const WarpPlace<Tile>& at, uint32_t flip) {
  uint32_t low[Tile::kWarpN / 8][2], high[Tile::kWarpN / 8][2];
  load_pixels<Tile>(low, pixels, at.n, at.lane, 0, flip);
  load_pixels<Tile>(high, pixels, at.n, at.lane, 2, flip);
  INLAY_CUDA_UNROLL
  for (int i = 0; i < Tile::kWarpM / 16; ++i) {
    const SharedAddress unit = weights + (at.m / kUnitRows + i) * Tile::kUnitBytes;
    const int row = at.lane % 16;
    uint32_t a[4];
    load_matrices<4>(a, unit + row * 32 + ((at.lane / 16 ^ (row >> 2 & 1)) << 4));
    const uint32_t places = load_shared(unit + kUnitRows * 32 + at.lane * 4);
    INLAY_CUDA_UNROLL
    for (int j = 0; j < Tile::kWarpN / 8; ++j) {
      const uint32_t b[4] = {low[j][0], low[j][1], high[j][0], high[j][1]};
      Tile::Values::multiply_sparse(sums.v[i][j], a, b, places);
    }
  }
}

/// sums += weights * pixels over one block of depth of the warp's slice. flip: 0x80808080 where pixels are uint8, taken as
/// -128..127.
template <typename Tile, typename Watch>
__device__ __forceinline__ void multiply(Sums<Tile>& sums, SharedAddress stage, const WarpPlace<Tile>& at, uint32_t flip,
                                         Watch& watch) {
  const SharedAddress weights = stage + at.slice * Tile::kWeightBytes;
  const SharedAddress pixels = stage + Tile::kSlices * Tile::kWeightBytes + at.slice * Tile::kPixelBytes;
  if constexpr (Tile::kSparse) {
    multiply_sparse(sums, weights, pixels, at, flip);
  } else {
    INLAY_CUDA_UNROLL
    for (int first = 0; first < 4; first += 2) multiply_half(sums, weights, pixels, at, first, flip, watch);
  }
}

template <typename Tile>
__device__ __forceinline__ void multiply(Sums<Tile>& sums, SharedAddress stage, const WarpPlace<Tile>& at, uint32_t flip) {
  NoWatch nobody;
  multiply(sums, stage, at, flip, nobody);
}

/// Adds the sums of all slices up in those of slice 0. All threads; `memory` is free before and after.
template <typename Tile>
__device__ __forceinline__ void add_slices(Sums<Tile>& sums, int32_t* memory, const WarpPlace<Tile>& at) {
  if constexpr (Tile::kSlices > 1) {
    constexpr int kOfSlice = Tile::kThreads / Tile::kSlices;
    auto* mine = &sums.v[0][0][0];
    constexpr int kCount = Tile::kWarpM * Tile::kWarpN / 32;
    const int thread = static_cast<int>(threadIdx.x) % kOfSlice;
    if (at.slice > 0) {
      INLAY_CUDA_UNROLL
      for (int i = 0; i < kCount; ++i) memory[((at.slice - 1) * kCount + i) * kOfSlice + thread] = mine[i];
    }
    __syncthreads();
    if (at.slice == 0) {
      for (int s = 1; s < Tile::kSlices; ++s) {
        INLAY_CUDA_UNROLL
        for (int i = 0; i < kCount; ++i) {
          const auto other = static_cast<uint32_t>(memory[((s - 1) * kCount + i) * kOfSlice + thread]);
          mine[i] = static_cast<int32_t>(static_cast<uint32_t>(mine[i]) + other);
        }
      }
    }
    __syncthreads();
  }
}

}  // namespace inlay::cuda
