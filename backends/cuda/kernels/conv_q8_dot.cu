// SPDX-License-Identifier: Apache-2.0
// Convolutions of 8-bit integers whose groups are too small for a tile of tensor cores, by dp4a, which adds four products: a thread
// makes kChannels output channels of a group for kPixels neighbours of a row, and takes the input channels of a tap four at a time.
// weights: by group, block of kChannels channels, tap and four input channels, kChannels words of int8, less their zero point;
// zeros fill up channels of both kinds. Values are taken as -128..127; the input's zero point is folded into the bias.
#include "kernels/conv_q8_thread.cuh"

namespace inlay::cuda {
namespace {

/// Up to four values, of which there are `count`; behind them zeros, which meet weights of zero.
template <bool kWords>
__device__ __forceinline__ uint32_t word_at(const uint8_t* p, [[maybe_unused]] int count) {
  if constexpr (kWords) {
    return __ldg(reinterpret_cast<const uint32_t*>(p));
  } else {
    uint32_t word = 0;
    INLAY_CUDA_UNROLL
    for (int i = 0; i < 4; ++i) {
      if (i < count) word |= static_cast<uint32_t>(__ldg(p + i)) << (8 * i);
    }
    return word;
  }
}

/// One tap of all pixels; pixel[i]: the first value of the group, or NULL in the padding.
template <int kChannels, int kPixels, bool kWords>
__device__ __forceinline__ void add_tap(int32_t (&acc)[kPixels][kChannels], const uint8_t* (&pixel)[kPixels],
                                        const uint8_t* weights, int group_in, uint32_t padding, uint32_t flip) {
  for (int i = 0; i < group_in; i += 4) {
    Bytes<4 * kChannels> w;
    w.load(weights + i * kChannels);
    INLAY_CUDA_UNROLL
    for (int p = 0; p < kPixels; ++p) {
      const uint32_t v = pixel[p] != nullptr ? word_at<kWords>(pixel[p] + i, group_in - i) ^ flip : padding;
      INLAY_CUDA_UNROLL
      for (int c = 0; c < kChannels; ++c) acc[p][c] = __dp4a(static_cast<int>(v), static_cast<int>(w.word[c]), acc[p][c]);
    }
  }
}

/// The results of one pixel, `count` of them.
template <int kChannels>
__device__ __forceinline__ void store_pixel(const int32_t (&acc)[kChannels], int count, const int32_t* bias, const float* scales,
                                            const uint8_t* other, uint8_t* out, bool whole, const DotConv& t) {
  Bytes<kChannels> v = {};
  INLAY_CUDA_UNROLL
  for (int c = 0; c < kChannels; ++c) {
    if (c >= count) break;
    const auto sum = static_cast<int32_t>(static_cast<uint32_t>(acc[c]) + static_cast<uint32_t>(__ldg(bias + c)));
    int32_t q = requantize(sum, __ldg(scales + c), t.out_zero, t.low, t.high);
    if (t.has_sum != 0) q = sum_quantized(q, byte_of(other[c], 0, t.is_signed != 0), t.sum);
    v.word[c / 4] |= (static_cast<uint32_t>(q) & 255u) << (8 * (c % 4));
    if (!whole) out[c] = static_cast<uint8_t>(q);
  }
  if (whole) v.store(out);
}

/// Grid: batch * rows * ceil(columns / kPixels) * groups * ceil(group_out / kChannels) threads. kWords: in_c and group_in are
/// multiples of 4. other: of the output's shape, where t.has_sum.
template <int kChannels, int kPixels, bool kWords>
__global__ void __launch_bounds__(128)
    conv_q8_dot(const uint8_t* in, const uint8_t* weights, const int32_t* bias, const float* scales, const uint8_t* other,
                uint8_t* out, ConvShape s, DotConv t) {
  const int blocks = (s.group_out + kChannels - 1) / kChannels;
  const Place place = Place::find<kPixels>(s, s.out_c / s.group_out * blocks);
  if (!place.exists) return;
  const int group = place.block / blocks, inner = (place.block - group * blocks) * kChannels;
  const int tap_bytes = (s.group_in + 3) / 4 * 4 * kChannels;
  const uint32_t flip = t.is_signed != 0 ? 0u : 0x80808080u;
  const uint32_t padding = (static_cast<uint32_t>(t.in_zero) & 255u) * 0x01010101u;
  const uint8_t* w = weights + static_cast<size_t>(place.block) * static_cast<size_t>(s.filter_h * s.filter_w * tap_bytes);
  int32_t acc[kPixels][kChannels] = {};
  for (int tap_y = 0; tap_y < s.filter_h; ++tap_y) {
    const int y = s.origin_y + place.row * s.stride_y + tap_y * s.step_y;
    for (int tap_x = 0; tap_x < s.filter_w; ++tap_x, w += tap_bytes) {
      const uint8_t* pixel[kPixels];
      INLAY_CUDA_UNROLL
      for (int p = 0; p < kPixels; ++p) {
        const int x = s.origin_x + (place.column + p) * s.stride_x + tap_x * s.step_x;
        const bool inside = y >= 0 && y < s.in_h && x >= 0 && x < s.in_w;
        pixel[p] = inside ? in + ((place.image * s.in_h + y) * s.in_w + x) * s.in_c + group * s.group_in : nullptr;
      }
      add_tap<kChannels, kPixels, kWords>(acc, pixel, w, s.group_in, padding, flip);
    }
  }
  const int channel = group * s.group_out + inner, count = min(kChannels, s.group_out - inner);
  const bool whole = (s.out_c | s.group_out) % kChannels == 0;
  INLAY_CUDA_UNROLL
  for (int p = 0; p < kPixels; ++p) {
    if (place.column + p >= s.columns) break;
    const int at = ((place.image * s.out_h + place.row) * s.out_w + place.column + p) * s.out_c + channel;
    store_pixel(acc[p], count, bias + channel, scales + channel, other + at, out + at, whole, t);
  }
}

#define ENTRIES(options, channels, pixels)                                                              \
  INLAY_CUDA_KERNEL("conv_q8_dot", options " words", "conv_q8_dot", conv_q8_dot<channels, pixels, true>), \
      INLAY_CUDA_KERNEL("conv_q8_dot", options " bytes", "conv_q8_dot", conv_q8_dot<channels, pixels, false>)

const Kernel entries[] = {
    ENTRIES("8x4", 8, 4), ENTRIES("8x1", 8, 1), ENTRIES("4x4", 4, 4), ENTRIES("4x1", 4, 1), ENTRIES("1x4", 1, 4), ENTRIES("1x1", 1, 1),
};

}  // namespace

INLAY_CUDA_KERNEL_LIST(conv_q8_dot, entries)

}  // namespace inlay::cuda
