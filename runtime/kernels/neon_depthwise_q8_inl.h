// SPDX-License-Identifier: Apache-2.0
// 8-bit depthwise convolution for ARM, one output channel per input channel, sixteen channels at a time. The input's zero
// point is part of the packed bias; padding is a row or a column of zero points. Windows of 3x3 slide along a row of the output
// with weights and columns of the input in registers: each level multiplies them its own way. All others, and weights with a zero
// point, are widened to 16 bits.
#pragma once
#include "kernels/neon_inl.h"
#include "kernels/twins.h"

namespace inlay::kernels {
namespace {

constexpr int32_t kBlock = 16;  // channels of a block
/// Before the blocks: whether they are for sliding windows. Before a block's weights: 16 biases, 16 scales.
constexpr int64_t kStart = 16, kBlockHead = kBlock * 8;
constexpr int64_t kSlidingBytes = 12 * kBlock;

/// What stays the same over a whole convolution.
struct Sizes {
  int32_t in_w, out_w, pad_left;
  int64_t in_c, out_c;
};

/// One row of output, sixteen channels. `rows` are those of the window, at the first channel.
template <typename Level, int kStride, typename T>
[[gnu::noinline]] void slide(const Sizes& z, const Requant& requant, int8_t zero, const T* const rows[3], const uint8_t* block,
                             T* output) {
  using Column = typename Level::Column;
  const auto weights = Level::load_weights(reinterpret_cast<const int8_t*>(block + kBlockHead));
  const Column padding = Level::padding(zero);
  const T *top = rows[0], *middle = rows[1], *bottom = rows[2];
  const auto in_w = static_cast<uint32_t>(z.in_w);
  const int64_t in_c = z.in_c, out_c = z.out_c;
  int32_t x = -z.pad_left;
  int64_t at = x * in_c;
  const auto next = [&] {
    const Column c = static_cast<uint32_t>(x) < in_w ? Level::column(top + at, middle + at, bottom + at) : padding;
    ++x;
    at += in_c;
    return c;
  };
  const auto emit = [&](const Column& a, const Column& b, const Column& c) {
    const uint8_t* head = again(block);
    int32x4_t acc[4];
#pragma GCC unroll 4
    for (int n = 0; n < 4; ++n) acc[n] = vld1q_s32(reinterpret_cast<const int32_t*>(head) + 4 * n);
    Level::multiply(acc, a, b, c, weights);
    store16(output, requant16(acc, load_scales(head + 4 * kBlock), requant));
    output += out_c;
  };
  int32_t left = z.out_w;
  Column a = next(), b = padding, c = padding;
  if (kStride == 1) b = next();
  for (;;) {  // columns trade places, so that none is moved
    if (kStride == 2) b = next();
    c = next();
    emit(a, b, c);
    if (--left == 0) return;
    if (kStride == 2) {
      b = next();
      a = next();
      emit(c, b, a);
      if (--left == 0) return;
      continue;
    }
    a = next();
    emit(b, c, a);
    if (--left == 0) return;
    b = next();
    emit(c, a, b);
    if (--left == 0) return;
  }
}

template <typename Level>
struct Depthwise {
  static int64_t taps_of(const ConvShape& s) { return static_cast<int64_t>(s.filter_h) * s.filter_w; }
  static int32_t blocks_of(const ConvShape& s) { return (s.out_c + kBlock - 1) / kBlock; }
  static bool may_slide(const ConvShape& s) {
    return s.filter_h == 3 && s.filter_w == 3 && s.dilation_h == 1 && s.dilation_w == 1 && s.stride_w <= 2 && s.out_c >= kBlock;
  }
  static int64_t block_bytes(const ConvShape& s, bool slides) {
    return kBlockHead + (slides ? kSlidingBytes : taps_of(s) * (2 * kBlock));
  }
  /// The last block is moved back so that it is full, and computes some channels again.
  static int32_t first_channel(const ConvShape& s, int32_t block) {
    return s.out_c < kBlock ? 0 : lesser(block * kBlock, s.out_c - kBlock);
  }

  static size_t packed_bytes(const ConvShape& s) { return static_cast<size_t>(kStart + blocks_of(s) * block_bytes(s, false)); }
  /// A row of zero points; without sliding, pointers to the taps of a pixel and how far they move to the next one, and a pixel.
  static size_t scratch_bytes(const ConvShape& s) {
    const int64_t channels = round_up_to(s.in_c < kBlock ? kBlock : s.in_c, 16);
    return static_cast<size_t>(taps_of(s) * 16 + channels * (may_slide(s) ? s.in_w : 1));
  }

