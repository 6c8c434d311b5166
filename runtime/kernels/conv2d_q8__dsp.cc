// SPDX-License-Identifier: Apache-2.0
// int8 convolution and fully connected for Cortex-M with SMLAD. The windows of four pixels are widened to halfwords in a strip of a
// few hundred bytes, and multiplied by one filter after another, which are read where the model has them: nothing is copied to RAM but
// one start value for each channel. Of a pixel or two, as in a fully connected op, rows are read where they are, for four filters at
// a time. Zero points stay in the input: what they add is in the start values, and padding is a zero point.
#include "kernels/dsp_store_inl.h"
#include "kernels/twins.h"

namespace inlay::kernels {
namespace {

constexpr int32_t kScratch = 576;                                   // bytes at most
constexpr int32_t kMostWords = 16;                                  // of four taps in a strip, when it holds whole windows
constexpr int32_t kSomeWords = 8;                                   // when it does not: sums of more channels need room
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
  const auto fit = [&](int32_t n) { return (kScratch - n * kStepBytes) / kSumBytes; };  // channels beside n words
  Cut cut = {words, 0};
  if (words > kMostWords) cut.words = kSomeWords;
  cut.channels = divide_up(s.out_c, divide_up(s.out_c, fit(cut.words)));
  if (words > kMostWords) {  // as many words as leave room for those channels
    const int32_t most = (kScratch - cut.channels * kSumBytes) / kStepBytes;
    cut.words = divide_up(words, divide_up(words, lesser(most, kMostWords)));
  }
  return cut;
}

bool is_small(double elements) { return elements < 1 << 30; }

/// Offsets then fit an int32, and a line of the filter is a run of the input.
bool takes(const ConvShape& s) {
  return s.groups == 1 && s.dilation_w == 1 && is_small(1.0 * s.batch * s.in_h * s.in_w * s.in_c) &&
         is_small(1.0 * s.batch * s.out_h * s.out_w * s.out_c) && is_small(1.0 * s.filter_h * s.filter_w * s.in_c * s.out_c);
}

/// Start values, of whole fours.
size_t packed_bytes(const ConvShape& s) { return static_cast<size_t>(divide_up(s.out_c, 4)) * 16; }

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
  for (int32_t c = s.out_c; c % 4 != 0; ++c) start[c] = 0;
}

/// What run computes once.
struct Plan {
  const ConvShape* s;
  const int8_t* input;
  Cut cut;
  int32_t taps, width;       ///< of a window, of a line of it
  int32_t line, step;        ///< input values from one line of a window to the next, from one pixel's window to the next
  int32_t most_left, end;    ///< `left` of the last window inside of the image; values of the input
  int32_t zero;              ///< the zero point in every byte
  bool words, pixels;        ///< a line of a window, or even a pixel, is whole words
};

/// Where the window of a pixel lies; `at` is its first value, which may lie outside of the image.
struct Window {
  int32_t top, left, at;
  bool inside;
};

/// A stretch of a window: n values from value `at` of line `line` on.
struct Taps {
  int32_t line, at, n;
};

/// The windows of four output pixels, from pixel to pixel.
class Quad {
 public:
  Quad(const Plan& plan, int32_t pixel) : row_(pixel / plan.s->out_w), x_(pixel % plan.s->out_w) { find(plan); }

  /// Takes the next `count` <= 4 pixels; what is missing is the last once more.
  void next(const Plan& plan, int32_t count) {
    const int32_t left = window_.left + 3 * plan.s->stride_w;
    alike = plan.words && count == kPixels && x_ + kPixels < plan.s->out_w && window_.inside && left <= plan.most_left;
    windows[0] = window_;
    if (alike) {
      x_ += kPixels;
      window_.at += kPixels * plan.step;
      return slide(plan, left + plan.s->stride_w);
    }
    for (int32_t p = 0; p < kPixels; ++p) {
      windows[p] = window_;
      if (p >= count - 1 && p < kPixels - 1) continue;
      if (++x_ == plan.s->out_w) {
        x_ = 0;
        ++row_;
        find(plan);
      } else {
        window_.at += plan.step;
        slide(plan, window_.left + plan.s->stride_w);
      }
    }
  }

