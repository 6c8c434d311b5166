// SPDX-License-Identifier: Apache-2.0
// Products with few tiles and a long depth: several blocks share a tile, each with a part of the depth. Their sums meet in
// memory, and the block that comes last adds them up, which is exact in any order, and requantizes. Nobody waits for anybody.
#include "kernels/conv_q8_mma.cuh"

namespace inlay::cuda {
namespace {

/// How a tile's blocks find one another's sums.
struct Meeting {
  int32_t* partials;   ///< [tiles][parts][values of a thread][threads of a slice]
  unsigned* arrivals;  ///< [tiles]: zeros before the launch and behind it
};

/// Puts the block's sums down. Whether it is the last of its tile; then the sums become those of the whole depth. All threads;
/// `memory` is free before and after.
template <typename Tile>
__device__ __forceinline__ bool meet_parts(Sums<Tile>& sums, const ConvBlock<Tile>& block, const WarpPlace<Tile>& at,
                                           const Meeting& meeting, int part, const MmaSplit& split) {
  constexpr int kOfSlice = Tile::kThreads / Tile::kSlices, kCount = Tile::kWarpM * Tile::kWarpN / 32;
  const size_t tile = (static_cast<size_t>(block.group) * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
  int32_t* const tile_sums = meeting.partials + tile * static_cast<size_t>(split.parts * kCount * kOfSlice);
  const int thread = static_cast<int>(threadIdx.x) % kOfSlice;
  auto* const mine = &sums.v[0][0][0];
  if (at.slice == 0) {
    INLAY_CUDA_UNROLL
    for (int i = 0; i < kCount; ++i) tile_sums[(part * kCount + i) * kOfSlice + thread] = mine[i];
  }
  // The sums are in memory for all before this block counts as arrived, and whoever counts the last sees all of them.
  __threadfence();
  __syncthreads();
  auto* const is_last = reinterpret_cast<unsigned*>(block.memory);
  const auto last = static_cast<unsigned>(split.parts - 1);
  if (threadIdx.x == 0) *is_last = atomicInc(meeting.arrivals + tile, last) == last ? 1u : 0u;  // from `last` it goes back to 0
  __syncthreads();
  if (*is_last == 0u) return false;
  __threadfence();
  if (at.slice == 0) {
    for (int other = 0; other < split.parts; ++other) {
      if (other == part) continue;
      INLAY_CUDA_UNROLL
      for (int i = 0; i < kCount; ++i) {
        const auto theirs = static_cast<uint32_t>(__ldcg(tile_sums + (other * kCount + i) * kOfSlice + thread));
        mine[i] = static_cast<int32_t>(static_cast<uint32_t>(mine[i]) + theirs);
      }
    }
  }
  __syncthreads();
  return true;
}

/// As conv_q8_mma, but z of the grid goes over groups and, within them, parts.
template <typename Tile, template <typename, int> class Pixels, int kVector, bool kDense>
__global__ void __launch_bounds__(Tile::kThreads)
    conv_q8_split(const uint8_t* in, const uint8_t* weights, const int32_t* bias, const float* scales, const uint8_t* fill,
                  const uint8_t* other, uint8_t* out, int32_t* partials, unsigned* arrivals, ConvShape s, MmaConv t,
                  MmaSplit split) {
  INLAY_CUDA_DYNAMIC_SHARED(unsigned char, memory);
  ConvBlock<Tile> block(memory);
  block.group = static_cast<int>(blockIdx.z) / split.parts;
  const WarpPlace<Tile> at;
  const int part = static_cast<int>(blockIdx.z) % split.parts, first = part * split.steps;
  const int all = (t.depth_blocks + Tile::kSlices - 1) / Tile::kSlices;
  Pixels<Tile, kVector> pixels(in, fill, s, block.first_pixel, block.group);
  pixels.skip(first * Tile::kSlices * kDepthBlock);
  load_channels(block, bias, scales, t);
  Sums<Tile> sums = {};
  sum_steps(sums, block, at, pixels, weights, t, first, min(first + split.steps, all));
  if (!meet_parts(sums, block, at, {partials, arrivals}, part, split)) return;
  if (at.slice == 0) requantize_sums(block, sums, at, t);
  __syncthreads();
  store_block<Tile, kDense>(block, out, other, s, t);
}

using T64x64 = ConvTile<64, 64, 32, 32, 1, 4>;
using T32x32 = ConvTile<32, 32, 32, 32, 4, 3>;
using T16x32 = ConvTile<16, 32, 16, 32, 4, 3>;
using T16x8 = ConvTile<16, 8, 16, 8, 8, 3>;

const Kernel entries[] = {
    INLAY_CUDA_KERNEL("conv_q8_split", "64x64 dense16", "conv_q8_split", conv_q8_split<T64x64, DensePixels, 16, true>),
    INLAY_CUDA_KERNEL("conv_q8_split", "64x64 window16", "conv_q8_split", conv_q8_split<T64x64, WindowPixels, 16, false>),
    INLAY_CUDA_KERNEL("conv_q8_split", "32x32 dense16", "conv_q8_split", conv_q8_split<T32x32, DensePixels, 16, true>),
    INLAY_CUDA_KERNEL("conv_q8_split", "32x32 window16", "conv_q8_split", conv_q8_split<T32x32, WindowPixels, 16, false>),
    INLAY_CUDA_KERNEL("conv_q8_split", "16x32 dense16", "conv_q8_split", conv_q8_split<T16x32, DensePixels, 16, true>),
    INLAY_CUDA_KERNEL("conv_q8_split", "16x32 window16", "conv_q8_split", conv_q8_split<T16x32, WindowPixels, 16, false>),
    INLAY_CUDA_KERNEL("conv_q8_split", "16x8 dense16", "conv_q8_split", conv_q8_split<T16x8, DensePixels, 16, true>),
};

}  // namespace

INLAY_CUDA_KERNEL_LIST(conv_q8_split, entries)

}  // namespace inlay::cuda
