// SPDX-License-Identifier: Apache-2.0
// Convolutions and FULLY_CONNECTED of halves whose weights are zeros at two of every four places of the depth, by tensor cores.
// Shapes count input channels in bytes, so that blocks of depth and pixels come as those of 8-bit convolutions do.
#include "kernels/conv_q8_mma.cuh"
#include "kernels/float_types.cuh"

namespace inlay::cuda {
namespace {

/// Sums with bias, clamped, as halves [pixel][channel] of kPitch.
template <typename Tile>
__device__ __forceinline__ void round_sums(const ConvBlock<Tile>& block, const Sums<Tile>& sums, const WarpPlace<Tile>& at, float low,
                                           float high) {
  INLAY_CUDA_UNROLL
  for (int i = 0; i < Tile::kWarpM / 8; ++i) {
    const int channel = at.m + 8 * i + at.lane / 4;
    const float bias = block.scales()[channel];
    INLAY_CUDA_UNROLL
    for (int j = 0; j < Tile::kWarpN / 4; ++j) {
      const int pixel = at.n + j / 2 * 8 + at.lane % 4 * 2 + j % 2;
      const float v = clamp_real(sums.v[i / 2][j / 2][i % 2 * 2 + j % 2] + bias, low, high);
      reinterpret_cast<__half*>(block.memory + pixel * Tile::kPitch)[channel] = __float2half_rn(v);
    }
  }
}

/// `count` of 8 halves to memory, as many bytes at once as t.store_bytes says.
__device__ __forceinline__ void store_halves(const uint4& v, __half* out, int count, const MmaConv& t) {
  const uint32_t words[4] = {v.x, v.y, v.z, v.w};
  if (t.store_bytes == 16) {
    *reinterpret_cast<uint4*>(out) = v;
    return;
  }
  INLAY_CUDA_UNROLL
  for (int i = 0; i < 8; ++i) {
    if (i < count) out[i] = __ushort_as_half(static_cast<unsigned short>(words[i / 2] >> (i % 2 * 16)));
  }
}

template <typename Tile, bool kDense>
__device__ __forceinline__ void store_rounded(const ConvBlock<Tile>& block, __half* out, const ConvShape& s, const MmaConv& t) {
  const int pixels = s.batch * s.rows * s.columns;
  for (int i = static_cast<int>(threadIdx.x); i < Tile::kN * (Tile::kM / 8); i += Tile::kThreads) {
    const int row = i / (Tile::kM / 8), channel = i % (Tile::kM / 8) * 8, pixel = block.first_pixel + row;
    const int count = min(8, s.group_out - block.first_channel - channel);
    if (pixel >= pixels || count <= 0) continue;
    const size_t at = static_cast<size_t>(output_pixel<kDense>(pixel, s)) * static_cast<size_t>(s.out_c) +
                      static_cast<size_t>(block.group * s.group_out + block.first_channel + channel);
    store_halves(*reinterpret_cast<const uint4*>(block.memory + row * Tile::kPitch + channel * 2), out + at, count, t);
  }
}

/// Grid, threads and shared memory as those of conv_q8_mma. weights: packed (ops/sparse.h); bias: of all row units; fill: 16 bytes
/// of zeros; t: of a quantized convolution only what is no quantization.
template <typename Tile, template <typename, int> class Pixels, bool kDense>
__global__ void __launch_bounds__(Tile::kThreads)
    conv_f16_sparse(const uint8_t* in, const uint8_t* weights, const float* bias, const uint8_t* fill, __half* out, ConvShape s,
                    MmaConv t, float low, float high) {
  INLAY_CUDA_DYNAMIC_SHARED(unsigned char, memory);
  const ConvBlock<Tile> block(memory);
  const WarpPlace<Tile> at;
  Pixels<Tile, 16> pixels(in, fill, s, block.first_pixel, block.group);
  load_channels(block, reinterpret_cast<const int32_t*>(bias), bias, t);  // where scales are
  t.is_signed = 1;                                                        // no bits of pixels change
  Sums<Tile> sums = {};
  sum_steps(sums, block, at, pixels, weights, t, 0, t.depth_blocks);
  round_sums(block, sums, at, low, high);
  __syncthreads();
  store_rounded<Tile, kDense>(block, out, s, t);
}

using T128x128 = ConvTile<128, 128, 64, 32, 1, 4, true, HalfValues>;
using T64x64 = ConvTile<64, 64, 32, 32, 1, 4, true, HalfValues>;

#define INLAY_CUDA_SPARSE(tile, options, Pixels, dense) \
  INLAY_CUDA_KERNEL("conv_f16_sparse", options, "conv_f16_sparse", conv_f16_sparse<tile, Pixels, dense>)

const Kernel entries[] = {
    INLAY_CUDA_SPARSE(T128x128, "128x128 2:4 dense16", DensePixels, true),
    INLAY_CUDA_SPARSE(T128x128, "128x128 2:4 window16", WindowPixels, false),
    INLAY_CUDA_SPARSE(T64x64, "64x64 2:4 dense16", DensePixels, true),
    INLAY_CUDA_SPARSE(T64x64, "64x64 2:4 window16", WindowPixels, false),
};

}  // namespace

INLAY_CUDA_KERNEL_LIST(conv_f16_sparse, entries)

}  // namespace inlay::cuda