  Window windows[kPixels];
  bool alike;  ///< all are inside of the image, `step` from one to the next; then only windows[0] is there

 private:
  void slide(const Plan& plan, int32_t left) {
    window_.left = left;
    window_.inside = lines_inside_ && left >= 0 && left <= plan.most_left;
  }
  [[gnu::noinline]] void find(const Plan& plan) {
    const ConvShape& s = *plan.s;
    const int32_t b = row_ / s.out_h, y = row_ - b * s.out_h;
    const int32_t top = y * s.stride_h - s.pad_top, left = x_ * s.stride_w - s.pad_left;
    lines_inside_ = top >= 0 && top + (s.filter_h - 1) * s.dilation_h < s.in_h;
    window_.top = top;
    window_.at = ((b * s.in_h + top) * s.in_w + left) * s.in_c;
    slide(plan, left);
  }
  int32_t row_, x_;
  bool lines_inside_;
  Window window_;
};

/// Calls run(values before it, offset of its first value, length) for what each line has of a stretch.
template <typename Run>
inline void for_each_run(const Plan& plan, int32_t at, const Taps& taps, Run run) {
  int32_t n = taps.n, first = taps.at;
  at += taps.line * plan.line;
  while (true) {
    const int32_t some = lesser(n, plan.width - first);
    run(taps.n - n, at + first, some);
    n -= some;
    if (n == 0) return;
    at += plan.line;
    first = 0;
  }
}

/// Copies a stretch of a window. Up to three bytes are written behind it.
[[gnu::noinline]] void gather(const Plan& plan, const Window& w, const Taps& taps, int8_t* to) {
  if (w.inside && w.at + plan.line * (plan.s->filter_h - 1) + plan.width + 3 <= plan.end) {  // three more may be read
    for_each_run(plan, w.at, taps, [&](int32_t done, int32_t at, int32_t n) {
      const int8_t* from = plan.input + at;
      int8_t* into = to + done;
      for (const int8_t* stop = from + n; from < stop; from += 4, into += 4) store4(into, load4(from));
    });
    return;
  }
  for (int32_t i = 0; i < taps.n; i += 4) store4(to + i, plan.zero);
  const ConvShape& s = *plan.s;
  const int32_t begin = w.left < 0 ? -w.left * s.in_c : 0, end = lesser((s.in_w - w.left) * s.in_c, plan.width);
  int32_t y = w.top + taps.line * s.dilation_h, first = taps.at;  // the first value of a run, in its line
  for_each_run(plan, w.at, taps, [&](int32_t done, int32_t at, int32_t n) {
    if (y >= 0 && y < s.in_h) {
      int32_t i = first < begin ? begin - first : 0;
      const int32_t stop = lesser(n, end - first);
      for (; i + 4 <= stop; i += 4) store4(to + done + i, load4(plan.input + at + i));
      for (; i < stop; ++i) to[done + i] = plan.input[at + i];
    }
    y += s.dilation_h;
    first = 0;
  });
}

/// Puts a stretch of a window into a pixel's column of a strip. All that lies inside of the image is whole words.
[[gnu::noinline]] void fill_column(const Plan& plan, const Window& w, const Taps& taps, int32_t* column) {
  const int32_t in_h = plan.s->in_h, in_c = plan.s->in_c, zeros = sxtb16(plan.zero);
  int32_t y = w.top + taps.line * plan.s->dilation_h, at = taps.at, left = taps.n;
  const int8_t* line = plan.input + (w.at + taps.line * plan.line);
  while (true) {
    int32_t* const next = column + lesser(left, plan.width - at) * (kStep / 4);
    const int32_t stop = lesser(at + left, plan.width);
    left -= stop - at;
    if (!w.inside) {
      const int32_t out = static_cast<uint32_t>(y) < static_cast<uint32_t>(in_h) ? lesser(-w.left * in_c, stop) : stop;
      for (; at < out; at += 4, column += kStep) column[0] = column[kPixels] = zeros;
    }
    const int32_t inside = w.inside ? stop : lesser(stop, (plan.s->in_w - w.left) * in_c);
    if (at < inside) {
      widen(line + at, (inside - at) >> 2, column);
      column += (inside - at) * (kStep / 4);
    }
    for (; column != next; column += kStep) column[0] = column[kPixels] = zeros;
    if (left == 0) return;
    y += plan.s->dilation_h;
    line += plan.line;
    at = 0;
  }
}

