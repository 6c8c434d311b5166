// SPDX-License-Identifier: Apache-2.0
// 8-bit depthwise convolution for AVX2, any filter, one output channel per input channel. Sixteen channels at a time; the bytes of
// two taps are interleaved, so that pmaddwd adds both products exactly. The input's zero point is part of the packed bias: a tap
// in the padding therefore reads a row of zero points.
#include "kernels/avx2_inl.h"
#include "kernels/twins.h"

namespace inlay::kernels {
namespace {

constexpr int32_t kBlock = 16;         // channels of a block
constexpr int64_t kHead = kBlock * 8;  // bytes of a block before its weights: 16 biases, 16 scales

int64_t taps_of(const ConvShape& s) { return static_cast<int64_t>(s.filter_h) * s.filter_w; }
int64_t pairs_of(const ConvShape& s) { return (taps_of(s) + 1) / 2; }
int64_t block_bytes(const ConvShape& s) { return kHead + pairs_of(s) * (4 * kBlock); }
int32_t blocks_of(const ConvShape& s) { return (s.out_c + kBlock - 1) / kBlock; }
/// The last block is moved back so that it is full, and computes some channels again.
int32_t first_channel(const ConvShape& s, int32_t block) {
  return s.out_c < kBlock ? 0 : lesser(block * kBlock, s.out_c - kBlock);
}

size_t packed_bytes(const ConvShape& s) { return static_cast<size_t>(blocks_of(s) * block_bytes(s)); }

/// Pointers to the taps of a pixel and how far they move to the next one, then a row of zero points.
size_t scratch_bytes(const ConvShape& s) {
  return static_cast<size_t>(pairs_of(s) * 2 * 16 + round_up_to(s.in_c < kBlock ? kBlock : s.in_c, 16));
}

template <typename T>
void pack(const ConvShape& s, const ConvQuant& q, const void* from, void* to) {
  const T* weights = static_cast<const T*>(from);
  const int64_t taps = taps_of(s);
  for (int32_t b = 0; b < blocks_of(s); ++b) {
    uint8_t* block = static_cast<uint8_t*>(to) + b * block_bytes(s);
    std::memset(block, 0, static_cast<size_t>(block_bytes(s)));
    const int32_t c0 = first_channel(s, b);
    for (int32_t i = 0; i < lesser(kBlock, s.out_c); ++i) {
      uint32_t bias = q.bias != nullptr ? static_cast<uint32_t>(q.bias[c0 + i]) : 0;
      for (int64_t k = 0; k < taps; ++k) {
        const auto w = static_cast<int16_t>(weights[k * s.out_c + c0 + i] - q.weight_zero);
        bias -= static_cast<uint32_t>(w * q.input_zero);
        std::memcpy(block + kHead + (k >> 1) * (4 * kBlock) + i * 4 + (k & 1) * 2, &w, 2);
      }
      std::memcpy(block + i * 4, &bias, 4);
      std::memcpy(block + (kBlock + i) * 4, &q.scales[c0 + i], 4);
    }
  }
}

template <typename T>
struct Taps {
  const T** at;
  int64_t* step;  ///< to the next pixel of the row; 0 for a tap in the row of zero points
  T* zeros;
};

/// Points to the taps of an output pixel; true when the taps of the next pixel, too, are inside the image as these are.
template <typename T>
void find_taps(const ConvShape& s, const T* image, int32_t oy, int32_t ox, const Taps<T>& taps) {
  int64_t k = 0;
  for (int32_t fy = 0; fy < s.filter_h; ++fy) {
    const int32_t y = oy * s.stride_h - s.pad_top + fy * s.dilation_h;
    const T* row = image + static_cast<int64_t>(y) * s.in_w * s.in_c;
    for (int32_t fx = 0; fx < s.filter_w; ++fx, ++k) {
      const int32_t x = ox * s.stride_w - s.pad_left + fx * s.dilation_w;
      const bool inside = y >= 0 && y < s.in_h && x >= 0 && x < s.in_w;
      taps.at[k] = inside ? row + static_cast<int64_t>(x) * s.in_c : taps.zeros;
      taps.step[k] = inside ? static_cast<int64_t>(s.stride_w) * s.in_c : 0;
    }
  }
  if (k % 2 != 0) {  // its weights are zeros
    taps.at[k] = taps.zeros;
    taps.step[k] = 0;
  }
}

template <typename T>
void move_taps(const Taps<T>& taps, int64_t count) {
  for (int64_t k = 0; k < count; ++k) taps.at[k] += taps.step[k];
}

inline __m256i widen(const int8_t*, __m128i v) { return _mm256_cvtepi8_epi16(v); }
inline __m256i widen(const uint8_t*, __m128i v) { return _mm256_cvtepu8_epi16(v); }

/// Sixteen bytes from p, or, of fewer than sixteen channels, those there are.
template <bool kFull, typename T>
inline __m128i load_channels(const T* p, int32_t channels) {
  if (kFull) return load128(p);
  T bytes[kBlock] = {};
  for (int32_t i = 0; i < channels; ++i) bytes[i] = p[i];
  return load128(bytes);
}

/// All channels of one output pixel.
template <bool kFull, typename T>
inline void one_pixel(const ConvShape& s, const Requant8& requant, const T* const* taps, int64_t pairs, const uint8_t* block, T* output) {
  const int64_t bytes = kHead + pairs * (4 * kBlock);
  for (int32_t c = 0; c < s.out_c; c += kBlock, block += bytes) {
    const int32_t c0 = !kFull ? 0 : lesser(c, s.out_c - kBlock);
    __m256i a0 = load256(block), a1 = load256(block + 32);
    const uint8_t* w = block + kHead;
    for (int64_t k = 0; k < pairs; ++k, w += 4 * kBlock) {
      const __m128i x = load_channels<kFull>(taps[2 * k] + c0, s.out_c);
      const __m128i y = load_channels<kFull>(taps[2 * k + 1] + c0, s.out_c);
      a0 = _mm256_add_epi32(a0, _mm256_madd_epi16(widen(output, _mm_unpacklo_epi8(x, y)), load256(w)));
      a1 = _mm256_add_epi32(a1, _mm256_madd_epi16(widen(output, _mm_unpackhi_epi8(x, y)), load256(w + 32)));
    }
    const auto* scales = reinterpret_cast<const float*>(block + kBlock * 4);
    const __m128i v = narrow16<T>(requant8(a0, _mm256_loadu_ps(scales), requant), requant8(a1, _mm256_loadu_ps(scales + 8), requant));
    store_bytes(output + c0, v, kFull ? kBlock : s.out_c);
  }
}

/// The rows of a part, with the number of pairs of taps known to the compiler, or -1.
template <int kPairs, bool kFull, typename T>
void convolve(const ConvShape& s, const Requant8& requant, const T* input, const void* packed, const Taps<T>& taps, T* output,
              Part part) {
  const int64_t pairs = kPairs > 0 ? kPairs : pairs_of(s);
  // Columns of the output whose windows lie inside the image from left to right.
  const int32_t inside_begin = (s.pad_left + s.stride_w - 1) / s.stride_w;
  const int64_t last_left = static_cast<int64_t>(s.in_w) - 1 - static_cast<int64_t>(s.filter_w - 1) * s.dilation_w + s.pad_left;
  const int64_t inside_end = last_left < 0 ? 0 : last_left / s.stride_w + 1;
  const Stretch rows = stretch_of(static_cast<int64_t>(s.batch) * s.out_h, 1, part);
  output += rows.begin * s.out_w * s.out_c;
  for (int64_t r = rows.begin; r < rows.end; ++r) {
    const T* image = input + r / s.out_h * s.in_h * s.in_w * s.in_c;
    for (int32_t ox = 0; ox < s.out_w; ++ox, output += s.out_c) {
      if (ox > inside_begin && ox < inside_end) {
        move_taps(taps, 2 * pairs);
      } else {
        find_taps(s, image, static_cast<int32_t>(r % s.out_h), ox, taps);
      }
      one_pixel<kFull>(s, requant, taps.at, pairs, static_cast<const uint8_t*>(packed), output);
    }
  }
}

template <typename T>
void run(const ConvShape& s, const ConvQuant& q, const void* in, const void*, const void* packed, void* scratch, void* out, Part part) {
  const int64_t count = pairs_of(s) * 2;
  const T* input = static_cast<const T*>(in);
  T* output = static_cast<T*>(out);
  const Taps<T> taps = {static_cast<const T**>(scratch), static_cast<int64_t*>(scratch) + count,
                        static_cast<T*>(scratch) + count * 16};
  std::memset(taps.zeros, q.input_zero, static_cast<size_t>(s.in_c));
  const Requant8 requant = make_requant(q.output_zero, q.range);
  if (s.out_c < kBlock) return convolve<-1, false>(s, requant, input, packed, taps, output, part);
  switch (count / 2) {
    case 5: return convolve<5, true>(s, requant, input, packed, taps, output, part);    // 3 x 3
    case 13: return convolve<13, true>(s, requant, input, packed, taps, output, part);  // 5 x 5
    default: return convolve<-1, true>(s, requant, input, packed, taps, output, part);
  }
}

}  // namespace

extern "C" const ConvTwinQ8 kDepthwiseConv2dS8Avx2, kDepthwiseConv2dU8Avx2;
const ConvTwinQ8 kDepthwiseConv2dS8Avx2 = {one_per_channel, packed_bytes, scratch_bytes, pack<int8_t>, run<int8_t>};
const ConvTwinQ8 kDepthwiseConv2dU8Avx2 = {one_per_channel, packed_bytes, scratch_bytes, pack<uint8_t>, run<uint8_t>};

}  // namespace inlay::kernels
