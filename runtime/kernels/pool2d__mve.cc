// SPDX-License-Identifier: Apache-2.0
// MAX_POOL_2D and AVERAGE_POOL_2D int8 for Helium: a vector of channels stays in a register for the whole window.
#include "kernels/elementwise_twins.h"
#include "kernels/mve_inl.h"

namespace inlay::kernels {
namespace {

struct Max {
  static constexpr int32_t kStep = kLanes;
  static mve_pred16_t first(int32_t n) { return vctp8q(static_cast<uint32_t>(n)); }
  static int8x16_t start() { return vdupq_n_s8(-128); }
  static int8x16_t step(int8x16_t acc, const int8_t* x, mve_pred16_t some) { return vmaxq_s8(acc, vldrbq_z_s8(x, some)); }
  static void store(int8x16_t acc, int32_t, QuantRange range, int32_t, mve_pred16_t some, int8_t* out) {
    const auto low = vdupq_n_s8(static_cast<int8_t>(range.min)), high = vdupq_n_s8(static_cast<int8_t>(range.max));
    vstrbq_p_s8(out, vminq_s8(vmaxq_s8(acc, low), high), some);
  }
};

/// Sums in 16 bits.
struct Mean {
  static constexpr int32_t kStep = kLanes / 2;
  static constexpr int32_t kMostTaps = 255;
  static mve_pred16_t first(int32_t n) { return vctp16q(static_cast<uint32_t>(n)); }
  static int16x8_t start() { return vdupq_n_s16(0); }
  static int16x8_t step(int16x8_t acc, const int8_t* x, mve_pred16_t some) { return vaddq_s16(acc, vldrbq_z_s16(x, some)); }
  static void store(int16x8_t acc, int32_t taps, QuantRange range, int32_t n, mve_pred16_t, int8_t* out) {
    int16_t sums[kStep];
    vstrhq_s16(sums, acc);
    const int32_t half = taps / 2;
    for (int32_t i = 0; i < n; ++i) {
      const int32_t v = (sums[i] >= 0 ? sums[i] + half : sums[i] - half) / taps, least = v < range.min ? range.min : v;
      out[i] = static_cast<int8_t>(lesser(least, range.max));
    }
  }
};

struct Interval {
  int32_t begin, end;
};
inline Interval inside(int32_t out, int32_t stride, int32_t pad, int32_t filter, int32_t in) {
  const int32_t begin = out * stride - pad;
  return {begin < 0 ? 0 : begin, lesser(begin + filter, in)};
}

template <typename Kind>
void run(const PoolShape& s, const void* range, const void* input, void* output) {
  const auto* image = static_cast<const int8_t*>(input);
  auto* out = static_cast<int8_t*>(output);
  const int32_t channels = s.channels, row = s.in_w * channels;
  for (int32_t b = 0; b < s.batch; ++b, image += row * s.in_h) {
    for (int32_t oy = 0; oy < s.out_h; ++oy) {
      const Interval rows = inside(oy, s.stride_h, s.pad_top, s.filter_h, s.in_h);
      for (int32_t ox = 0; ox < s.out_w; ++ox) {
        const Interval columns = inside(ox, s.stride_w, s.pad_left, s.filter_w, s.in_w);
        const int32_t width = columns.end - columns.begin, taps = (rows.end - rows.begin) * width;
        const int8_t* window = image + rows.begin * row + columns.begin * channels;
        for (int32_t left = channels, done; left > 0; left -= done, window += done, out += done) {
          done = lesser(left, Kind::kStep);
          const mve_pred16_t some = Kind::first(left);
          auto acc = Kind::start();
          const int8_t* line = window;
          for (int32_t y = rows.begin; y < rows.end; ++y, line += row) {
            const int8_t* x = line;
            for (int32_t k = width; k > 0; --k, x += channels) acc = Kind::step(acc, x, some);
          }
          Kind::store(acc, taps, *static_cast<const QuantRange*>(range), done, some, out);
        }
      }
    }
  }
}

/// True where offsets fit into an int32.
bool takes(const PoolShape& s) {
  constexpr double kMost = 1 << 30;
  return 1.0 * s.batch * s.in_h * s.in_w * s.channels < kMost && 1.0 * s.batch * s.out_h * s.out_w * s.channels < kMost;
}
bool small_windows(const PoolShape& s) { return int64_t{s.filter_h} * s.filter_w <= Mean::kMostTaps && takes(s); }

}  // namespace

extern "C" const PoolTwin kMaxPoolS8Mve = {takes, run<Max>};
extern "C" const PoolTwin kAveragePoolS8Mve = {small_windows, run<Mean>};

}  // namespace inlay::kernels
