// SPDX-License-Identifier: Apache-2.0
// int8 convolution and fully connected for Cortex-M with SMLAD. The windows of four pixels are widened to halfwords in a strip of a
// few hundred bytes, and multiplied by one filter after another, which are read where the model has them: nothing is copied to RAM but
// one start value for each channel. Of a pixel or two, as in a fully connected op, rows are read where they are, for four filters at
// a time. Zero points stay in the input: what they add is in the start values, and padding is a zero point.
#include "kernels/dsp_dot_inl.h"
#include "kernels/twins.h"

namespace inlay::kernels {
namespace {

constexpr int32_t kScratch = 576;                                   // bytes at most
constexpr int32_t kMostWords = 16;                                  // of four taps in a strip, when it holds whole windows
constexpr int32_t kSomeWords = 10;                                  // when it does not: sums of more channels need room
constexpr int32_t kSumBytes = kPixels * 4, kStepBytes = kStep * 4;  // of one channel, of four taps

int32_t taps_of(const ConvShape& s) { return s.filter_h * s.filter_w * s.in_c; }
int32_t divide_up(int32_t n, int32_t by) { return (n + by - 1) / by; }

/// How the work on four pixels is cut.
struct Cut {
  int32_t words;     ///< four taps each, of a strip
  int32_t channels;  ///< whose sums are kept at a time
};
Cut cut_of(const ConvShape& s) {
  const int32_t words = divide_up(taps_of(s), 4);
  Cut cut = {words, 0};
  if (words > kMostWords) cut.words = divide_up(words, divide_up(words, kSomeWords));
  const int32_t fit = (kScratch - cut.words * kStepBytes) / kSumBytes;
  cut.channels = divide_up(s.out_c, divide_up(s.out_c, fit));
  return cut;
}

bool is_small(double elements) { return elements < 1 << 30; }

/// Offsets then fit an int32, and a line of the filter is a run of the input.
bool takes(const ConvShape& s) {
  return s.groups == 1 && s.dilation_w == 1 && is_small(1.0 * s.batch * s.in_h * s.in_w * s.in_c) &&
         is_small(1.0 * s.batch * s.out_h * s.out_w * s.out_c) && is_small(1.0 * s.filter_h * s.filter_w * s.in_c * s.out_c);
}

size_t packed_bytes(const ConvShape& s) { return static_cast<size_t>(s.out_c) * 4; }

size_t scratch_bytes(const ConvShape& s) {
  if (pixel_by_pixel(s) && s.batch * s.out_h * s.out_w < 3) return 0;
  const Cut cut = cut_of(s);
  return static_cast<size_t>(cut.words * kStepBytes + cut.channels * kSumBytes);
}

void pack(const ConvShape& s, const ConvQuant& q, const void* weights, void* packed) {
  const auto* w = static_cast<const int8_t*>(weights);
  auto* start = static_cast<int32_t*>(packed);
  const int32_t taps = taps_of(s);
  for (int32_t c = 0; c < s.out_c; ++c, w += taps) {
    const uint32_t sum = static_cast<uint32_t>(sum_of(w, taps)) - static_cast<uint32_t>(taps) * static_cast<uint32_t>(q.weight_zero);
    const uint32_t bias = q.bias != nullptr ? static_cast<uint32_t>(q.bias[c]) : 0;
    start[c] = static_cast<int32_t>(bias - sum * static_cast<uint32_t>(q.input_zero));
  }
}

/// What run computes once.
struct Plan {
  ConvShape s;
  const int8_t* input;
  Cut cut;
  int32_t taps, width, line;  ///< of a window; of a line of it; input values from one line to the next
  int32_t end;                ///< of the input, in values
  int32_t zero;
  bool words;                 ///< a line of a window inside the image is whole words
};

/// Where the window of a pixel lies; `at` is its first value, which may lie outside of the image.
struct Window {
  int32_t top, left, at;
  bool inside;
};

/// Goes over the output pixels.
class Cursor {
 public:
  Cursor(const ConvShape& s, int32_t pixel) : s_(s), row_(pixel / s.out_w), x_(pixel % s.out_w) { find(); }
  const Window& window() const { return window_; }
  void advance() {
    if (++x_ == s_.out_w) {
      x_ = 0;
      ++row_;
      return find();
    }
    window_.left += s_.stride_w;
    window_.at += s_.stride_w * s_.in_c;
    window_.inside = lines_inside_ && window_.left >= 0 && window_.left <= s_.in_w - s_.filter_w;
  }

