// SPDX-License-Identifier: Apache-2.0
// Depthwise convolutions of 8-bit integers with one output channel to an input channel: a thread makes kChannels channels of
// kPixels neighbours of a row, so that a tap's weights are read once for all of them and neighbours on the GPU read side by side.
// weights: [taps][channels] as int8, less their zero point. Values are taken as -128..127; the input's zero point is folded into
// the bias.
#include "kernels/conv_q8_thread.cuh"

namespace inlay::cuda {
namespace {

/// What a tap sees of a pixel, or the zero point.
template <int kChannels>
__device__ __forceinline__ Bytes<kChannels> value_at(const uint8_t* in, const ConvShape& s, const DepthwiseConv& t,
                                                     const Place& p, int y, int x) {
  const uint32_t flip = t.is_signed != 0 ? 0u : 0x80808080u;
  const uint32_t padding = (static_cast<uint32_t>(t.in_zero) & 255u) * 0x01010101u;
  Bytes<kChannels> v;
  if (y >= 0 && y < s.in_h && x >= 0 && x < s.in_w) {
    v.load(in + ((p.image * s.in_h + y) * s.in_w + x) * s.in_c + p.block * kChannels);
    INLAY_CUDA_UNROLL
    for (uint32_t& word : v.word) word ^= flip;
  } else {
    INLAY_CUDA_UNROLL
    for (uint32_t& word : v.word) word = padding;
  }
  return v;
}

/// One tap of all pixels.
template <int kChannels, int kPixels>
__device__ __forceinline__ void add_tap(int32_t (&acc)[kPixels][kChannels], const uint8_t* in, const uint8_t* weights,
                                        const ConvShape& s, const DepthwiseConv& t, const Place& p, int tap_y, int tap_x) {
  Bytes<kChannels> w;
  w.load(weights + (tap_y * s.filter_w + tap_x) * s.out_c + p.block * kChannels);
  INLAY_CUDA_UNROLL
  for (int i = 0; i < kPixels; ++i) {
    const int y = s.origin_y + p.row * s.stride_y + tap_y * s.step_y;
    const int x = s.origin_x + (p.column + i) * s.stride_x + tap_x * s.step_x;
    const Bytes<kChannels> v = value_at<kChannels>(in, s, t, p, y, x);
    INLAY_CUDA_UNROLL
    for (int c = 0; c < kChannels; ++c) acc[i][c] += v.at(c) * w.at(c);
  }
}

/// kFilter: 3 where the filter is 3 x 3, so that the loads of all taps are under way at once; 0: any.
template <int kChannels, int kPixels, int kFilter>
__device__ __forceinline__ void add_taps(int32_t (&acc)[kPixels][kChannels], const uint8_t* in, const uint8_t* weights,
                                         const ConvShape& s, const DepthwiseConv& t, const Place& p) {
  if constexpr (kFilter > 0) {
    INLAY_CUDA_UNROLL
    for (int tap = 0; tap < kFilter * kFilter; ++tap) add_tap(acc, in, weights, s, t, p, tap / kFilter, tap % kFilter);
  } else {
    for (int tap_y = 0; tap_y < s.filter_h; ++tap_y) {
      for (int tap_x = 0; tap_x < s.filter_w; ++tap_x) add_tap(acc, in, weights, s, t, p, tap_y, tap_x);
    }
  }
}

/// Grid: batch * rows * ceil(columns / kPixels) * (out_c / kChannels) threads; out_c a multiple of kChannels. Sums fit 32 bits
/// with at most 2^16 taps. other: of the output's shape, where t.has_sum.
template <int kChannels, int kPixels, int kFilter>
__global__ void __launch_bounds__(128)
    conv_q8_depthwise(const uint8_t* in, const uint8_t* weights, const int32_t* bias, const float* scales, const uint8_t* other,
                      uint8_t* out, ConvShape s, DepthwiseConv t) {
  const Place p = Place::find<kPixels>(s, s.out_c / kChannels);
  if (!p.exists) return;
  const int channel = p.block * kChannels;
  int32_t acc[kPixels][kChannels] = {};
  add_taps<kChannels, kPixels, kFilter>(acc, in, weights, s, t, p);
  INLAY_CUDA_UNROLL
  for (int i = 0; i < kPixels; ++i) {
    if (p.column + i >= s.columns) break;
    const int at = ((p.image * s.out_h + p.row) * s.out_w + p.column + i) * s.out_c + channel;
    Bytes<kChannels> v, addend;
    if (t.has_sum != 0) addend.load(other + at);
    INLAY_CUDA_UNROLL
    for (uint32_t& word : v.word) word = 0;
    INLAY_CUDA_UNROLL
    for (int c = 0; c < kChannels; ++c) {
      const auto sum =
          static_cast<int32_t>(static_cast<uint32_t>(acc[i][c]) + static_cast<uint32_t>(__ldg(bias + channel + c)));
      int32_t q = requantize(sum, __ldg(scales + channel + c), t.out_zero, t.low, t.high);
      if (t.has_sum != 0) q = sum_quantized(q, byte_of(addend.word[c / 4], c % 4, t.is_signed != 0), t.sum);
      v.word[c / 4] |= (static_cast<uint32_t>(q) & 255u) << (8 * (c % 4));
    }
    v.store(out + at);
  }
}

#define ENTRIES(options, channels, pixels)                                                                      \
  INLAY_CUDA_KERNEL("conv_q8_depthwise", options, "conv_q8_depthwise", conv_q8_depthwise<channels, pixels, 0>), \
      INLAY_CUDA_KERNEL("conv_q8_depthwise", options " 3x3", "conv_q8_depthwise", conv_q8_depthwise<channels, pixels, 3>)

const Kernel entries[] = {
    ENTRIES("16x1", 16, 1), ENTRIES("4x4", 4, 4), ENTRIES("4x2", 4, 2), ENTRIES("4x1", 4, 1), ENTRIES("1x1", 1, 1),
};

}  // namespace

INLAY_CUDA_KERNEL_LIST(conv_q8_depthwise, entries)

}  // namespace inlay::cuda
