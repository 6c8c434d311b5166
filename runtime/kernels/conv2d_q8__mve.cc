// SPDX-License-Identifier: Apache-2.0
// CONV_2D and FULLY_CONNECTED int8 for Helium: two output pixels times four output channels at a time, each sum in a core
// register (VMLADAVA adds sixteen products to one). Of an input whose channels fill vectors, lines of the window are read where
// they are; other windows are copied to rows first. The zero point of the input is in the packed bias: padding reads as that
// value.
#include "kernels/mve_inl.h"
#include "kernels/twins.h"

namespace inlay::kernels {
namespace {

constexpr int32_t kPanel = 4;      // output channels of a panel: 4 biases, their weights by 16 taps, 4 scales
constexpr int32_t kMostRuns = 25;  // of a window read in place: as many taps

/// `vectors` times 16 values at `x` of each of two output pixels. One of 0 vectors ends the list.
struct Run {
  const int8_t* x[2];
  int32_t vectors;
};

/// Windows are read where they are, tap by tap.
bool in_place(const ConvShape& s) { return s.in_c % kLanes == 0 && s.filter_h * s.filter_w <= kMostRuns; }
bool pointwise(const ConvShape& s) { return pixel_by_pixel(s); }
int32_t taps_of(const ConvShape& s) { return s.filter_h * s.filter_w * s.in_c; }
int32_t panel_bytes(const ConvShape& s) { return kPanel * (rounded_up(taps_of(s)) + 8); }

bool takes(const ConvShape& s) { return s.groups == 1 && small(s); }

size_t packed_bytes(const ConvShape& s) {
  return static_cast<size_t>((s.out_c + kPanel - 1) / kPanel) * static_cast<size_t>(panel_bytes(s));
}

/// Two rows; or a pixel of padding.
size_t scratch_bytes(const ConvShape& s) {
  if (!in_place(s)) return static_cast<size_t>(2 * rounded_up(taps_of(s)));
  return pointwise(s) ? 0 : static_cast<size_t>(s.in_c);
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

/// Sums of a panel's channels for one or two pixels.
struct Sums {
  int32x4_t first, second;
};

#if defined(__ARM_FEATURE_MVE)
static_assert(sizeof(Run) == 12, "the assembly below reads it");

/// GCC keeps no eight sums in the even registers that VMLADAVA wants.
template <int kPixels>
inline Sums sums_of(const int8_t** panel, const Run* run) {
  Sums sums;
  const int8_t *w = *panel, *x, *y;
  int32_t n;
  int8x16_t t0, t1;
  if (kPixels == 2) {
    asm volatile(
        "ldrd r0, r2, [%[w]], #8\n"
        "ldrd r4, r6, [%[w]], #8\n"
        "ldrd %[x], %[y], [%[run]], #8\n"
        "ldr %[n], [%[run]], #4\n"
        "mov r8, r0\n"
        "mov r10, r2\n"
        "mov r12, r4\n"
        "mov lr, r6\n"
        "1: vldrb.8 %q[a], [%[x]], #16\n"
        "vldrb.8 %q[t0], [%[w]]\n"
        "vmladava.s8 r0, %q[a], %q[t0]\n"
        "vldrb.8 %q[b], [%[y]], #16\n"
        "vmladava.s8 r8, %q[b], %q[t0]\n"
        "vldrb.8 %q[t1], [%[w], #16]\n"
        "vmladava.s8 r2, %q[a], %q[t1]\n"
        "vldrb.8 %q[t0], [%[w], #32]\n"
        "vmladava.s8 r10, %q[b], %q[t1]\n"
        "vldrb.8 %q[t1], [%[w], #48]\n"
        "vmladava.s8 r4, %q[a], %q[t0]\n"
        "adds %[w], #64\n"
        "vmladava.s8 r12, %q[b], %q[t0]\n"
        "vmladava.s8 r6, %q[a], %q[t1]\n"
        "subs %[n], #1\n"
        "vmladava.s8 lr, %q[b], %q[t1]\n"
        "bne 1b\n"
        "ldrd %[x], %[y], [%[run]], #8\n"
        "ldr %[n], [%[run]], #4\n"
        "cmp %[n], #0\n"
        "bne 1b\n"
        "vmov %q[a][2], %q[a][0], r0, r4\n"
        "vmov %q[a][3], %q[a][1], r2, r6\n"
        "vmov %q[b][2], %q[b][0], r8, r12\n"
        "vmov %q[b][3], %q[b][1], r10, lr\n"
        : [a] "=&w"(sums.first), [b] "=&w"(sums.second), [t0] "=&w"(t0), [t1] "=&w"(t1), [w] "+r"(w), [run] "+r"(run),
          [x] "=&r"(x), [y] "=&r"(y), [n] "=&r"(n)
        :
        : "r0", "r2", "r4", "r6", "r8", "r10", "r12", "lr", "cc", "memory");
  } else {
    asm volatile(
        "ldrd r0, r2, [%[w]], #8\n"
        "ldrd r4, r6, [%[w]], #8\n"
        "ldrd %[x], %[y], [%[run]], #8\n"
        "ldr %[n], [%[run]], #4\n"
        "1: dls lr, %[n]\n"
        "2: vldrb.8 %q[a], [%[x]], #16\n"
        "vldrb.8 %q[t0], [%[w]]\n"
        "vmladava.s8 r0, %q[a], %q[t0]\n"
        "vldrb.8 %q[t1], [%[w], #16]\n"
        "vmladava.s8 r2, %q[a], %q[t1]\n"
        "vldrb.8 %q[t0], [%[w], #32]\n"
        "vmladava.s8 r4, %q[a], %q[t0]\n"
        "vldrb.8 %q[t1], [%[w], #48]\n"
        "vmladava.s8 r6, %q[a], %q[t1]\n"
        "adds %[w], #64\n"
        "le lr, 2b\n"
        "ldrd %[x], %[y], [%[run]], #8\n"
        "ldr %[n], [%[run]], #4\n"
        "cmp %[n], #0\n"
        "bne 1b\n"
        "vmov %q[a][2], %q[a][0], r0, r4\n"
        "vmov %q[a][3], %q[a][1], r2, r6\n"
        : [a] "=&w"(sums.first), [t0] "=&w"(t0), [t1] "=&w"(t1), [w] "+r"(w), [run] "+r"(run), [x] "=&r"(x), [y] "=&r"(y),
          [n] "=&r"(n)
        :
        : "r0", "r2", "r4", "r6", "lr", "cc", "memory");
  }
  *panel = w;
  return sums;
}
#else
template <int kPixels>
inline Sums sums_of(const int8_t** panel, const Run* run) {
  Sums sums;
  uint32_t sum[2][kPanel];
  for (auto& pixel : sum) std::memcpy(pixel, *panel, sizeof(pixel));
  *panel += sizeof(sum[0]);
  for (; run->vectors > 0; ++run) {
    for (int32_t k = 0; k < run->vectors * kLanes; ++k) {
      for (int32_t i = 0; i < kPanel * kPixels; ++i) {
        const int32_t c = i % kPanel, p = i / kPanel;
        sum[p][c] += static_cast<uint32_t>(run->x[p][k] * (*panel)[k / kLanes * kLanes * kPanel + c * kLanes + k % kLanes]);
      }
    }
    *panel += run->vectors * kLanes * kPanel;
  }
  std::memcpy(&sums.first, sum[0], sizeof(sum[0]));
  std::memcpy(&sums.second, sum[1], sizeof(sum[1]));
  return sums;
}
#endif

/// What is the same for every pixel of a call.
struct Job {
  const ConvShape& s;
  const ConvQuant& q;
  const int8_t* input;
  const int8_t* packed;
  int8_t* scratch;
};

/// What the zero point of the weights, where there is one, adds to the sums of a pixel.
int32_t excess_of(const Job& j, const Run* run, int32_t pixel) {
  uint32_t sum = 0;
  for (; run->vectors > 0; ++run) {
    const int32_t n = lesser(run->vectors * kLanes, taps_of(j.s));
    for (int32_t k = 0; k < n; ++k) sum += static_cast<uint32_t>(int32_t{run->x[pixel][k]});
  }
  return static_cast<int32_t>(sum * static_cast<uint32_t>(j.q.weight_zero));
}

/// All channels of one or two pixels that lie side by side in the output.
template <int kPixels>
void multiply(const Job& j, const Run* runs, int8_t* out) {
  const int32_t channels = j.s.out_c, zero = j.q.output_zero;
  const bool plain = j.q.weight_zero == 0;
  const int32x4_t low = vdupq_n_s32(j.q.range.min), high = vdupq_n_s32(j.q.range.max);
  const int8_t* panel = j.packed;
  for (int32_t left = channels; left > 0; left -= kPanel, out += kPanel) {
    Sums sums = sums_of<kPixels>(&panel, runs);
    const float32x4_t scale = vldrwq_f32(reinterpret_cast<const float*>(panel));
    panel += kPanel * 4;
    if (!plain) {
      sums.first = vsubq_n_s32(sums.first, excess_of(j, runs, 0));
      if (kPixels == 2) sums.second = vsubq_n_s32(sums.second, excess_of(j, runs, 1));
    }
    const auto finish = [=](int32x4_t sum) {
      const int32x4_t v = vcvtnq_s32_f32(vmulq_f32(vcvtq_f32_s32(sum), scale));
      return vminq_s32(vmaxq_s32(vqaddq_n_s32(v, zero), low), high);
    };
    const int32x4_t first = finish(sums.first), second = kPixels == 2 ? finish(sums.second) : first;
    if (left >= kPanel) {
      vstrbq_s32(out, first);
      if (kPixels == 2) vstrbq_s32(out + channels, second);
    } else {
      const mve_pred16_t some = vctp32q(static_cast<uint32_t>(left));
      vstrbq_p_s32(out, first, some);
      if (kPixels == 2) vstrbq_p_s32(out + channels, second, some);
    }
  }
}

/// The window of an output pixel.
struct Window {
  const int8_t* image;
  int32_t top, left;
  bool whole;  ///< inside the image
};
Window window_at(const Job& j, const OutputPixel& at) {
  const ConvShape& s = j.s;
  const int32_t top = at.y * s.stride_h - s.pad_top, left = at.x * s.stride_w - s.pad_left;
  return {
      j.input + at.b * s.in_h * s.in_w * s.in_c, top, left,
      top >= 0 && left >= 0 && top + (s.filter_h - 1) * s.dilation_h < s.in_h && left + (s.filter_w - 1) * s.dilation_w < s.in_w};
}

/// The lines of two windows inside the image.
void point_at_lines(const Job& j, const Window* windows, Run* runs) {
  const ConvShape& s = j.s;
  const int32_t step = s.in_w * s.in_c;
  for (int32_t p = 0; p < 2; ++p) {
    const Window& w = windows[p];
    const int8_t* x = w.image + w.top * step + w.left * s.in_c;
    for (int32_t fy = 0; fy < s.filter_h; ++fy, x += step * s.dilation_h) runs[fy].x[p] = x;
  }
  for (int32_t fy = 0; fy < s.filter_h; ++fy) runs[fy].vectors = s.filter_w * s.in_c / kLanes;
  runs[s.filter_h].vectors = 0;
}

/// Each tap of two windows; scratch holds a pixel of padding.
void point_at_taps(const Job& j, const Window* windows, Run* runs) {
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

/// Copies a window to a row. What lies behind its last tap is multiplied by zeros.
void copy_window(const Job& j, const Window& w, int8_t* row) {
  const ConvShape& s = j.s;
  TapRange rows = {0, s.filter_h}, columns = {0, s.filter_w};
  if (!w.whole) {
    rows = taps_inside(w.top, s.filter_h, s.dilation_h, s.in_h);
    columns = taps_inside(w.left, s.filter_w, s.dilation_w, s.in_w);
    std::memset(row, j.q.input_zero, static_cast<size_t>(taps_of(s)));
  }
  // Neighbouring columns are one run of bytes.
  const int32_t length = s.dilation_w == 1 ? columns.end - columns.begin : 1;
  for (int32_t fy = rows.begin; fy < rows.end; ++fy) {
    const int8_t* line = w.image + (w.top + fy * s.dilation_h) * s.in_w * s.in_c;
    for (int32_t fx = columns.begin; fx < columns.end; fx += length) {
      copy_bytes(row + (fy * s.filter_w + fx) * s.in_c, line + (w.left + fx * s.dilation_w) * s.in_c, length * s.in_c);
    }
  }
}

void run(const ConvShape& s, const ConvQuant& q, const void* input, const void*, const void* packed, void* scratch, void* output,
         Part part) {
  const Job j = {s, q, static_cast<const int8_t*>(input), static_cast<const int8_t*>(packed), static_cast<int8_t*>(scratch)};
  const int32_t pixels = s.batch * s.out_h * s.out_w, row = rounded_up(taps_of(s));
  const bool direct = in_place(s), flat = pointwise(s);
  const Span span = span_of(pixels, part);
  auto* out = static_cast<int8_t*>(output) + span.begin * s.out_c;
  OutputPixel at = pixel_of(s, span.begin);
  Run runs[kMostRuns + 1];
  if (direct && !flat) std::memset(scratch, q.input_zero, static_cast<size_t>(s.in_c));
  for (int32_t p = span.begin; p < span.end; p += 2, out += 2 * s.out_c) {
    const bool both = span.end - p > 1;
    // A row of a pixel that ends within a vector is read with what follows it: never with what follows the last.
    if (flat && (direct || (q.weight_zero == 0 && (p + 1) * s.in_c + row <= pixels * s.in_c))) {
      const int8_t* x = j.input + p * s.in_c;
      runs[0] = {{x, x + s.in_c}, row / kLanes};
      runs[1].vectors = 0;
    } else {
      if (flat) at = pixel_of(s, p);
      Window windows[2] = {window_at(j, at), {}};
      advance(s, &at);
      windows[1] = both ? window_at(j, at) : windows[0];
      if (both) advance(s, &at);
      if (!direct) {
        runs[0] = {{j.scratch, j.scratch + row}, row / kLanes};
        runs[1].vectors = 0;
        copy_window(j, windows[0], j.scratch);
        if (both) copy_window(j, windows[1], j.scratch + row);
      } else if (windows[0].whole && windows[1].whole && s.dilation_w == 1) {
        point_at_lines(j, windows, runs);
      } else {
        point_at_taps(j, windows, runs);
      }
    }
    (both ? multiply<2> : multiply<1>)(j, runs, out);
  }
}

}  // namespace

extern "C" const ConvTwinQ8 kConv2dS8Mve = {takes, packed_bytes, scratch_bytes, pack, run, true};

}  // namespace inlay::kernels
