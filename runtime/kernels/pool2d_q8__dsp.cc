// SPDX-License-Identifier: Apache-2.0
// MAX_POOL_2D and AVERAGE_POOL_2D of int8 for Cortex-M with the DSP instructions: four channels at a time stay in registers for
// the whole window. The last four overlap those before.
#include "kernels/dsp_inl.h"
#include "kernels/elementwise_twins.h"

namespace inlay::kernels {
namespace {

constexpr int32_t kLanes = 4;

int32_t repeat(int32_t byte) { return static_cast<int32_t>(static_cast<uint32_t>(byte & 0xFF) * 0x01010101u); }

class Maximum {
 public:
  Maximum(QuantRange range, int32_t) : low_(repeat(range.min)), high_(repeat(range.max)) {}
  void start() { best_ = low_; }
  void line(const int8_t* x, int32_t step, int32_t count) {
    int32_t best = best_;
    for (; count > 0; --count, x += step) best = max8(best, load4(x));
    best_ = best;
  }
  void store(int8_t* out) const { store4(out, min8(best_, high_)); }

 private:
  int32_t low_, high_, best_ = 0;
};

/// Sums of halfwords, which hold kFit values, and then of words.
class Mean {
 public:
  Mean(QuantRange range, int32_t count) : range_(range), count_(count) {}
  void start() {
    sum_[0] = sum_[1] = sum_[2] = sum_[3] = 0;
    even_ = odd_ = 0;
    room_ = kFit;
  }
  void line(const int8_t* x, int32_t step, int32_t count) {
    while (count > 0) {
      const int32_t n = lesser(count, room_);
      int32_t even = even_, odd = odd_;
      for (int32_t i = n; i > 0; --i, x += step) {
        const int32_t word = load4(x);
        even = sxtab16(even, word);
        odd = sxtab16_ror8(odd, word);
      }
      even_ = even, odd_ = odd;
      count -= n;
      room_ -= n;
      if (room_ == 0) flush();
    }
  }
  void store(int8_t* out) {
    flush();
    const int32_t half = count_ / 2;
#pragma GCC unroll 4
    for (int i = 0; i < kLanes; ++i) {
      out[i] = static_cast<int8_t>(clamp_to((sum_[i] >= 0 ? sum_[i] + half : sum_[i] - half) / count_, range_));
    }
  }

 private:
  static constexpr int32_t kFit = 256;
  void flush() {
    sum_[0] += low_half(even_), sum_[1] += low_half(odd_), sum_[2] += high_half(even_), sum_[3] += high_half(odd_);
    even_ = odd_ = 0;
    room_ = kFit;
  }

  QuantRange range_;
  int32_t count_;
  int32_t even_ = 0, odd_ = 0, room_ = 0, sum_[kLanes] = {};
};

/// One output pixel: `rows` lines of `columns` pixels.
template <typename Pool>
void run_window(const PoolShape& s, QuantRange range, const int8_t* window, int32_t rows, int32_t columns, int8_t* out) {
  Pool pool(range, rows * columns);
  if (columns == s.in_w) columns *= rows, rows = 1;  // lines that follow each other
  for (int32_t c = 0; c < s.channels; c += kLanes) {
    c = lesser(c, s.channels - kLanes);
    pool.start();
    const int8_t* line = window + c;
    for (int32_t y = 0; y < rows; ++y, line += s.in_w * s.channels) pool.line(line, s.channels, columns);
    pool.store(out + c);
  }
}

template <typename Pool>
void run(const PoolShape& s, const void* range, const void* input, void* output) {
  const auto* in = static_cast<const int8_t*>(input);
  auto* out = static_cast<int8_t*>(output);
  for (int32_t b = 0; b < s.batch; ++b, in += static_cast<ptrdiff_t>(s.in_h) * s.in_w * s.channels) {
    for (int32_t oy = 0; oy < s.out_h; ++oy) {
      const int32_t top = oy * s.stride_h - s.pad_top;
      const TapRange rows = taps_inside(top, s.filter_h, 1, s.in_h);
      for (int32_t ox = 0; ox < s.out_w; ++ox, out += s.channels) {
        const int32_t left = ox * s.stride_w - s.pad_left;
        const TapRange columns = taps_inside(left, s.filter_w, 1, s.in_w);
        const int8_t* window = in + (static_cast<ptrdiff_t>(top + rows.begin) * s.in_w + left + columns.begin) * s.channels;
        run_window<Pool>(s, *static_cast<const QuantRange*>(range), window, rows.end - rows.begin, columns.end - columns.begin,
                         out);
      }
    }
  }
}

bool takes(const PoolShape& s) { return s.channels >= kLanes; }

}  // namespace

extern "C" const PoolTwin kMaxPoolS8Dsp, kAveragePoolS8Dsp;
const PoolTwin kMaxPoolS8Dsp = {takes, run<Maximum>};
const PoolTwin kAveragePoolS8Dsp = {takes, run<Mean>};

}  // namespace inlay::kernels