 private:
  void find() {
    const int32_t b = row_ / s_.out_h, y = row_ - b * s_.out_h;
    const int32_t top = y * s_.stride_h - s_.pad_top, left = x_ * s_.stride_w - s_.pad_left;
    lines_inside_ = top >= 0 && top + (s_.filter_h - 1) * s_.dilation_h < s_.in_h;
    window_ = {top, left, ((b * s_.in_h + top) * s_.in_w + left) * s_.in_c,
               lines_inside_ && left >= 0 && left <= s_.in_w - s_.filter_w};
  }
  const ConvShape& s_;
  int32_t row_, x_;
  bool lines_inside_;
  Window window_;
};

/// A stretch of a window: n values from value `at` of line `line` on.
struct Taps {
  int32_t line, at, n;
};

/// Copies a window's stretch. Up to three bytes are written behind it, and read behind a line where the input has them.
void gather(const Plan& plan, const Window& w, Taps t, int8_t* to) {
  const ConvShape& s = plan.s;
  const int32_t begin = w.left < 0 ? -w.left * s.in_c : 0, end = (s.in_w - w.left) * s.in_c;
  for (; t.n > 0; ++t.line, t.at = 0) {
    const int32_t n = lesser(t.n, plan.width - t.at), y = w.top + t.line * s.dilation_h;
    t.n -= n;
    int32_t i = 0, stop = n;  // values i .. stop - 1 are inside the image
    if (!w.inside) {
      const bool out = y < 0 || y >= s.in_h;
      i = out ? n : lesser(begin > t.at ? begin - t.at : 0, n);
      stop = out || end - t.at < i ? i : lesser(end - t.at, n);
      for (int32_t k = 0; k < i; ++k) to[k] = static_cast<int8_t>(plan.zero);
      for (int32_t k = stop; k < n; ++k) to[k] = static_cast<int8_t>(plan.zero);
    }
    const int32_t first = w.at + t.line * plan.line + t.at;
    const int8_t* from = plan.input + first;
    if (stop == n && first + n + 3 <= plan.end) {
      for (; i < n; i += 4) store4(to + i, load4(from + i));
    }
    for (; i < stop; ++i) to[i] = from[i];
    to += n;
  }
}

/// Fills a strip with a stretch of four windows.
void fill_strip(const Plan& plan, const Window windows[kPixels], const Taps& taps, int32_t* strip) {
  for (const Window* w = windows; w != windows + kPixels; ++w, ++strip) {
    if (w->inside && plan.words) {
      const int8_t* line = plan.input + (w->at + taps.line * plan.line);
      int32_t at = taps.at, n = taps.n;
      for (int32_t* to = strip; n > 0; line += plan.line, at = 0) {
        const int32_t some = lesser(n, plan.width - at);
        widen(line + at, some >> 2, to);
        n -= some;
        to += some * (kStep / 4);
      }
      continue;
    }
    int8_t bytes[kMostWords * 4 + 4];
    gather(plan, *w, taps, bytes);
    store4(bytes + taps.n, 0);  // zeros behind the last tap
    widen(bytes, divide_up(taps.n, 4), strip);
  }
}

/// Takes off what a zero point of the weights adds for each pixel.
void take_off(const int32_t* strip, int32_t words, int32_t weight_zero, int32_t* sums, int32_t channels) {
  for (int32_t p = 0; p < kPixels; ++p) {
    int32_t sum = 0;
    for (int32_t i = 0; i < words * 2; ++i) sum = smlad(strip[i * kPixels + p], halves(1, 1), sum);
    const uint32_t off = static_cast<uint32_t>(sum) * static_cast<uint32_t>(weight_zero);
    for (int32_t c = 0; c < channels; ++c) {
      sums[c * kPixels + p] = static_cast<int32_t>(static_cast<uint32_t>(sums[c * kPixels + p]) - off);
    }
  }
}

/// Multiplies a strip by filters that lie `taps` values apart; the last one of all may not be read behind its end.
void multiply(const int32_t* strip, int32_t n, int32_t taps, const int8_t* filter, int32_t channels, bool last, int32_t* sums) {
  const int32_t words = divide_up(n, 4);
  if (!last || n % 4 == 0) return add_products(strip, words, filter, taps, channels, sums);
  if (--channels > 0) add_products(strip, words, filter, taps, channels, sums);
  int8_t copy[kMostWords * 4];
  store4(copy + n / 4 * 4, 0);
  for (int32_t k = 0; k < n; ++k) copy[k] = filter[channels * taps + k];
  add_products(strip, words, copy, 0, 1, sums + channels * kPixels);
}

template <bool kFull>
void store_block(const ConvQuant& q, const int32_t* sums, const float* scales, int32_t channels, const int32_t steps[kPixels],
                 int8_t* output) {
  const int32_t step1 = steps[1], step2 = steps[2], step3 = steps[3], zero = q.output_zero;
  const QuantRange range = q.range;
  for (const float* end = scales + channels; scales != end; ++scales, sums += kPixels, ++output) {
    const float scale = *scales;
    output[0] = static_cast<int8_t>(requant8<kFull>(sums[0], scale, zero, range));
    output[step1] = static_cast<int8_t>(requant8<kFull>(sums[1], scale, zero, range));
    output[step2] = static_cast<int8_t>(requant8<kFull>(sums[2], scale, zero, range));
    output[step3] = static_cast<int8_t>(requant8<kFull>(sums[3], scale, zero, range));
  }
}

bool is_full(const ConvQuant& q) { return q.range.min == -128 && q.range.max == 127; }

/// All channels of four pixels, output pixel p at output + steps[p].
void convolve(const Plan& plan, const ConvQuant& q, const Window windows[kPixels], const int8_t* weights, const int32_t* start,
              int32_t* strip, const int32_t steps[kPixels], int8_t* output) {
  const int32_t taps = plan.taps, most = plan.cut.words * 4, out_c = plan.s.out_c;
  int32_t* sums = strip + plan.cut.words * kStep;
  for (int32_t c = 0; c < out_c; c += plan.cut.channels) {
    const int32_t channels = lesser(plan.cut.channels, out_c - c);
    int32_t* to = sums;
    for (const int32_t *from = start + c, *end = from + channels; from != end; ++from, to += kPixels) {
      to[0] = to[1] = to[2] = to[3] = *from;
    }
    Taps some = {0, 0, 0};
    for (int32_t k = 0; k < taps; k += most) {
      some.n = lesser(most, taps - k);
      if (c == 0 || most < taps) fill_strip(plan, windows, some, strip);
      multiply(strip, some.n, taps, weights + c * taps + k, channels, c + channels == out_c, sums);
      if (q.weight_zero != 0) take_off(strip, divide_up(some.n, 4), q.weight_zero, sums, channels);
      for (some.at += some.n; some.at >= plan.width; some.at -= plan.width) ++some.line;
    }
    (is_full(q) ? store_block<true> : store_block<false>)(q, sums, q.scales + c, channels, steps, output + c);
  }
}

/// All channels of one pixel, whose row lies in memory.
void connect(const ConvShape& s, const ConvQuant& q, const int8_t* row, const int8_t* weights, const int32_t* start, int8_t* output) {
  const int32_t taps = s.in_c, words = taps / 4, rest = taps % 4;
  const int32_t off = q.weight_zero != 0 ? sum_of(row, taps) * q.weight_zero : 0;
  const bool full = is_full(q);
  for (int32_t c = 0; c < s.out_c; c += 4) {
    const int8_t* filters[4];
    int32_t sums[4];
    for (int32_t i = 0; i < 4; ++i) {
      const int32_t channel = lesser(c + i, s.out_c - 1);
      filters[i] = weights + channel * taps;
      sums[i] = start[channel] - off;
    }
    add_row_products(row, words, filters, sums);
    for (int32_t i = 0; i < 4 && c + i < s.out_c; ++i) {
      if (rest != 0) {
        const int32_t x = load_some(row + words * 4, rest), w = load_some(filters[i] + words * 4, rest);
        sums[i] = smlad(sxtb16_ror8(x), sxtb16_ror8(w), smlad(sxtb16(x), sxtb16(w), sums[i]));
      }
      const float scale = q.scales[c + i];
      const int32_t v = full ? requant8<true>(sums[i], scale, q.output_zero, q.range)
                             : requant8<false>(sums[i], scale, q.output_zero, q.range);
      output[c + i] = static_cast<int8_t>(v);
    }
  }
}

/// A convolution that only mixes the channels of a pixel is one of a single row of pixels.
ConvShape as_row(ConvShape s) {
  s.in_w = s.out_w = s.batch * s.out_h * s.out_w;
  s.batch = s.in_h = s.out_h = 1;
  return s;
}

void run(const ConvShape& shape, const ConvQuant& q, const void* in, const void* filters, const void* packed, void* scratch, void* out,
         Part part) {
  const auto* input = static_cast<const int8_t*>(in);
  const auto* weights = static_cast<const int8_t*>(filters);
  const auto* start = static_cast<const int32_t*>(packed);
  auto* output = static_cast<int8_t*>(out);
  const bool rows = pixel_by_pixel(shape);
  const ConvShape s = rows ? as_row(shape) : shape;
  const int32_t width = s.filter_w * s.in_c, pixels = s.batch * s.out_h * s.out_w;
  const Plan plan = {s, input, cut_of(s), taps_of(s), width, s.dilation_h * s.in_w * s.in_c, s.batch * s.in_h * s.in_w * s.in_c,
                     q.input_zero, width % 4 == 0};
  const int32_t each = divide_up(divide_up(pixels, kPixels), part.count) * kPixels;
  const int32_t first = part.index * each, end = lesser(first + each, pixels);
  if (first >= end) return;
  Cursor at(plan.s, first);
  for (int32_t i = first; i < end; i += kPixels) {
    const int32_t count = lesser(kPixels, end - i);
    int8_t* to = output + i * s.out_c;
    if (rows && count < 3) {
      for (int32_t p = 0; p < count; ++p) connect(s, q, input + (i + p) * s.in_c, weights, start, to + p * s.out_c);
      continue;
    }
    Window windows[kPixels];
    int32_t steps[kPixels];
    for (int32_t p = 0; p < kPixels; ++p) {  // what is missing is the last pixel once more
      windows[p] = at.window();
      steps[p] = lesser(p, count - 1) * s.out_c;
      if (p < count - 1) at.advance();
    }
    at.advance();
    convolve(plan, q, windows, weights, start, static_cast<int32_t*>(scratch), steps, to);
  }
}

}  // namespace

extern "C" const ConvTwinQ8 kConv2dS8Dsp;
const ConvTwinQ8 kConv2dS8Dsp = {takes, packed_bytes, scratch_bytes, pack, run};

}  // namespace inlay::kernels
