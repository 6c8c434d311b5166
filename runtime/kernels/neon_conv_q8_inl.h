// SPDX-License-Identifier: Apache-2.0
// 8-bit convolution and fully connected for ARM, but for the inner products, which each level brings. Rows are the windows
// of output pixels as int8, zero point and all: what that adds is in the packed bias, and padding is the zero point. A 1x1
// convolution of int8 reads its rows where they are. Weights lie in panels of output channels. A zero point of weights is taken
// off afterwards, by the sum of the row.
#pragma once
#include "kernels/neon_blocks_inl.h"
#include "kernels/twins.h"

namespace inlay::kernels {
namespace {

constexpr int32_t kMaxRows = 48;      // at a time
constexpr int64_t kRowBytes = 32768;  // about, of all rows at a time
constexpr int32_t kUnpacked = 4;      // output channels at a time without packing

/// What differs between levels:
///   kRows, kPanel            rows and output channels of a register block, kPanel * 8 + 16 bytes are a panel's head:
///                            biases, scales, and how `unusual` finds the weights
///   kHalves                  whether it multiplies by half a panel, too
///   kGrain                   rows end at a multiple of so many taps
///   depth(taps)              taps of a panel with those that fill it up
///   place(taps, k, i)        where behind the head the weight of tap k and channel i of a panel lies
///   unusual(weights, n)      whether these need another way of multiplying
///   multiply(job, rows, count, panel, half, output)   `count` rows times a panel, or the first half of its channels
///   dot(row, filters, n, unusual)  a row times four filters as the model has them, n taps, a multiple of 16
template <typename Level>
struct Conv {
  static constexpr int32_t kRows = Level::kRows, kPanel = Level::kPanel;
  static constexpr int64_t kHead = kPanel * 8 + 16;

  static int64_t row_length(const ConvShape& s) { return round_up_to(group_filter(s), 16); }
  static int64_t panel_bytes(const ConvShape& s) { return round_up_to(kHead + Level::depth(group_filter(s)) * kPanel, 16); }
  /// Few outputs per weight: packing would cost memory and gain nothing.
  static bool few_outputs(const ConvShape& s) { return output_pixels(s) < 4 || s.out_c / s.groups < 8; }
  static int64_t panels_per_group(const ConvShape& s) {
    const int32_t size = few_outputs(s) ? kUnpacked : kPanel;
    return (s.out_c / s.groups + size - 1) / size;
  }
  template <typename T>
  static bool in_place(const ConvShape& s) {
    return std::is_signed<T>::value && !few_outputs(s) && pixel_by_pixel(s) && s.in_c / s.groups % Level::kGrain == 0;
  }

  static int32_t rows_at_a_time(const ConvShape& s) {
    if (few_outputs(s)) return 1;
    const int64_t fit = kRowBytes / row_length(s) / kRows * kRows;
    const int64_t most = kMaxRows / kRows * kRows, rows = fit > most ? most : fit < kRows ? kRows : fit;
    const int64_t pixels = output_pixels(s);
    return static_cast<int32_t>(rows < pixels ? rows : pixels);
  }

  /// Without panels: the biases, then whether any weight is unusual.
  static size_t packed_bytes(const ConvShape& s) {
    if (few_outputs(s)) return static_cast<size_t>(round_up_to(s.out_c + int64_t{1}, 4)) * 4;
    return static_cast<size_t>(s.groups * panels_per_group(s) * panel_bytes(s));
  }
  template <typename T>
  static size_t scratch_bytes(const ConvShape& s) {
    const int64_t rows = rows_at_a_time(s);
    return static_cast<size_t>((in_place<T>(s) ? 0 : rows * row_length(s)) + round_up_to(rows * 4, 16));
  }

  /// Where the weights of an output channel lie: `tap` values from one to the next, channels `channel` values apart.
  struct Order {
    int64_t tap, channel;
  };

  /// The bias that makes up for rows that keep their zero point.
  template <typename T>
  static int32_t bias_of(const ConvQuant& q, const T* filter, int64_t step, int64_t taps, int32_t channel) {
    uint32_t sum = 0;
    for (int64_t k = 0; k < taps; ++k) sum += static_cast<uint32_t>(filter[k * step] - q.weight_zero);
    const uint32_t bias = q.bias != nullptr ? static_cast<uint32_t>(q.bias[channel]) : 0;
    return static_cast<int32_t>(bias - sum * static_cast<uint32_t>(q.input_zero - kFall<T>));
  }

  /// Channels first .. first + channels - 1.
  template <typename T>
  static void pack_panel(const ConvShape& s, const ConvQuant& q, const T* weights, Order order, int32_t first, int32_t channels,
                         uint8_t* panel) {
    const int64_t taps = group_filter(s);
    int32_t unusual = 0;
    std::memset(panel, 0, static_cast<size_t>(panel_bytes(s)));
    for (int32_t i = 0; i < channels; ++i) {
      const T* filter = weights + (first + i) * order.channel;
      const int32_t bias = bias_of(q, filter, order.tap, taps, first + i);
      std::memcpy(panel + i * 4, &bias, 4);
      std::memcpy(panel + (kPanel + i) * 4, &q.scales[first + i], 4);
      for (int64_t k = 0; k < taps; ++k) {
        const T w = filter[k * order.tap];
        if (Level::unusual(&w, 1)) unusual = 1;
        panel[kHead + Level::place(taps, k, i)] = static_cast<uint8_t>(static_cast<uint8_t>(w) ^ kFlip<T>);
      }
    }
    std::memcpy(panel + kPanel * 8, &unusual, 4);
  }