  template <typename T>
  static void pack(const ConvShape& s, const ConvQuant& q, const void* from, void* to) {
    const T* weights = static_cast<const T*>(from);
    const int64_t taps = taps_of(s);
    const bool slides = may_slide(s) && q.weight_zero == kFall<T> && Level::can_slide(weights, taps * s.out_c);
    auto* block = static_cast<uint8_t*>(to);
    const int32_t start = slides;
    std::memcpy(block, &start, 4);
    block += kStart;
    for (int32_t b = 0; b < blocks_of(s); ++b, block += block_bytes(s, slides)) {
      std::memset(block, 0, static_cast<size_t>(block_bytes(s, slides)));
      const int32_t c0 = first_channel(s, b);
      for (int32_t i = 0; i < lesser(kBlock, s.out_c); ++i) {
        uint32_t bias = q.bias != nullptr ? static_cast<uint32_t>(q.bias[c0 + i]) : 0;
        for (int64_t k = 0; k < taps; ++k) {
          const auto w = static_cast<int16_t>(weights[k * s.out_c + c0 + i] - q.weight_zero);
          bias -= static_cast<uint32_t>(w * (q.input_zero - kFall<T>));
          if (slides) {
            block[kBlockHead + Level::place(k / 3, k % 3, i)] = static_cast<uint8_t>(w);
          } else {
            std::memcpy(block + kBlockHead + (k * kBlock + i) * 2, &w, 2);
          }
        }
        std::memcpy(block + i * 4, &bias, 4);
        std::memcpy(block + (kBlock + i) * 4, &q.scales[c0 + i], 4);
      }
    }
  }

  template <typename T>
  static void run_sliding(const ConvShape& s, const ConvQuant& q, const T* input, const uint8_t* blocks, T* zeros, T* output,
                          Part part) {
    const int64_t step = static_cast<int64_t>(s.in_w) * s.in_c, bytes = block_bytes(s, true);
    const Sizes z = {s.in_w, s.out_w, s.pad_left, s.in_c, s.out_c};
    const Requant requant = make_requant<T>(q);
    const auto zero = static_cast<int8_t>(q.input_zero - kFall<T>);
    std::memset(zeros, q.input_zero, static_cast<size_t>(step));
    const auto one_row = s.stride_w == 1 ? slide<Level, 1, T> : slide<Level, 2, T>;
    const Stretch stretch = stretch_of(static_cast<int64_t>(s.batch) * s.out_h, 1, part);
    for (int64_t r = stretch.begin; r < stretch.end; ++r) {
      const T* image = input + r / s.out_h * s.in_h * step;
      const auto y = static_cast<int32_t>(r % s.out_h) * s.stride_h - s.pad_top;
      for (int32_t b = 0; b < blocks_of(s); ++b) {
        const int32_t c0 = first_channel(s, b);
        const T* rows[3];
        for (int32_t i = 0; i < 3; ++i) rows[i] = (y + i >= 0 && y + i < s.in_h ? image + (y + i) * step : zeros) + c0;
        one_row(z, requant, zero, rows, blocks + b * bytes, output + r * s.out_w * s.out_c + c0);
      }
    }
  }

  template <typename T>
  struct Taps {
    const T** at;
    int64_t* step;  ///< to the next pixel of the row; 0 for a tap in the padding
    T* zeros;
  };

  template <typename T>
  static void find_taps(const ConvShape& s, const T* image, int32_t oy, int32_t ox, const Taps<T>& taps) {
    int64_t k = 0;
    for (int32_t fy = 0; fy < s.filter_h; ++fy) {
      const int32_t y = oy * s.stride_h - s.pad_top + fy * s.dilation_h;
      for (int32_t fx = 0; fx < s.filter_w; ++fx, ++k) {
        const int32_t x = ox * s.stride_w - s.pad_left + fx * s.dilation_w;
        const bool inside = y >= 0 && y < s.in_h && x >= 0 && x < s.in_w;
        taps.at[k] = inside ? image + (static_cast<int64_t>(y) * s.in_w + x) * s.in_c : taps.zeros;
        taps.step[k] = inside ? static_cast<int64_t>(s.stride_w) * s.in_c : 0;
      }
    }
  }

