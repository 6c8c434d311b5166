// SPDX-License-Identifier: Apache-2.0
// Convolutions and FULLY_CONNECTED of 8-bit integers on tensor cores, as a product of matrices whose columns are gathered on the
// way into shared memory. Values are taken as -128..127 (uint8 with the high bit flipped), the input's zero point is folded into
// the bias, and taps in the padding read it.
#pragma once
#include "kernels/conv_pixels.cuh"
#include "kernels/q8.cuh"

namespace inlay::cuda {

/// What a block works on and with.
template <typename Tile>
struct ConvBlock {
  int first_channel, first_pixel, group;
  unsigned char* memory;
  SharedAddress shared;
  __device__ __forceinline__ explicit ConvBlock(unsigned char* m)
      : first_channel(static_cast<int>(blockIdx.y) * Tile::kM),
        first_pixel(static_cast<int>(blockIdx.x) * Tile::kN),
        group(static_cast<int>(blockIdx.z)),
        memory(m),
        shared(shared_address(m)) {}
  __device__ __forceinline__ SharedAddress stage(int i) const { return shared + i % Tile::kStages * Tile::kStageBytes; }
  __device__ __forceinline__ const int32_t* biases() const { return reinterpret_cast<const int32_t*>(memory + Tile::kWorkBytes); }
  __device__ __forceinline__ const float* scales() const {
    return reinterpret_cast<const float*>(memory + Tile::kWorkBytes + Tile::kM * 4);
  }
};

/// Starts to copy the weights of depth step `step`; zeros behind the last block of depth. Behind the last channel the last ones
/// come again, whose results nobody stores: places of sparse weights must not be zeros.
template <typename Tile>
__device__ __forceinline__ void load_weights(const ConvBlock<Tile>& block, SharedAddress to, const uint8_t* weights,
                                             const MmaConv& t, int step) {
  constexpr int kOfSlice = Tile::kWeightBytes / 16, kChunks = Tile::kSlices * kOfSlice, kOfUnit = Tile::kUnitBytes / 16;
  for (int i = static_cast<int>(threadIdx.x); i < kChunks; i += Tile::kThreads) {
    const int unit = min(block.first_channel / kUnitRows + i % kOfSlice / kOfUnit, t.row_units - 1);
    const int depth = step * Tile::kSlices + i / kOfSlice;
    const bool there = depth < t.depth_blocks;
    const int packed = (block.group * t.row_units + unit) * t.depth_blocks + depth;
    copy_async<16>(to + i * 16, there ? weights + static_cast<size_t>(packed) * Tile::kUnitBytes + i % kOfUnit * 16 : weights,
                   there);
  }
}

/// Starts to copy the channels' biases and scales.
template <typename Tile>
__device__ __forceinline__ void load_channels(const ConvBlock<Tile>& block, const int32_t* bias, const float* scales,
                                              const MmaConv& t) {
  for (int i = static_cast<int>(threadIdx.x); i < Tile::kM / 2; i += Tile::kThreads) {
    const int channel = block.first_channel + i % (Tile::kM / 4) * 4;
    const bool there = channel < t.row_units * kUnitRows;
    const int at = there ? block.group * t.row_units * kUnitRows + channel : 0;
    const void* from = i < Tile::kM / 4 ? static_cast<const void*>(bias + at) : static_cast<const void*>(scales + at);
    copy_async<16>(block.shared + Tile::kWorkBytes + i * 16, from, there);
  }
}

/// The sums of slice 0, requantized, as bytes [pixel][channel] of kPitch. Block: a ConvBlock, or what has its memory, biases() and
/// scales().
template <typename Tile, typename Block>
__device__ __forceinline__ void requantize_sums(const Block& block, const Sums<Tile>& sums, const WarpPlace<Tile>& at,
                                                const MmaConv& t) {
  INLAY_CUDA_UNROLL
  for (int i = 0; i < Tile::kWarpM / 16; ++i) {
    INLAY_CUDA_UNROLL
    for (int half = 0; half < 2; ++half) {
      const int channel = at.m + 16 * i + 8 * half + at.lane / 4;
      const auto bias = static_cast<uint32_t>(block.biases()[channel]);
      const float scale = block.scales()[channel];
      INLAY_CUDA_UNROLL
      for (int j = 0; j < Tile::kWarpN / 8; ++j) {
        INLAY_CUDA_UNROLL
        for (int k = 0; k < 2; ++k) {
          const int pixel = at.n + 8 * j + at.lane % 4 * 2 + k;
          const auto sum = static_cast<int32_t>(static_cast<uint32_t>(sums.v[i][j][2 * half + k]) + bias);
          block.memory[pixel * Tile::kPitch + channel] = static_cast<uint8_t>(requantize(sum, scale, t.out_zero, t.low, t.high));
        }
      }
    }
  }
}

/// Four results, and those of the tensor that is added.
__device__ __forceinline__ uint32_t summed(uint32_t word, uint32_t other, const MmaConv& t) {
  uint32_t out = 0;
  INLAY_CUDA_UNROLL
  for (int i = 0; i < 4; ++i) {
    const int32_t v = sum_quantized(byte_of(word, i, t.is_signed != 0), byte_of(other, i, t.is_signed != 0), t.sum);
    out |= (static_cast<uint32_t>(v) & 255u) << (8 * i);
  }
  return out;
}

/// Up to 16 results of a pixel, `count` of them, to memory.
__device__ __forceinline__ void store_results(uint4 v, uint8_t* out, const uint8_t* other, int count, const MmaConv& t) {
  uint32_t words[4] = {v.x, v.y, v.z, v.w};
  if (t.store_bytes == 16) {
    if (t.has_sum != 0) {
      const uint4 o = *reinterpret_cast<const uint4*>(other);
      words[0] = summed(words[0], o.x, t), words[1] = summed(words[1], o.y, t);
      words[2] = summed(words[2], o.z, t), words[3] = summed(words[3], o.w, t);
    }
    *reinterpret_cast<uint4*>(out) = make_uint4(words[0], words[1], words[2], words[3]);
    return;
  }
  INLAY_CUDA_UNROLL
  for (int i = 0; i < 4; ++i) {
    if (4 * i >= count) break;
    if (t.store_bytes == 4) {
      if (t.has_sum != 0) words[i] = summed(words[i], reinterpret_cast<const uint32_t*>(other)[i], t);
      reinterpret_cast<uint32_t*>(out)[i] = words[i];
    } else {
      INLAY_CUDA_UNROLL
      for (int b = 0; b < 4; ++b) {
        if (4 * i + b >= count) break;
        const uint32_t byte = words[i] >> (8 * b) & 255u;
        out[4 * i + b] = static_cast<uint8_t>(t.has_sum != 0 ? summed(byte, other[4 * i + b], t) : byte);
      }
    }
  }
}

/// Where a pixel of the launch lies among those of the output.
template <bool kDense>
__device__ __forceinline__ int output_pixel(int pixel, const ConvShape& s) {
  if constexpr (kDense) return pixel;
  const int row = pixel / s.columns, b = row / s.rows;
  const int y = s.first_y + (row - b * s.rows) * s.every_y, x = s.first_x + (pixel - row * s.columns) * s.every_x;
  return (b * s.out_h + y) * s.out_w + x;
}

template <typename Tile, bool kDense>
__device__ __forceinline__ void store_block(const ConvBlock<Tile>& block, uint8_t* out, const uint8_t* other, const ConvShape& s,
                                            const MmaConv& t) {
  const int pixels = s.batch * s.rows * s.columns;
  for (int i = static_cast<int>(threadIdx.x); i < Tile::kN * (Tile::kM / 16); i += Tile::kThreads) {
    const int row = i / (Tile::kM / 16), channel = i % (Tile::kM / 16) * 16, pixel = block.first_pixel + row;
    const int count = min(16, s.group_out - block.first_channel - channel);
    if (pixel >= pixels || count <= 0) continue;
    const size_t at = static_cast<size_t>(output_pixel<kDense>(pixel, s)) * static_cast<size_t>(s.out_c) +
                      static_cast<size_t>(block.group * s.group_out + block.first_channel + channel);
    store_results(*reinterpret_cast<const uint4*>(block.memory + row * Tile::kPitch + channel), out + at, other + at, count, t);
  }
}

/// The sums over the depth steps `first` to `end`, whose pixels the loader brings next; those of all slices are in slice 0.
/// Shared memory is free then.
template <typename Tile, typename Pixels>
__device__ __forceinline__ void sum_steps(Sums<Tile>& sums, const ConvBlock<Tile>& block, const WarpPlace<Tile>& at,
                                          Pixels& pixels, const uint8_t* weights, const MmaConv& t, int first, int end) {
  const uint32_t flip = t.is_signed != 0 ? 0u : 0x80808080u;
  const auto load = [&](int step) {
    if (step < end) {
      const SharedAddress to = block.stage(step);
      load_weights(block, to, weights, t, step);
      pixels.load(to + Tile::kSlices * Tile::kWeightBytes);
    }
    commit_copies();  // an empty group counts too
  };
  for (int step = first; step < first + Tile::kStages - 1; ++step) load(step);
  for (int step = first; step < end; ++step) {
    wait_copies<Tile::kStages - 2>();
    __syncthreads();  // this step's bytes are there for all, and nobody computes with the stage that is filled next
    load(step + Tile::kStages - 1);
    multiply(sums, block.stage(step), at, flip);
  }
  wait_copies<0>();
  __syncthreads();
  add_slices(sums, reinterpret_cast<int32_t*>(block.memory), at);
}

/// Grid: pixels by Tile::kN, output channels of a group by Tile::kM, groups; Tile::kThreads threads, Tile::kSharedBytes of
/// dynamic shared memory. weights: packed (ops/conv_mma.h); bias, scales: of all row units; fill: 16 bytes of the input's zero
/// point; other: of the output's shape, where t.has_sum.
template <typename Tile, template <typename, int> class Pixels, int kVector, bool kDense>
__global__ void __launch_bounds__(Tile::kThreads)
    conv_q8_mma(const uint8_t* in, const uint8_t* weights, const int32_t* bias, const float* scales, const uint8_t* fill,
                const uint8_t* other, uint8_t* out, ConvShape s, MmaConv t) {
  INLAY_CUDA_DYNAMIC_SHARED(unsigned char, memory);
  const ConvBlock<Tile> block(memory);
  const WarpPlace<Tile> at;
  Pixels<Tile, kVector> pixels(in, fill, s, block.first_pixel, block.group);
  load_channels(block, bias, scales, t);
  Sums<Tile> sums = {};
  sum_steps(sums, block, at, pixels, weights, t, 0, (t.depth_blocks + Tile::kSlices - 1) / Tile::kSlices);
  if (at.slice == 0) requantize_sums(block, sums, at, t);
  __syncthreads();
  store_block<Tile, kDense>(block, out, other, s, t);
}

}  // namespace inlay::cuda