  template <typename T>
  static void pack_in_order(const ConvShape& s, const ConvQuant& q, const void* from, Order order, void* to) {
    const T* weights = static_cast<const T*>(from);
    const int64_t taps = group_filter(s);
    if (few_outputs(s)) {
      auto* bias = static_cast<int32_t*>(to);
      for (int32_t c = 0; c < s.out_c; ++c) bias[c] = bias_of(q, weights + c * order.channel, order.tap, taps, c);
      bias[s.out_c] = Level::unusual(weights, taps * s.out_c);
      return;
    }
    auto* panel = static_cast<uint8_t*>(to);
    const int32_t group_out = s.out_c / s.groups;
    for (int32_t g = 0; g < s.groups; ++g) {
      for (int32_t c0 = 0; c0 < group_out; c0 += kPanel, panel += panel_bytes(s)) {
        pack_panel(s, q, weights, order, g * group_out + c0, lesser(kPanel, group_out - c0), panel);
      }
    }
  }
  template <typename T>
  static void pack(const ConvShape& s, const ConvQuant& q, const void* from, void* to) {
    pack_in_order<T>(s, q, from, {1, group_filter(s)}, to);
  }

  /// Copies the window of an output pixel to `row`. What lies behind its last tap is multiplied by zeros.
  template <typename T>
  static void fill_row(const ConvShape& s, const ConvQuant& q, const T* first, const OutputPixel& p, int8_t* row) {
    const int32_t zero = q.input_zero - kFall<T>;
    const int32_t left = p.x * s.stride_w - s.pad_left, top = p.y * s.stride_h - s.pad_top;
    const T* image = first + static_cast<int64_t>(p.b) * s.in_h * s.in_w * s.in_c;
    int8_t* to = row;
    if (s.groups == 1 && s.dilation_w == 1 && s.dilation_h == 1 && left >= 0 && top >= 0 && left + s.filter_w <= s.in_w &&
        top + s.filter_h <= s.in_h) {  // as most windows are
      const int64_t n = static_cast<int64_t>(s.filter_w) * s.in_c, step = static_cast<int64_t>(s.in_w) * s.in_c;
      const T* x = image + top * step + static_cast<int64_t>(left) * s.in_c;
      for (int32_t fy = 0; fy < s.filter_h; ++fy, x += step, to += n) copy_run(x, n, to);
      return;
    }
    visit_window(
        s, image, p.y, p.x,
        [&](const T* x, int64_t n) {
          copy_run(x, n, to);
          to += n;
        },
        [&](int64_t n) {
          std::memset(to, zero, static_cast<size_t>(n));
          to += n;
        });
  }

  /// `count` rows times a panel, of which `channels` are real.
  template <typename T>
  static void multiply(const Job& j, Rows rows, int32_t count, const uint8_t* panel, int32_t channels, T* output) {
    const bool half = Level::kHalves && channels <= kPanel / 2;
    const int32_t size = half ? kPanel / 2 : kPanel;
    if (channels == size) return Level::multiply(j, rows, count, panel, half, output);
    Job part = j;
    part.out_c = kPanel;
    while (count > 0) {
      T block[kRows * kPanel];
      const int32_t some = lesser(count, kRows);
      Level::multiply(part, rows, some, panel, half, block);
      for (int32_t m = 0; m < some; ++m, output += j.out_c)
        std::memcpy(output, block + m * kPanel, static_cast<size_t>(channels));
      rows.values += some * j.stride;
      rows.sums += some;
      count -= some;
    }
  }

  /// One row times `count` <= kUnpacked filters from output channel `first`, with the weights as the model has them.
  template <typename T>
  static void multiply_unpacked(const ConvShape& s, const ConvQuant& q, const Job& j, const Rows& row, const T* weights,
                                const int32_t* bias, int32_t first, int32_t count, T* output) {
    const T* filters[kUnpacked];
    for (int32_t i = 0; i < kUnpacked; ++i) filters[i] = weights + (first + lesser(i, count - 1)) * j.taps;
    int32x4_t sum = vdupq_n_s32(0);
    float32x4_t scale = vdupq_n_f32(0.0f);
    if (count == kUnpacked) {
      sum = vld1q_s32(bias + first);
      scale = vld1q_f32(q.scales + first);
    } else {
      int32_t some_bias[kUnpacked] = {};
      float some_scales[kUnpacked] = {};
      std::memcpy(some_bias, bias + first, static_cast<size_t>(count) * 4);
      std::memcpy(some_scales, q.scales + first, static_cast<size_t>(count) * 4);
      sum = vld1q_s32(some_bias);
      scale = vld1q_f32(some_scales);
    }
    const bool unusual = bias[s.out_c] != 0;
    const int64_t whole = j.taps / 16 * 16;
    sum = vaddq_s32(sum, Level::dot(row.values, filters, whole, unusual));
    if (whole < j.taps) {
      T rest[kUnpacked][16];
      std::memset(rest, kFlip<T>, sizeof(rest));  // zeros as int8
      for (int32_t i = 0; i < kUnpacked; ++i) {
        std::memcpy(rest[i], filters[i] + whole, static_cast<size_t>(j.taps - whole));
        filters[i] = rest[i];
      }
      sum = vaddq_s32(sum, Level::dot(row.values + whole, filters, 16, unusual));
    }
    if (j.weight_zero != 0) sum = vmlsq_n_s32(sum, vdupq_n_s32(row.sums[0]), j.weight_zero);
    const int32x4_t sums[4] = {sum, sum, sum, sum};  // computed once
    const Scales scales = {{scale, scale, scale, scale}};
    store_some(output, requant16(sums, scales, j.requant), count);
  }

