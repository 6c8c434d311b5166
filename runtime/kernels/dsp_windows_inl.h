// SPDX-License-Identifier: Apache-2.0
// The windows of four output pixels become a strip of halfwords. Only for files named *__dsp.cc; internal linkage.
#pragma once
#include "kernels/dsp_dot_inl.h"

namespace inlay::kernels {
namespace {

constexpr int32_t kScratch = 576;                                   // bytes at most
constexpr int32_t kMostWords = 18;                                  // of four taps in a strip, when it holds whole windows
constexpr int32_t kSomeWords = 8;                                   // about, when it does not: sums need room, too
constexpr int32_t kSumBytes = kPixels * 4, kStepBytes = kStep * 4;  // of one channel, of four taps

inline int32_t taps_of(const ConvShape& s) { return s.filter_h * s.filter_w * s.in_c; }
inline int32_t divide_up(int32_t n, int32_t by) { return (n + by - 1) / by; }

/// How the work on four pixels is cut.
struct Cut {
  int32_t words;     ///< four taps each, of a strip
  int32_t channels;  ///< whose sums are kept at a time; none where a strip holds whole windows
};
inline Cut cut_of(const ConvShape& s) {
  const int32_t words = divide_up(taps_of(s), 4);
  if (words <= kMostWords) return {words, 0};
  const int32_t channels = divide_up(s.out_c, divide_up(s.out_c, (kScratch - kSomeWords * kStepBytes) / kSumBytes));
  const int32_t most = lesser((kScratch - channels * kSumBytes) / kStepBytes, kMostWords);
  return {divide_up(words, divide_up(words, most)), channels};
}

/// What run computes once.
struct Plan {
  const ConvShape* s;
  const int8_t* input;
  Cut cut;
  int32_t taps, width;     ///< of a window, of a line of it
  int32_t line, step;      ///< input values from one line of a window to the next, from one pixel's window to the next
  int32_t most_left, end;  ///< `left` of the last window inside of the image; values of the input
  int32_t zero;            ///< the zero point in every byte
  bool words, pixels;      ///< a line of a window, or even a pixel, is whole words
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
  [[gnu::noinline]] void next(const Plan& plan, int32_t count) {
    const int32_t left = window_.left + 3 * plan.s->stride_w;
    alike = count == kPixels && x_ + kPixels <= plan.s->out_w && window_.inside && left <= plan.most_left;
    if (alike) {
      windows[0] = window_;
      return advance(plan, kPixels);
    }
    for (int32_t p = 0; p < kPixels; ++p) {
      windows[p] = window_;
      if (p < count - 1 || p == kPixels - 1) advance(plan, 1);
    }
  }

  Window windows[kPixels];
  bool alike;  ///< all are inside of the image, `step` from one to the next; then only windows[0] is there

 private:
  void advance(const Plan& plan, int32_t pixels) {
    x_ += pixels;
    window_.at += pixels * plan.step;
    if (x_ < plan.s->out_w) return slide(plan, window_.left + pixels * plan.s->stride_w);
    x_ = 0;
    ++row_;
    find(plan);
  }
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
  const int32_t width = plan.width, line = plan.line;
  at += taps.line * line;
  for (int32_t done = 0, left = taps.n, first = taps.at; true; first = 0) {
    const int32_t n = lesser(left, width - first);
    run(done, at + first, n);
    left -= n;
    if (left == 0) return;
    done += n;
    at += line;
  }
}

/// Copies a stretch of a window that reaches out of the image. Up to three bytes are written behind it.
[[gnu::noinline]] inline void gather_some(const Plan& plan, const Window& w, const Taps& taps, int8_t* to) {
  const ConvShape& s = *plan.s;
  for (int32_t i = 0; i < taps.n; i += 4) store4(to + i, plan.zero);
  const int32_t begin = w.left < 0 ? -w.left * s.in_c : 0, end = lesser((s.in_w - w.left) * s.in_c, plan.width);
  const int32_t in_h = s.in_h, dilation = s.dilation_h;
  int32_t y = w.top + taps.line * dilation, first = taps.at;  // the first value of a run, in its line
  for_each_run(plan, w.at, taps, [&](int32_t done, int32_t at, int32_t n) {
    if (y >= 0 && y < in_h) {
      int32_t i = first < begin ? begin - first : 0;
      const int32_t stop = lesser(n, end - first);
      const int8_t* from = plan.input + at;
      for (; i + 4 <= stop; i += 4) store4(to + done + i, load4(from + i));
      for (; i < stop; ++i) to[done + i] = from[i];
    }
    y += dilation;
    first = 0;
  });
}

/// Puts a stretch of a window into a pixel's column of a strip, whatever its lines are.
inline void fill_bytes(const Plan& plan, const Window& w, const Taps& taps, int32_t* column) {
  int8_t bytes[kMostWords * 4 + 4];
  if (w.inside && w.at + plan.line * (plan.s->filter_h - 1) + plan.width + 3 <= plan.end) {  // three more may be read
    const int8_t* input = plan.input;
    for_each_run(plan, w.at, taps, [&](int32_t done, int32_t at, int32_t n) {
      int8_t* to = bytes + done;
      for (const int8_t *from = input + at, *stop = from + n; from < stop; from += 4, to += 4) store4(to, load4(from));
    });
  } else {
    gather_some(plan, w, taps, bytes);
  }
  store4(bytes + taps.n, 0);  // zeros behind the last tap
  widen(bytes, (taps.n + 3) >> 2, column);
}

/// Puts a stretch of a window into a pixel's column of a strip. All that lies inside of the image is whole words.
[[gnu::noinline]] inline void fill_column(const Plan& plan, const Window& w, const Taps& taps, int32_t* column) {
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
[[gnu::noinline]] inline void fill_strip(const Plan& plan, const Quad& quad, const Taps& taps, int32_t* strip) {
  if (quad.alike && plan.words) {
    const int8_t* input = plan.input;
    const int32_t step = plan.step;
    for_each_run(plan, quad.windows[0].at, taps,
                 [&](int32_t done, int32_t at, int32_t n) { widen_four(input + at, step, n >> 2, strip + done * 2); });
    return;
  }
  Window w = quad.windows[0];
  for (int32_t p = 0; true; ++strip) {
    plan.pixels || (plan.words && w.inside) ? fill_column(plan, w, taps, strip) : fill_bytes(plan, w, taps, strip);
    if (++p == kPixels) return;
    if (quad.alike) {
      w.at += plan.step;
    } else {
      w = quad.windows[p];
    }
  }
}

}  // namespace
}  // namespace inlay::kernels
