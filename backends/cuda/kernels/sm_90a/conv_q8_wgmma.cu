// SPDX-License-Identifier: Apache-2.0
// Large products of int8 on Hopper: conv_q8_mma with wgmma, which reads weights and pixels from shared memory itself and computes
// while the next ones come. Compiled for sm_90a alone, which runs on compute capability 9.0 and nothing else.
#include "kernels/conv_q8_mma.cuh"
#include "kernels/wgmma.cuh"

namespace inlay::cuda {
namespace {

/// As ConvTile, for blocks of 64 channels to a group of four warps and depth steps of 128 bytes. Two steps at a time are computed
/// with or about to be, so that kStages - 2 come.
template <int kTileM, int kTileN, int kTileStages>
struct WarpgroupTile {
  using Values = Q8Values;
  static constexpr int kM = kTileM, kN = kTileN, kWarpM = 16, kWarpN = kN, kSlices = 1, kStages = kTileStages;
  static constexpr int kWarpsM = kM / kWarpM, kWarpsN = 1, kThreads = 2 * kM;
  static constexpr int kRowBytes = kSwizzleRow, kUnitBytes = kUnitRows * kRowBytes;
  static constexpr int kWeightBytes = kM * kRowBytes, kPixelBytes = kN * kRowBytes, kStageBytes = kWeightBytes + kPixelBytes;
  static constexpr int kPitch = kM + 16, kWorkBytes = kStages * kStageBytes;
  static_assert(kM % 64 == 0 && kN % 8 == 0 && kStages >= 3 && kN * kPitch <= kWorkBytes, "whole groups and room for results");
  static __device__ __forceinline__ int chunk_at(int row, int chunk) { return row * kRowBytes + ((chunk ^ (row & 7)) << 4); }
};

/// Starts the products of one depth step.
template <typename Tile>
__device__ __forceinline__ void start_step(Sums<Tile>& sums, uint32_t stage) {
  const auto group = static_cast<uint32_t>(threadIdx.x / 128);
  const uint64_t a = descriptor_of(stage + group * (64 * kSwizzleRow)), b = descriptor_of(stage + Tile::kWeightBytes);
  keep_sums(sums.v[0]);
  fence_sums();
  INLAY_CUDA_UNROLL
  for (int k = 0; k < kSwizzleRow / 32; ++k) start_product(sums.v[0], a + 2 * k, b + 2 * k);
  commit_products();
}

/// conv_q8_mma's arguments; weights packed by ops/conv_wgmma.h, t.depth_blocks of 128 bytes; values are int8. Dynamic shared
/// memory: kSwizzleBytes more than the tile's work and its channels.
template <typename Tile, template <typename, int> class Pixels, bool kDense>
__global__ void __launch_bounds__(Tile::kThreads, 1)
    conv_q8_wgmma(const uint8_t* in, const uint8_t* weights, const int32_t* bias, const float* scales, const uint8_t* fill,
                  const uint8_t* other, uint8_t* out, ConvShape s, MmaConv t) {
  INLAY_CUDA_DYNAMIC_SHARED(unsigned char, memory);
  const ConvBlock<Tile> block(align_to_swizzle(memory));
  const WarpPlace<Tile> at;
  const int steps = t.depth_blocks;
  Pixels<Tile, 16> pixels(in, fill, s, block.first_pixel, block.group);
  const auto load = [&](int step) {
    if (step < steps) {
      const SharedAddress to = block.stage(step);
      load_weights(block, to, weights, t, step);
      pixels.load(to + Tile::kWeightBytes);
    }
    commit_copies();
  };

  load_channels(block, bias, scales, t);
  for (int step = 0; step < Tile::kStages - 2; ++step) load(step);
  Sums<Tile> sums = {};
  for (int step = 0; step < steps; ++step) {
    wait_copies<Tile::kStages - 3>();
    fence_async_proxy();
    wait_products<1>();
    __syncthreads();  // this step's bytes are there for all, and those of two steps ago have been read by all
    start_step(sums, shared_place(block.memory) + static_cast<uint32_t>(step % Tile::kStages * Tile::kStageBytes));
    load(step + Tile::kStages - 2);
  }
  wait_products<0>();
  keep_sums(sums.v[0]);
  wait_copies<0>();
  __syncthreads();
  requantize_sums(block, sums, at, t);
  __syncthreads();
  store_block<Tile, kDense>(block, out, other, s, t);
}

using T128x256 = WarpgroupTile<128, 256, 4>;
using T128x128 = WarpgroupTile<128, 128, 4>;

const Kernel entries[] = {
    INLAY_CUDA_KERNEL("conv_q8_wgmma", "128x256 dense16", "conv_q8_wgmma", conv_q8_wgmma<T128x256, DensePixels, true>),
    INLAY_CUDA_KERNEL("conv_q8_wgmma", "128x256 window16", "conv_q8_wgmma", conv_q8_wgmma<T128x256, WindowPixels, false>),
    INLAY_CUDA_KERNEL("conv_q8_wgmma", "128x128 dense16", "conv_q8_wgmma", conv_q8_wgmma<T128x128, DensePixels, true>),
    INLAY_CUDA_KERNEL("conv_q8_wgmma", "128x128 window16", "conv_q8_wgmma", conv_q8_wgmma<T128x128, WindowPixels, false>),
};

}  // namespace

INLAY_CUDA_KERNEL_LIST(conv_q8_wgmma, entries)

}  // namespace inlay::cuda