  /// All channels of one output pixel; kFull: there are at least sixteen.
  template <bool kFull, typename T>
  static void one_pixel(const ConvShape& s, const Requant& requant, const T* const* taps, const uint8_t* block, T* output) {
    const int64_t count = taps_of(s), bytes = block_bytes(s, false);
    for (int32_t c = 0; c < s.out_c; c += kBlock, block += bytes) {
      const int32_t c0 = kFull ? lesser(c, s.out_c - kBlock) : 0;
      int32x4_t acc[4];
#pragma GCC unroll 4
      for (int n = 0; n < 4; ++n) acc[n] = vld1q_s32(reinterpret_cast<const int32_t*>(block) + 4 * n);
      const auto* weights = reinterpret_cast<const int16_t*>(block + kBlockHead);
      for (int64_t k = 0; k < count; ++k, weights += kBlock) {
        int8x16_t x;
        if constexpr (kFull) {
          x = load_s8(taps[k] + c0);
        } else {
          T some[kBlock] = {};
          for (int32_t i = 0; i < s.out_c; ++i) some[i] = taps[k][i];
          x = load_s8(some);
        }
        const int16x8_t low = vmovl_s8(vget_low_s8(x)), high = vmovl_high_s8(x);
        const int16x8_t w0 = vld1q_s16(weights), w1 = vld1q_s16(weights + 8);
        acc[0] = vmlal_s16(acc[0], vget_low_s16(low), vget_low_s16(w0));
        acc[1] = vmlal_high_s16(acc[1], low, w0);
        acc[2] = vmlal_s16(acc[2], vget_low_s16(high), vget_low_s16(w1));
        acc[3] = vmlal_high_s16(acc[3], high, w1);
      }
      const int8x16_t v = requant16(acc, load_scales(block + 4 * kBlock), requant);
      if (kFull) {
        store16(output + c0, v);
      } else {
        store_some(output, v, s.out_c);
      }
    }
  }

  template <bool kFull, typename T>
  static void run_any(const ConvShape& s, const ConvQuant& q, const T* input, const uint8_t* blocks, const Taps<T>& taps,
                      T* output, Part part) {
    const Requant requant = make_requant<T>(q);
    // Columns of the output whose windows lie inside the image from left to right.
    const int32_t begin = (s.pad_left + s.stride_w - 1) / s.stride_w;
    const int64_t last_left = static_cast<int64_t>(s.in_w) - 1 - static_cast<int64_t>(s.filter_w - 1) * s.dilation_w + s.pad_left;
    const int64_t end = last_left < 0 ? 0 : last_left / s.stride_w + 1;
    std::memset(taps.zeros, q.input_zero, static_cast<size_t>(s.in_c));
    const Stretch rows = stretch_of(static_cast<int64_t>(s.batch) * s.out_h, 1, part);
    output += rows.begin * s.out_w * s.out_c;
    for (int64_t r = rows.begin; r < rows.end; ++r) {
      const T* image = input + r / s.out_h * s.in_h * s.in_w * s.in_c;
      for (int32_t ox = 0; ox < s.out_w; ++ox, output += s.out_c) {
        if (ox > begin && ox < end) {
          for (int64_t k = 0; k < taps_of(s); ++k) taps.at[k] += taps.step[k];
        } else {
          find_taps(s, image, static_cast<int32_t>(r % s.out_h), ox, taps);
        }
        one_pixel<kFull>(s, requant, taps.at, blocks, output);
      }
    }
  }

  template <typename T>
  static void run(const ConvShape& s, const ConvQuant& q, const void* in, const void*, const void* packed, void* scratch,
                  void* out, Part part) {
    int32_t slides;
    std::memcpy(&slides, packed, 4);
    const auto* blocks = static_cast<const uint8_t*>(packed) + kStart;
    const T* input = static_cast<const T*>(in);
    T* output = static_cast<T*>(out);
    const Taps<T> taps = {static_cast<const T**>(scratch), static_cast<int64_t*>(scratch) + taps_of(s),
                          static_cast<T*>(scratch) + taps_of(s) * 16};
    if (slides != 0) return run_sliding(s, q, input, blocks, taps.zeros, output, part);
    if (s.out_c >= kBlock) return run_any<true>(s, q, input, blocks, taps, output, part);
    run_any<false>(s, q, input, blocks, taps, output, part);
  }
};

}  // namespace
}  // namespace inlay::kernels