/// Fills a strip with a stretch of four windows.
[[gnu::noinline]] void fill_strip(const Plan& plan, const Quad& quad, const Taps& taps, int32_t* strip) {
  if (quad.alike) {
    for_each_run(plan, quad.windows[0].at, taps, [&](int32_t done, int32_t at, int32_t n) {
      widen_four(plan.input + at, plan.step, n >> 2, strip + done * 2);
    });
    return;
  }
  for (int32_t p = 0; p < kPixels; ++p, ++strip) {
    const Window& w = quad.windows[p];
    if (plan.pixels || (w.inside && plan.words)) {
      fill_column(plan, w, taps, strip);
      continue;
    }
    int8_t bytes[kMostWords * 4 + 4];
    gather(plan, w, taps, bytes);
    store4(bytes + taps.n, 0);  // zeros behind the last tap
    widen(bytes, (taps.n + 3) >> 2, strip);
  }
}

/// Takes off what a zero point of the weights adds for each pixel.
[[gnu::noinline]] void take_off(const int32_t* strip, int32_t words, int32_t weight_zero, int32_t* sums, int32_t channels) {
  for (int32_t p = 0; p < kPixels; ++p) {
    int32_t sum = 0;
    for (int32_t i = 0; i < words * 2; ++i) sum = smlad(strip[i * kPixels + p], halves(1, 1), sum);
    const uint32_t off = static_cast<uint32_t>(sum) * static_cast<uint32_t>(weight_zero);
    for (int32_t c = 0; c < channels; ++c) {
      sums[c * kPixels + p] = static_cast<int32_t>(static_cast<uint32_t>(sums[c * kPixels + p]) - off);
    }
  }
}

/// Copies n values, zeros behind them: the last weights of all, of which none behind the end may be read.
void copy_last(const int8_t* from, int32_t n, int8_t* to) {
  for (; n >= 4; n -= 4, from += 4, to += 4) store4(to, load4(from));
  store4(to, load_some(from, n));
}

/// All channels of four pixels, output pixel p at output + steps[p].
[[gnu::noinline]] void convolve(const Plan& plan, const ConvQuant& q, const Quad& quad, const int8_t* filter, const int32_t* start,
                                int32_t* strip, const int32_t steps[kPixels], int8_t* output) {
  const int32_t taps = plan.taps, most = plan.cut.words * 4;
  int32_t* sums = strip + plan.cut.words * kStep;
  const float* scales = q.scales;
  bool filled = false;
  if (most >= taps && q.weight_zero == 0) {
    fill_strip(plan, quad, {0, 0, taps}, strip);
    filled = true;
    const int32_t words = plan.cut.words, whole = plan.s->out_c - ((taps & 3) != 0);
    if (whole > 0 && products_to_bytes(q, strip, words, filter, taps, whole, start, scales, steps, output)) {
      if (whole == plan.s->out_c) return;
      int8_t copy[kMostWords * 4];
      copy_last(filter + whole * taps, taps, copy);
      products_to_bytes(q, strip, words, copy, 0, 1, start + whole, scales + whole, steps, output + whole);
      return;
    }
  }
  for (int32_t left = plan.s->out_c; left > 0;) {
    const int32_t channels = lesser(plan.cut.channels, left);
    left -= channels;
    int32_t* to = sums;
    for (const int32_t* end = start + channels; start != end; ++start, to += kPixels) {
      to[0] = to[1] = to[2] = to[3] = *start;
    }
    Taps some = {0, 0, 0};
    for (int32_t k = 0; k < taps; k += most) {
      some.n = lesser(most, taps - k);
      if (!filled) fill_strip(plan, quad, some, strip);
      filled = most >= taps;
      const int32_t words = (some.n + 3) >> 2;
      const bool part = left == 0 && (some.n & 3) != 0;
      if (part) {
        int8_t copy[kMostWords * 4];
        copy_last(filter + (channels - 1) * taps + k, some.n, copy);
        add_products(strip, words, copy, 0, 1, sums + (channels - 1) * kPixels);
      }
      if (channels > part) add_products(strip, words, filter + k, taps, channels - part, sums);
      if (q.weight_zero != 0) take_off(strip, words, q.weight_zero, sums, channels);
      for (some.at += some.n; some.at >= plan.width; some.at -= plan.width) ++some.line;
    }
    store_block(q, sums, scales, channels, steps, output);
    filter += channels * taps;
    scales += channels;
    output += channels;
  }
}

