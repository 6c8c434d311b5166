// SPDX-License-Identifier: Apache-2.0
// CONV_2D and FULLY_CONNECTED int8 for Helium: two output pixels times four output channels at a time, each sum in a core
// register (VMLADAVA adds sixteen products to one). Of an input whose channels fill vectors, lines of the window are read where
// they are; other windows are copied to rows first. The zero point of the input is in the packed bias: padding reads as that
// value.
#include "kernels/mve_pairs_inl.h"
#include "kernels/twins.h"

namespace inlay::kernels {
namespace {

constexpr int32_t kMostRuns = 9;  // of a window read in place, as many as taps: they are on the stack

/// Windows are read where they are, tap by tap.
bool in_place(const ConvShape& s) { return s.in_c % kLanes == 0 && s.filter_h * s.filter_w <= kMostRuns; }
int32_t taps_of(const ConvShape& s) { return s.filter_h * s.filter_w * s.in_c; }
int32_t panel_bytes(const ConvShape& s) { return kPanel * (rounded_up(taps_of(s)) + 8); }

bool takes(const ConvShape& s) { return s.groups == 1 && small(s); }

size_t packed_bytes(const ConvShape& s) {
  return static_cast<size_t>((s.out_c + kPanel - 1) / kPanel) * static_cast<size_t>(panel_bytes(s));
}

/// Two rows; or a pixel of padding.
size_t scratch_bytes(const ConvShape& s) {
  if (!in_place(s)) return static_cast<size_t>(2 * rounded_up(taps_of(s)));
  return pixel_by_pixel(s) ? 0 : static_cast<size_t>(s.in_c);
}

void pack(const ConvShape& s, const ConvQuant& q, const void* from, void* to) {
  const auto* weights = static_cast<const int8_t*>(from);
  const int32_t taps = taps_of(s);
  auto* panel = static_cast<uint8_t*>(to);
  std::memset(to, 0, packed_bytes(s));
  for (int32_t c = 0; c < s.out_c; ++c) {
    const int32_t i = c % kPanel;
    if (c > 0 && i == 0) panel += panel_bytes(s);
    uint32_t bias = q.bias != nullptr ? static_cast<uint32_t>(q.bias[c]) : 0;
    uint8_t* body = panel + kPanel * 4;
    for (int32_t k = 0; k < taps; ++k, ++weights) {
      bias -= static_cast<uint32_t>(q.input_zero) * static_cast<uint32_t>(*weights - q.weight_zero);
      body[(k / kLanes * kPanel + i) * kLanes + k % kLanes] = static_cast<uint8_t>(*weights);
    }
    std::memcpy(panel + i * 4, &bias, 4);
    std::memcpy(body + kPanel * rounded_up(taps) + i * 4, &q.scales[c], 4);
  }
}

/// What is the same for every pixel of a call.
struct Job {
  const ConvShape& s;
  const ConvQuant& q;
  const int8_t* input;
  const int8_t* packed;
  int8_t* scratch;
};

/// What the zero point of the weights, where there is one, adds to the sums of the first pixel of runs.
int32_t excess_of(const Job& j, const Run* run) {
  uint32_t sum = 0;
  for (; run->vectors > 0; ++run) {
    const int32_t n = lesser(run->vectors * kLanes, taps_of(j.s));
    for (int32_t k = 0; k < n; ++k) sum += static_cast<uint32_t>(int32_t{run->x[0][k]});
  }
  return static_cast<int32_t>(sum * static_cast<uint32_t>(j.q.weight_zero));
}

/// All channels of the first pixel of runs.
INLAY_APART void multiply_one(const Job& j, const Run* runs, int8_t* out) {
  const int32x4_t low = vdupq_n_s32(j.q.range.min), high = vdupq_n_s32(j.q.range.max);
  const int32_t excess = j.q.weight_zero != 0 ? excess_of(j, runs) : 0, zero = j.q.output_zero;
  const int8_t* panel = j.packed;
  for (int32_t left = j.s.out_c; left > 0; left -= kPanel, out += kPanel, panel += kPanel * 4) {
    const int32x4_t sums = vsubq_n_s32(sums_of(&panel, runs), excess);
    const float32x4_t scale = vldrwq_f32(reinterpret_cast<const float*>(panel));
    const int32x4_t v = vqaddq_n_s32(vcvtnq_s32_f32(vmulq_f32(vcvtq_f32_s32(sums), scale)), zero);
    vstrbq_p_s32(out, vminq_s32(vmaxq_s32(v, low), high), vctp32q(static_cast<uint32_t>(left)));
  }
}

/// Pairs of pixels, count > 0; `step` as in Pairs.
void multiply(const Job& j, Run* runs, int32_t count, int32_t step, int8_t* out) {
  const int32_t channels = j.s.out_c;
#if defined(__ARM_FEATURE_MVE)
  if (j.q.weight_zero == 0) {
    Pairs pairs = {j.packed, runs, {out, out + channels}, channels, channels, j.q.output_zero, j.q.range, count, step, 0};
    pairs.out_step = 2 * channels - (channels + kPanel - 1) / kPanel * kPanel;
    return multiply_pairs(&pairs);
  }
#endif
  for (; count > 0; --count) {
    for (int32_t p = 0; p < 2; ++p, out += channels) {
      multiply_one(j, runs, out);
      for (Run* run = runs; run->vectors > 0; ++run) {
        const int8_t* next = run->x[0] + step;
        run->x[0] = run->x[1];
        run->x[1] = next;
      }
    }
  }
}

/// The window of an output pixel.
struct Window {
  const int8_t* image;
  int32_t top, left;
};
Window window_at(const Job& j, const OutputPixel& at) {
  const ConvShape& s = j.s;
  return {j.input + at.b * s.in_h * s.in_w * s.in_c, at.y * s.stride_h - s.pad_top, at.x * s.stride_w - s.pad_left};
}

/// The lines of a window inside the image and of its neighbour to the right.
INLAY_APART void point_at_lines(const Job& j, const Window& w, Run* runs) {
  const ConvShape& s = j.s;
  const int32_t step = s.in_w * s.in_c, vectors = s.filter_w * s.in_c / kLanes;
  const int8_t* x = w.image + w.top * step + w.left * s.in_c;
  for (int32_t fy = s.filter_h; fy > 0; --fy, x += step * s.dilation_h) *runs++ = {{x, x + s.stride_w * s.in_c}, vectors};
  runs->vectors = 0;
}

/// Each tap of two windows; scratch holds a pixel of padding.
INLAY_APART void point_at_taps(const Job& j, const Window* windows, Run* runs) {
  const ConvShape& s = j.s;
  for (int32_t p = 0; p < 2; ++p) {
    Run* run = runs;
    for (int32_t fy = 0; fy < s.filter_h; ++fy) {
      const int32_t y = windows[p].top + fy * s.dilation_h;
      for (int32_t fx = 0; fx < s.filter_w; ++fx, ++run) {
        const int32_t x = windows[p].left + fx * s.dilation_w;
        const bool inside = y >= 0 && y < s.in_h && x >= 0 && x < s.in_w;
        run->x[p] = inside ? windows[p].image + (y * s.in_w + x) * s.in_c : j.scratch;
        run->vectors = s.in_c / kLanes;
      }
    }
    run->vectors = 0;
  }
}

/// Copies windows inside the image to rows and multiplies them, pair after pair along a row of the output.
void multiply_copies(const Job& j, const Window& w, Run* runs, int32_t pairs, int8_t* out) {
  const ConvShape& s = j.s;
  const int32_t step = s.in_w * s.in_c, n = s.filter_w * s.in_c, row = rounded_up(taps_of(s));
  const int8_t* x = w.image + w.top * step + w.left * s.in_c;
  for (; pairs > 0; --pairs, out += 2 * s.out_c) {
    for (int32_t p = 0; p < 2; ++p, x += s.stride_w * s.in_c) {
      const int8_t* from = x;
      int8_t* to = j.scratch + p * row;
      for (int32_t fy = s.filter_h; fy > 0; --fy, from += step * s.dilation_h, to += n) copy_bytes(to, from, n);
    }
    multiply(j, runs, 1, 0, out);
  }
}

/// Copies any window to a row. What lies behind its last tap is multiplied by zeros.
INLAY_APART void copy_window(const Job& j, const Window& w, int8_t* row) {
  const ConvShape& s = j.s;
  const TapRange rows = taps_inside(w.top, s.filter_h, s.dilation_h, s.in_h);
  const TapRange columns = taps_inside(w.left, s.filter_w, s.dilation_w, s.in_w);
  fill_bytes(row, j.q.input_zero, taps_of(s));
  // Neighbouring columns are one run of bytes.
  const int32_t length = s.dilation_w == 1 ? columns.end - columns.begin : 1;
  for (int32_t fy = rows.begin; fy < rows.end; ++fy) {
    const int8_t* line = w.image + (w.top + fy * s.dilation_h) * s.in_w * s.in_c;
    for (int32_t fx = columns.begin; fx < columns.end; fx += length) {
      copy_bytes(row + (fy * s.filter_w + fx) * s.in_c, line + (w.left + fx * s.dilation_w) * s.in_c, length * s.in_c);
    }
  }
}

/// Pairs of pixels from p on whose rows, which end within a vector, are followed by bytes of the input.
int32_t pairs_in_place(const ConvShape& s, int32_t p, int32_t end) {
  const int32_t c = s.in_c, last = s.batch * s.out_h * s.out_w - 1 - rounded_up(c) / c - (rounded_up(c) % c != 0 ? 1 : 0);
  return lesser(last < p ? 0 : (last - p) / 2 + 1, (end - p) / 2);
}

void run(const ConvShape& s, const ConvQuant& q, const void* input, const void*, const void* packed, void* scratch, void* output,
         Part part) {
  const Job j = {s, q, static_cast<const int8_t*>(input), static_cast<const int8_t*>(packed), static_cast<int8_t*>(scratch)};
  const Span span = span_of(s.batch * s.out_h * s.out_w, part);
  const int32_t row = rounded_up(taps_of(s));
  const bool direct = in_place(s);
  auto* out = static_cast<int8_t*>(output) + span.begin * s.out_c;
  int32_t p = span.begin;
  Run runs[kMostRuns + 1];
  if (pixel_by_pixel(s)) {
    const int32_t pairs = pairs_in_place(s, p, span.end);
    const int8_t* x = j.input + p * s.in_c;
    runs[0] = {{x, x + s.in_c}, row / kLanes};
    runs[1].vectors = 0;
    if (pairs > 0) multiply(j, runs, pairs, 2 * s.in_c, out);
    p += 2 * pairs;
    out += 2 * pairs * s.out_c;
  } else if (direct) {
    fill_bytes(j.scratch, q.input_zero, s.in_c);
  }
  const Span rows = whole_windows(s.in_h, s.out_h, (s.filter_h - 1) * s.dilation_h, s.stride_h, s.pad_top);
  const Span columns = whole_windows(s.in_w, s.out_w, (s.filter_w - 1) * s.dilation_w, s.stride_w, s.pad_left);
  OutputPixel at = pixel_of(s, p);
  while (p < span.end) {
    Window windows[2];
    windows[0] = window_at(j, at);
    const bool whole = s.dilation_w == 1 && at.y >= rows.begin && at.y < rows.end && at.x >= columns.begin;
    const int32_t pairs = whole ? lesser(columns.end - at.x, span.end - p) / 2 : 0;
    int32_t n = lesser(2, span.end - p);
    if (!direct) {
      runs[0] = {{j.scratch, j.scratch + row}, row / kLanes};
      runs[1].vectors = 0;
    }
    if (pairs > 0) {  // along a row of the output
      n = 2 * pairs;
      at.x += n - 1;
      if (direct) {
        point_at_lines(j, windows[0], runs);
        multiply(j, runs, pairs, 2 * s.stride_w * s.in_c, out);
      } else {
        multiply_copies(j, windows[0], runs, pairs, out);
      }
    } else {
      OutputPixel last = at;
      advance(s, &last);
      windows[1] = n == 2 ? window_at(j, last) : windows[0];
      if (n == 2) at = last;
      if (direct) point_at_taps(j, windows, runs);
      for (int32_t i = 0; !direct && i < n; ++i) copy_window(j, windows[i], j.scratch + i * row);
      if (n == 2) {
        multiply(j, runs, 1, 0, out);
      } else {
        multiply_one(j, runs, out);
      }
    }
    advance(s, &at);
    p += n;
    out += n * s.out_c;
  }
}

}  // namespace

extern "C" const ConvTwinQ8 kConv2dS8Mve = {takes, packed_bytes, scratch_bytes, pack, run, true};

}  // namespace inlay::kernels