  template <typename T>
  static void run(const ConvShape& s, const ConvQuant& q, const void* in, const void* weights, const void* packed, void* scratch,
                  void* out, Part part) {
    const T* input = static_cast<const T*>(in);
    const bool direct = in_place<T>(s), unpacked = few_outputs(s);
    const int32_t group_c = s.in_c / s.groups, group_out = s.out_c / s.groups, block = rows_at_a_time(s);
    const int32_t size = unpacked ? kUnpacked : kPanel;
    const int64_t per_group = panels_per_group(s);
    const Job j = {make_requant<T>(q),
                   q.weight_zero - kFall<T>,
                   group_filter(s),
                   Level::depth(group_filter(s)),
                   direct ? s.in_c : row_length(s),
                   s.out_c};
    auto* sums = static_cast<int32_t*>(scratch);
    auto* copies = reinterpret_cast<int8_t*>(sums + round_up_to(block, 4));
    const Area area = area_of(s, kRows, s.groups * per_group, part);
    OutputPixel at = pixel_at(s, area.pixels.begin);
    for (int64_t p0 = area.pixels.begin; p0 < area.pixels.end; p0 += block) {
      const int64_t left = area.pixels.end - p0;
      const int32_t count = left < block ? static_cast<int32_t>(left) : block;
      T* output = static_cast<T*>(out) + p0 * s.out_c;
      OutputPixel pixel = at;
      Rows rows = {copies, sums};
      for (int64_t i = area.panels.begin; i < area.panels.end; ++i) {
        const auto g = static_cast<int32_t>(i / per_group), c0 = static_cast<int32_t>(i % per_group) * size;
        const int32_t channels = lesser(size, group_out - c0), first = g * group_out + c0;
        if (c0 == 0 || i == area.panels.begin) {  // a new group
          pixel = at;
          if (direct) rows.values = reinterpret_cast<const int8_t*>(input + p0 * s.in_c + g * group_c);
          for (int32_t r = 0; !direct && r < count; ++r, advance(s, &pixel)) {
            fill_row(s, q, input + g * group_c, pixel, copies + r * j.stride);
          }
          for (int32_t r = 0; j.weight_zero != 0 && r < count; ++r) sums[r] = row_sum(rows.values + r * j.stride, j.taps);
        }
        if (unpacked) {
          multiply_unpacked(s, q, j, rows, static_cast<const T*>(weights), static_cast<const int32_t*>(packed), first, channels,
                            output + first);
        } else {
          multiply(j, rows, count, static_cast<const uint8_t*>(packed) + i * panel_bytes(s), channels, output + first);
        }
      }
      at = pixel;
    }
  }
};

/// Depthwise of a single input channel: a convolution whose weights lie the other way round.
template <typename Level>
struct DepthwiseOfOne {
  static ConvShape as_conv(ConvShape s) {
    s.groups = 1;
    return s;
  }
  static bool takes(const ConvShape& s) { return s.in_c == 1 && !Conv<Level>::few_outputs(as_conv(s)); }
  static size_t packed_bytes(const ConvShape& s) { return Conv<Level>::packed_bytes(as_conv(s)); }
  template <typename T>
  static size_t scratch_bytes(const ConvShape& s) {
    return Conv<Level>::template scratch_bytes<T>(as_conv(s));
  }
  template <typename T>
  static void pack(const ConvShape& s, const ConvQuant& q, const void* from, void* to) {
    Conv<Level>::template pack_in_order<T>(as_conv(s), q, from, {s.out_c, 1}, to);
  }
  template <typename T>
  static void run(const ConvShape& s, const ConvQuant& q, const void* in, const void* weights, const void* packed, void* scratch,
                  void* out, Part part) {
    Conv<Level>::template run<T>(as_conv(s), q, in, weights, packed, scratch, out, part);
  }
};

template <typename Twin, typename T>
constexpr ConvTwinQ8 twin_of(bool (*takes)(const ConvShape&)) {
  return {takes, Twin::packed_bytes, Twin::template scratch_bytes<T>, Twin::template pack<T>, Twin::template run<T>};
}

}  // namespace
}  // namespace inlay::kernels