/// Takes off what a zero point of the weights adds and adds what lies behind the last whole word.
[[gnu::noinline]] void finish(const int8_t* row, const int8_t* filter, int32_t taps, int32_t off, int32_t count, int32_t* sums) {
  const int32_t whole = taps / 4 * 4, x = load_some(row + whole, taps - whole);
  for (int32_t i = 0; i < count; ++i, filter += taps) {
    const int32_t w = load_some(filter + whole, taps - whole);
    sums[i] = smlad(sxtb16_ror8(x), sxtb16_ror8(w), smlad(sxtb16(x), sxtb16(w), wrap_add(sums[i], -off)));
  }
}

/// All channels of one pixel, whose row lies in memory.
[[gnu::noinline]] void connect(const ConvShape& s, const ConvQuant& q, const int8_t* row, const int8_t* filter, const int32_t* start,
                               int8_t* output) {
  const int32_t taps = s.in_c, off = q.weight_zero != 0 ? sum_of(row, taps) * q.weight_zero : 0;
  const bool plain = off == 0 && taps % 4 == 0;
  const float* scales = q.scales;
  for (int32_t left = s.out_c; left > 0; left -= 4, filter += 4 * taps, start += 4, scales += 4, output += 4) {
    const int32_t count = lesser(left, 4);
    int32_t sums[4];
    add_row_products(row, taps / 4, filter, taps, count, start, sums);
    if (!plain) finish(row, filter, taps, off, count, sums);
    store_row(q, sums, scales, count, output);
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
  const Plan plan = {&s, input, cut_of(s), taps_of(s), width, s.dilation_h * s.in_w * s.in_c, s.stride_w * s.in_c,
                     s.in_w - s.filter_w, s.batch * s.in_h * s.in_w * s.in_c, (q.input_zero & 0xFF) * 0x01010101, width % 4 == 0, s.in_c % 4 == 0};
  const int32_t each = divide_up(divide_up(pixels, kPixels), part.count) * kPixels;
  const int32_t first = part.index * each, end = lesser(first + each, pixels);
  if (first >= end) return;
  int32_t steps[kPixels];
  Quad quad(plan, first);
  for (int32_t i = first; i < end; i += kPixels) {
    const int32_t count = lesser(kPixels, end - i);
    int8_t* to = output + i * s.out_c;
    if (rows && count < 3) {
      for (int32_t p = 0; p < count; ++p) connect(s, q, input + (i + p) * s.in_c, weights, start, to + p * s.out_c);
      return;
    }
    if (i == first || count < kPixels) {
      for (int32_t p = 0; p < kPixels; ++p) steps[p] = lesser(p, count - 1) * s.out_c;
    }
    quad.next(plan, count);
    convolve(plan, q, quad, weights, start, static_cast<int32_t*>(scratch), steps, to);
  }
}

}  // namespace

extern "C" const ConvTwinQ8 kConv2dS8Dsp;
const ConvTwinQ8 kConv2dS8Dsp = {takes, packed_bytes, scratch_bytes, pack, run};

}  // namespace inlay::kernels
