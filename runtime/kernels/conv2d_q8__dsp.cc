// SPDX-License-Identifier: Apache-2.0
// int8 convolution and fully connected for Cortex-M with SMLAD. The windows of four pixels are widened to halfwords in a strip of
// a few hundred bytes, and multiplied by one filter after another, which are read where the model has them: nothing is copied to
// RAM but one start value for each channel. Of a pixel or two, as in a fully connected op, rows are read where they are, for four
// filters at a time. Zero points stay in the input: what they add is in the start values, and padding is a zero point.
#include "kernels/dsp_store_inl.h"
#include "kernels/dsp_windows_inl.h"
#include "kernels/twins.h"

namespace inlay::kernels {
namespace {

bool is_small(int32_t a, int32_t b, int32_t c, int32_t d) {
  constexpr int64_t kLimit = 1 << 30;
  const int64_t ab = int64_t{a} * b, abc = ab < kLimit ? ab * c : kLimit;
  return abc < kLimit && abc * d < kLimit;
}

/// Offsets then fit an int32, and a line of the filter is a run of the input. Filters of a single tap are left out: words would
/// be read from up to three behind the last.
bool takes(const ConvShape& s) {
  return s.groups == 1 && s.dilation_w == 1 && is_small(s.batch, s.in_h, s.in_w, s.in_c) &&
         is_small(s.batch, s.out_h, s.out_w, s.out_c) && is_small(s.filter_h, s.filter_w, s.in_c, s.out_c) && taps_of(s) > 1;
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
    const uint32_t sum = sum_of(w, taps) - static_cast<uint32_t>(taps) * static_cast<uint32_t>(q.weight_zero);
    const uint32_t bias = q.bias != nullptr ? static_cast<uint32_t>(q.bias[c]) : 0;
    start[c] = static_cast<int32_t>(bias - sum * static_cast<uint32_t>(q.input_zero));
  }
  for (int32_t c = s.out_c; c % 4 != 0; ++c) start[c] = 0;
}

/// What a zero point of the weights adds for each pixel of a strip.
[[gnu::noinline]] void find_excess(const int32_t* strip, int32_t words, int32_t weight_zero, int32_t excess[kPixels]) {
  for (int32_t p = 0; p < kPixels; ++p) {
    int32_t sum = 0;
    for (int32_t i = 0; i < words * 2; ++i) sum = smlad(strip[i * kPixels + p], halves(1, 1), sum);
    excess[p] = static_cast<int32_t>(static_cast<uint32_t>(sum) * static_cast<uint32_t>(weight_zero));
  }
}

/// Copies n values, zeros behind them: the last weights of all, of which none behind the end may be read.
[[gnu::noinline]] void copy_last(const int8_t* from, int32_t n, int8_t* to) {
  for (; n >= 4; n -= 4, from += 4, to += 4) store4(to, load4(from));
  store4(to, load_some(from, n));
}

/// Where the work on four pixels reads and writes.
struct Job {
  const Plan& plan;
  const ConvQuant& q;
  const Quad& quad;
  const int8_t* weights;
  const int32_t* start;
  int32_t* strip;
  const int32_t* steps;  ///< output pixel p is at output + steps[p]
  int8_t* output;
};

/// `channels` of them from channel c on, of a strip that holds whole windows.
void convolve_some(const Job& j, int32_t c, const int8_t* filter, int32_t channels) {
  const int32_t words = j.plan.cut.words, taps = j.plan.taps;
  const ConvQuant& q = j.q;
  if (kDirect && q.weight_zero == 0 && is_full(q)) {
    return products_to_bytes(q, j.strip, words, filter, taps, channels, j.start + c, q.scales + c, j.steps, j.output + c);
  }
  int32_t excess[kPixels] = {}, sums[kPixels];
  if (q.weight_zero != 0) find_excess(j.strip, words, q.weight_zero, excess);
  for (const int32_t end = c + channels; c < end; ++c, filter += taps) {
    for (int32_t p = 0; p < kPixels; ++p) sums[p] = wrap_sub(j.start[c], excess[p]);
    add_products(j.strip, words, filter, taps, 1, sums);
    store_block(q, sums, q.scales + c, 1, j.steps, j.output + c);
  }
}

/// All channels of four pixels whose windows fit a strip.
[[gnu::noinline]] void convolve(const Job& j) {
  const int32_t taps = j.plan.taps, out_c = j.plan.s->out_c, whole = out_c - ((taps & 3) != 0);
  fill_strip(j.plan, j.quad, {0, 0, taps}, j.strip);
  if (whole > 0) convolve_some(j, 0, j.weights, whole);
  if (whole == out_c) return;
  int8_t copy[kMostWords * 4];
  copy_last(j.weights + whole * taps, taps, copy);
  convolve_some(j, whole, copy, 1);
}

/// The last channel of all, whose filter may end inside of a word. Apart, as its copy would lie on the stack under fill_strip.
[[gnu::noinline]] void add_last(const int32_t* strip, int32_t words, const int8_t* filter, int32_t taps, int32_t* sums) {
  int8_t copy[kMostWords * 4];
  copy_last(filter, taps, copy);
  add_products(strip, words, copy, 0, 1, sums);
}

/// All channels of four pixels whose windows are cut: some channels at a time, of these one stretch of the windows after another.
[[gnu::noinline]] void convolve_cut(const Job& j) {
  const int32_t taps = j.plan.taps, most = j.plan.cut.words * 4, out_c = j.plan.s->out_c;
  int32_t* const sums = j.strip + j.plan.cut.words * kStep;
  for (int32_t c = 0, channels; c < out_c; c += channels) {
    channels = lesser(j.plan.cut.channels, out_c - c);
    int32_t* to = sums;
    for (const int32_t *from = j.start + c, *end = from + channels; from != end; ++from, to += kPixels) {
      to[0] = to[1] = to[2] = to[3] = *from;
    }
    const int8_t* filter = j.weights + c * taps;
    Taps some = {0, 0, 0};
    for (int32_t k = 0; k < taps; k += most) {
      some.n = lesser(most, taps - k);
      fill_strip(j.plan, j.quad, some, j.strip);
      const int32_t words = (some.n + 3) >> 2, rest = c + channels == out_c && (some.n & 3) != 0, whole = channels - rest;
      if (whole > 0) add_products(j.strip, words, filter + k, taps, whole, sums);
      if (rest != 0) add_last(j.strip, words, filter + whole * taps + k, some.n, sums + whole * kPixels);
      if (j.q.weight_zero != 0) {
        int32_t excess[kPixels];
        find_excess(j.strip, words, j.q.weight_zero, excess);
        for (int32_t i = 0; i < channels * kPixels; ++i) sums[i] = wrap_sub(sums[i], excess[i % kPixels]);
      }
      for (some.at += some.n; some.at >= j.plan.width; some.at -= j.plan.width) ++some.line;
    }
    store_block(j.q, sums, j.q.scales + c, channels, j.steps, j.output + c);
  }
}

/// Takes off what a zero point of the weights adds and adds what lies behind the last whole word.
[[gnu::noinline]] void finish(const int8_t* row, const int8_t* filter, int32_t taps, int32_t off, int32_t count, int32_t* sums) {
  const int32_t whole = taps / 4 * 4, x = load_some(row + whole, taps - whole);
  for (int32_t i = 0; i < count; ++i, filter += taps) {
    const int32_t w = load_some(filter + whole, taps - whole);
    sums[i] = smlad(sxtb16_ror8(x), sxtb16_ror8(w), smlad(sxtb16(x), sxtb16(w), wrap_sub(sums[i], off)));
  }
}

/// All channels of one pixel, whose row lies in memory.
[[gnu::noinline]] void connect(const ConvShape& s, const ConvQuant& q, const int8_t* row, const int8_t* filter,
                               const int32_t* start, int8_t* output) {
  const int32_t taps = s.in_c;
  const uint32_t excess = q.weight_zero != 0 ? sum_of(row, taps) * static_cast<uint32_t>(q.weight_zero) : 0;
  const auto off = static_cast<int32_t>(excess);
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
void make_row(ConvShape* s) {
  s->in_w = s->out_w = s->batch * s->out_h * s->out_w;
  s->batch = s->in_h = s->out_h = 1;
}

void run(const ConvShape& shape, const ConvQuant& q, const void* in, const void* filters, const void* packed, void* scratch,
         void* out, Part part) {
  const auto* input = static_cast<const int8_t*>(in);
  const auto* weights = static_cast<const int8_t*>(filters);
  const auto* start = static_cast<const int32_t*>(packed);
  auto* output = static_cast<int8_t*>(out);
  const bool rows = pixel_by_pixel(shape);
  ConvShape s = shape;
  if (rows) make_row(&s);
  const int32_t width = s.filter_w * s.in_c, pixels = s.batch * s.out_h * s.out_w;
  const Plan plan = {&s,
                     input,
                     cut_of(s),
                     taps_of(s),
                     width,
                     s.dilation_h * s.in_w * s.in_c,
                     s.stride_w * s.in_c,
                     s.in_w - s.filter_w,
                     s.batch * s.in_h * s.in_w * s.in_c,
                     static_cast<int32_t>(static_cast<uint32_t>(q.input_zero & 0xFF) * 0x01010101u),
                     width % 4 == 0,
                     s.in_c % 4 == 0};
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
    const Job job = {plan, q, quad, weights, start, static_cast<int32_t*>(scratch), steps, to};
    plan.cut.channels == 0 ? convolve(job) : convolve_cut(job);
  }
}

}  // namespace

extern "C" const ConvTwinQ8 kConv2dS8Dsp;
const ConvTwinQ8 kConv2dS8Dsp = {takes, packed_bytes, scratch_bytes, pack, run};

}  // namespace inlay::kernels
