// SPDX-License-Identifier: Apache-2.0
// 8-bit depthwise convolution for AVX512-VNNI, any filter, one output channel per input channel. The bytes of four input rows are
// interleaved, so that vpdpbusd adds the products of one column of taps at once; with stride 1 the same bytes serve two output
// rows. Columns are interleaved once, a strip at a time, and the padding among them holds the input's zero point.
#include "kernels/avx512vnni_widths_inl.h"
#include "kernels/twins.h"

namespace inlay::kernels {
namespace {

constexpr int32_t kStrip = 32;             // output columns at a time
constexpr int64_t kMostScratch = 1 << 20;  // of strips; wider ones are left to lesser levels

/// Output rows that share their input rows.
int32_t rows_at_once(const ConvShape& s) { return s.stride_h == 1 && s.dilation_h == 1 && s.out_h > 1 ? 2 : 1; }
/// Groups of four input rows that they need.
int64_t row_groups(const ConvShape& s) { return (static_cast<int64_t>(s.filter_h) + rows_at_once(s) - 1 + 3) / 4; }
/// Input columns of n output columns.
int64_t columns_of(const ConvShape& s, int32_t n) {
  return static_cast<int64_t>(n - 1) * s.stride_w + static_cast<int64_t>(s.filter_w - 1) * s.dilation_w + 1;
}
int64_t strip_bytes(const ConvShape& s) { return columns_of(s, lesser(kStrip, s.out_w)) * row_groups(s) * 4 * kLine; }

bool takes(const ConvShape& s) {
  // The first two bound the factors of the third.
  return one_per_channel(s) && row_groups(s) < 1024 && columns_of(s, lesser(kStrip, s.out_w)) < 65536 &&
         strip_bytes(s) <= kMostScratch;
}

/// Some channels of all: as many as a register has bytes, or fewer where the tensor has fewer than 16.
struct Channels {
  int32_t first, width;
};
/// What begins at channel c. The last ones are moved back so that they fill a register, and compute some channels again.
Channels channels_at(const ConvShape& s, int32_t c) {
  const int32_t left = s.out_c - c;
  const int32_t width = left > 32 && s.out_c >= 64 ? 64 : left > 16 && s.out_c >= 32 ? 32 : 16;
  return {left >= width || s.out_c < width ? c : s.out_c - width, width};
}
int32_t next_channel(const Channels& c) { return c.first + c.width; }

/// Four registers of biases and of scales; of each group of rows and each output row one with ones for the taps of the window; of
/// each column of taps, group and output row four of weights.
int64_t head_registers(const ConvShape& s) { return 8 + row_groups(s) * rows_at_once(s); }
int64_t bytes_per_width(const ConvShape& s) { return head_registers(s) + s.filter_w * row_groups(s) * rows_at_once(s) * 4; }

size_t packed_bytes(const ConvShape& s) {
  int64_t width = 0;
  for (int32_t c = 0; c < s.out_c;) {
    const Channels at = channels_at(s, c);
    width += at.width;
    c = next_channel(at);
  }
  return static_cast<size_t>(width * bytes_per_width(s) + kToLine);
}

/// A strip, and a line of zero points.
size_t scratch_bytes(const ConvShape& s) { return static_cast<size_t>(strip_bytes(s) + kLine + kToLine); }

template <typename T>
void pack_channel(const ConvShape& s, const ConvQuant& q, const uint8_t* weights, int32_t c, int32_t width, uint8_t* slot) {
  const Bytes b = bytes_of<T>(q);
  const int32_t outs = rows_at_once(s);
  int32_t sum = 0;
  for (int32_t fy = 0; fy < s.filter_h; ++fy) {
    for (int32_t fx = 0; fx < s.filter_w; ++fx) {
      const auto w = static_cast<uint8_t>(weights[(static_cast<int64_t>(fy) * s.filter_w + fx) * s.out_c + c] ^ b.flip_w);
      sum += static_cast<int8_t>(w);
      for (int32_t j = 0; j < outs; ++j) {
        const int64_t row = fy + j, at = ((fx * row_groups(s) + row / 4) * outs + j) * 4;
        slot[(head_registers(s) + at) * width + row % 4] = w;
      }
    }
  }
  const int32_t bias = bias_of(q, b, c, static_cast<int64_t>(s.filter_h) * s.filter_w, sum);
  std::memcpy(slot, &bias, 4);
  std::memcpy(slot + 4 * width, &q.scales[c], 4);
}

template <typename T>
void pack(const ConvShape& s, const ConvQuant& q, const void* from, void* to) {
  uint8_t* block = line_start(static_cast<uint8_t*>(to));
  for (int32_t c = 0; c < s.out_c;) {
    const Channels at = channels_at(s, c);
    const int64_t bytes = bytes_per_width(s) * at.width;
    std::memset(block, 0, static_cast<size_t>(bytes));
    for (int32_t i = 0; i < s.filter_h * rows_at_once(s); ++i) {
      const int32_t j = i / s.filter_h, row = i % s.filter_h + j;
      uint8_t* ones = block + (8 + row / 4 * rows_at_once(s) + j) * at.width;
      for (int32_t k = row % 4; k < at.width; k += 4) ones[k] = 1;
    }
    for (int32_t i = 0; i < lesser(at.width, s.out_c); ++i) {
      // The register and lane where Wide::interleave puts channel i.
      const int32_t slot = (i / 4 % 4) * at.width + (i / 16 * 4 + i % 4) * 4;
      pack_channel<T>(s, q, static_cast<const uint8_t*>(from), at.first + i, at.width, block + slot);
    }
    block += bytes;
    c = next_channel(at);
  }
}

/// What stays the same over a whole convolution.
struct Job {
  const ConvShape* shape;
  Requant requant;
  Bytes bytes;
  int64_t groups;
  uint8_t *strip, *zeros;
};

/// A piece of work: `count` output columns from ox, of `rows` output rows from oy.
struct Piece {
  int32_t oy, rows, ox, count;
};

/// Fills the strip with the columns of a piece, in channels from c0; `real` is how many there are of fewer than 16.
template <int kBytes, bool kFew>
void fill_strip(const Job& j, const Piece& p, const uint8_t* image, int32_t c0, int32_t real) {
  using W = Wide<kBytes>;
  const ConvShape& s = *j.shape;
  const int32_t left = p.ox * s.stride_w - s.pad_left, top = p.oy * s.stride_h - s.pad_top;
  const auto columns = static_cast<int32_t>(columns_of(s, p.count));
  const int32_t inside = left < 0 ? lesser(-left, columns) : 0;
  const int32_t end = s.in_w - left > inside ? lesser(s.in_w - left, columns) : inside;
  const int64_t step = j.groups * 4 * kBytes;
  const typename W::V flips = W::all(j.bytes.flip_x), zeros = W::all(static_cast<uint8_t>(j.bytes.x_zero));
  for (int32_t x = 0; x < columns; ++x) {
    if (x == inside) x = end;  // only those outside the image
    for (int64_t i = 0; x < columns && i < step; i += kBytes) W::store(j.strip + x * step + i, zeros);
  }
  for (int64_t g = 0; g < j.groups; ++g) {
    const uint8_t* rows[4];
    int64_t moves[4];
    for (int32_t r = 0; r < 4; ++r) {
      const int64_t y = top + (g * 4 + r) * s.dilation_h;
      const bool in = y >= 0 && y < s.in_h && g * 4 + r < s.filter_h + rows_at_once(s) - 1;
      rows[r] = in ? image + (y * s.in_w + left + inside) * s.in_c + c0 : j.zeros;
      moves[r] = in ? s.in_c : 0;
    }
    uint8_t* to = j.strip + inside * step + g * 4 * kBytes;
    for (int32_t x = inside; x < end; ++x, to += step) {
      typename W::V v[4];
      for (int r = 0; r < 4; ++r) {
        v[r] = W::flip(kFew ? W::load(rows[r], real) : W::load(rows[r]), flips);
        rows[r] += moves[r];
      }
      typename W::V quads[4];
      W::interleave(v[0], v[1], v[2], v[3], quads);
      for (int q = 0; q < 4; ++q) W::store(to + q * kBytes, quads[q]);
    }
  }
}

/// Computes a piece from its strip. kTaps: 3 when it is known that a window is three columns of one group; else 0. kSums: the
/// zero point of the weights is taken off by the sums of the windows.
template <int kBytes, int kOuts, int kTaps, bool kSums, bool kFew>
void convolve(const Job& j, const Piece& p, const uint8_t* block, int32_t real, uint8_t* output) {
  using W = Wide<kBytes>;
  using V = typename W::V;
  const ConvShape& s = *j.shape;
  const int64_t groups = kTaps > 0 ? 1 : j.groups, column = groups * 4 * kBytes;
  const int64_t taps = kTaps > 0 ? kTaps : s.filter_w, tap_step = kTaps > 0 ? column : s.dilation_w * column;
  const int64_t row_step = static_cast<int64_t>(s.out_w) * s.out_c;
  const V flips = W::all(j.bytes.flip_w);
  const uint8_t* const weights = block + (8 + groups * kOuts) * kBytes;
  const uint8_t* strip = j.strip;
  for (int32_t i = 0; i < p.count; ++i, strip += s.stride_w * column, output += s.out_c) {
    V acc[kOuts][4], sums[kOuts][4];
    for (int o = 0; o < kOuts; ++o) {
      for (int q = 0; q < 4; ++q) {
        acc[o][q] = W::load(block + q * kBytes);
        sums[o][q] = W::all(0);
      }
    }
    const uint8_t* w = weights;
    for (int64_t fx = 0; fx < taps; ++fx) {
      const uint8_t* x = strip + fx * tap_step;
      const uint8_t* ones = block + 8 * kBytes;
      for (int64_t g = 0; g < groups; ++g, x += 4 * kBytes, w += kOuts * 4 * kBytes, ones += kOuts * kBytes) {
        for (int q = 0; q < 4; ++q) {
          const V bytes = W::load(x + q * kBytes);
          for (int o = 0; o < kOuts; ++o) {
            acc[o][q] = finished(W::dot(acc[o][q], bytes, W::load(w + (o * 4 + q) * kBytes)));
            if (kSums) sums[o][q] = W::dot(sums[o][q], bytes, W::load(ones + o * kBytes));
          }
        }
      }
    }
    for (int o = 0; o < kOuts; ++o) {
      for (int q = 0; kSums && q < 4; ++q) acc[o][q] = W::minus_product(acc[o][q], sums[o][q], j.bytes.w_zero);
      const V result = W::flip(W::requant(acc[o], block + 4 * kBytes, j.requant), flips);
      if (o < p.rows) {
        kFew ? W::store(output + o * row_step, result, real) : W::store(output + o * row_step, result);
      }
    }
  }
}

/// A piece in one block of channels.
template <int kBytes, bool kFew>
void run_block(const Job& j, const Piece& p, const uint8_t* image, int32_t c0, const uint8_t* block, uint8_t* output) {
  const ConvShape& s = *j.shape;
  fill_strip<kBytes, kFew>(j, p, image, c0, s.out_c);
  const bool two = rows_at_once(s) == 2, three = j.groups == 1 && s.filter_w == 3 && s.dilation_w == 1;
  output += c0;
  if (j.bytes.w_zero != 0) {
    return two ? convolve<kBytes, 2, 0, true, kFew>(j, p, block, s.out_c, output)
               : convolve<kBytes, 1, 0, true, kFew>(j, p, block, s.out_c, output);
  }
  if (three) {
    return two ? convolve<kBytes, 2, 3, false, kFew>(j, p, block, s.out_c, output)
               : convolve<kBytes, 1, 3, false, kFew>(j, p, block, s.out_c, output);
  }
  return two ? convolve<kBytes, 2, 0, false, kFew>(j, p, block, s.out_c, output)
             : convolve<kBytes, 1, 0, false, kFew>(j, p, block, s.out_c, output);
}

/// A piece in all channels.
void run_piece(const Job& j, const Piece& p, const uint8_t* image, const uint8_t* block, uint8_t* output) {
  const ConvShape& s = *j.shape;
  for (int32_t c = 0; c < s.out_c;) {
    const Channels at = channels_at(s, c);
    switch (s.out_c < 16 ? 0 : at.width) {
      case 64: run_block<64, false>(j, p, image, at.first, block, output); break;
      case 32: run_block<32, false>(j, p, image, at.first, block, output); break;
      case 16: run_block<16, false>(j, p, image, at.first, block, output); break;
      default: run_block<16, true>(j, p, image, at.first, block, output); break;
    }
    block += bytes_per_width(s) * at.width;
    c = next_channel(at);
  }
}

template <typename T>
void run(const ConvShape& s, const ConvQuant& q, const void* in, const void*, const void* packed, void* scratch, void* out,
         Part part) {
  const Bytes bytes = bytes_of<T>(q);
  uint8_t* const strip = line_start(static_cast<uint8_t*>(scratch));
  // Results leave the kernel as -128 .. 127: those of uint8 have flip_w, too.
  const int32_t shift = bytes.flip_w;
  const Job j = {&s,    make_requant(q.output_zero - shift, {q.range.min - shift, q.range.max - shift}),
                 bytes, row_groups(s),
                 strip, strip + strip_bytes(s)};
  std::memset(j.zeros, q.input_zero, static_cast<size_t>(kLine));
  const auto* block = line_start(static_cast<const uint8_t*>(packed));
  const int32_t outs = rows_at_once(s), per_image = (s.out_h + outs - 1) / outs;
  const Stretch work = stretch_of(static_cast<int64_t>(s.batch) * per_image, 1, part);
  for (int64_t i = work.begin; i < work.end; ++i) {
    const auto oy = static_cast<int32_t>(i % per_image) * outs;
    const uint8_t* image = static_cast<const uint8_t*>(in) + i / per_image * s.in_h * s.in_w * s.in_c;
    uint8_t* row = static_cast<uint8_t*>(out) + (i / per_image * s.out_h + oy) * s.out_w * s.out_c;
    for_even_stretches(s.out_w, kStrip, [&](int32_t ox, int32_t count) {
      run_piece(j, {oy, lesser(outs, s.out_h - oy), ox, count}, image, block, row + static_cast<int64_t>(ox) * s.out_c);
    });
  }
}

}  // namespace

extern "C" const ConvTwinQ8 kDepthwiseConv2dS8Avx512Vnni, kDepthwiseConv2dU8Avx512Vnni;
const ConvTwinQ8 kDepthwiseConv2dS8Avx512Vnni = {takes, packed_bytes, scratch_bytes, pack<int8_t>, run<int8_t>};
const ConvTwinQ8 kDepthwiseConv2dU8Avx512Vnni = {takes, packed_bytes, scratch_bytes, pack<uint8_t>, run<uint8_t>};

}  // namespace inlay::kernels
