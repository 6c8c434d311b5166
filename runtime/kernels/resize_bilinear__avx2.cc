// SPDX-License-Identifier: Apache-2.0
// Bilinear resizing, AVX2. Each row of the input is stretched to the output's width once, and kept while rows of the output lie
// beside it; what is left for every row of the output is one blend of two rows.
#include "kernels/avx2_inl.h"
#include "kernels/elementwise_twins.h"

namespace inlay::kernels {
namespace {

/// 8 bit: fractions in 1/2048, stretched rows in int32, exactly as in the portable kernel.
template <typename T>
struct Bytes {
  using Value = T;
  using Wide = int32_t;
  using Fraction = int32_t;
  static int32_t fraction(float f) { return _mm_cvtss_si32(_mm_set_ss(f * 2048.0f)); }
  static int32_t between(T left, T right, int32_t f) { return left * 2048 + (right - left) * f; }
  static void blend(const int32_t* top, const int32_t* bottom, int32_t f, int64_t count, T* out) {
    const __m256i factor = _mm256_set1_epi32(f), half = _mm256_set1_epi32(1 << 21);
    const auto eight = [&](int64_t i) {
      const __m256i t = load256(top + i), d = _mm256_mullo_epi32(_mm256_sub_epi32(load256(bottom + i), t), factor);
      return _mm256_srai_epi32(_mm256_add_epi32(_mm256_add_epi32(_mm256_slli_epi32(t, 11), d), half), 22);
    };
    for (int64_t i = 0; i < count; i += 16) {  // stretched rows are that much longer
      const int64_t n = count - i;
      store_bytes(out + i, narrow16<T>(eight(i), eight(i + 8)), n < 16 ? static_cast<int32_t>(n) : 16);
    }
  }
};

struct Floats {
  using Value = float;
  using Wide = float;
  using Fraction = float;
  static float fraction(float f) { return f; }
  static float between(float left, float right, float f) { return left + (right - left) * f; }
  static void blend(const float* top, const float* bottom, float f, int64_t count, float* out) {
    for (int64_t i = 0; i < count; ++i) out[i] = top[i] + (bottom[i] - top[i]) * f;
  }
};

template <typename Kind>
struct Tap {
  int64_t left, right;  ///< elements from the start of the row
  typename Kind::Fraction fraction;
};

inline int64_t row_values(const ResizeShape& s) { return round_up_to(static_cast<int64_t>(s.out_w) * s.channels, 16); }

template <typename Kind>
class Resizer {
 public:
  Resizer(const ResizeShape& shape, const void* input, void* scratch)
      : s_(shape), input_(static_cast<const typename Kind::Value*>(input)), taps_(static_cast<Tap<Kind>*>(scratch)) {
    auto* rows = reinterpret_cast<typename Kind::Wide*>(taps_ + round_up_to(s_.out_w, 2));
    row_[0] = rows;
    row_[1] = rows + row_values(s_);
    for (int32_t x = 0; x < s_.out_w; ++x) {
      const ResizeTap tap = resize_tap(x, s_.in_w, s_.out_w, s_.align_corners != 0, s_.half_pixel_centers != 0);
      taps_[x] = {int64_t{tap.low} * s_.channels, int64_t{tap.high} * s_.channels, Kind::fraction(tap.fraction)};
    }
  }

  void run(typename Kind::Value* output, Stretch rows) {
    const int64_t values = static_cast<int64_t>(s_.out_w) * s_.channels;
    for (int64_t r = rows.begin; r < rows.end; ++r) {
      const int64_t image = r / s_.out_h * s_.in_h;
      const ResizeTap y =
          resize_tap(static_cast<int32_t>(r % s_.out_h), s_.in_h, s_.out_h, s_.align_corners != 0, s_.half_pixel_centers != 0);
      const int32_t top = stretched(image + y.low, image + y.high), bottom = stretched(image + y.high, image + y.low);
      Kind::blend(row_[top], row_[bottom], Kind::fraction(y.fraction), values, output + r * values);
    }
  }

 private:
  /// Which of the two rows kept holds row `wanted` of the input; it may take the place of any but `kept`.
  int32_t stretched(int64_t wanted, int64_t kept) {
    for (int32_t i = 0; i < 2; ++i) {
      if (held_[i] == wanted) return i;
    }
    const int32_t slot = held_[0] == kept ? 1 : 0;
    stretch(input_ + wanted * s_.in_w * s_.channels, row_[slot]);
    held_[slot] = wanted;
    return slot;
  }
  void stretch(const typename Kind::Value* in, typename Kind::Wide* out) const {
    for (int32_t x = 0; x < s_.out_w; ++x, out += s_.channels) {
      const auto* left = in + taps_[x].left;
      const auto* right = in + taps_[x].right;
      for (int32_t c = 0; c < s_.channels; ++c) out[c] = Kind::between(left[c], right[c], taps_[x].fraction);
    }
  }

  const ResizeShape& s_;
  const typename Kind::Value* input_;
  Tap<Kind>* taps_;
  typename Kind::Wide* row_[2];
  int64_t held_[2] = {-1, -1};
};

template <typename Kind>
size_t scratch_bytes(const ResizeShape& s) {
  return static_cast<size_t>(round_up_to(s.out_w, 2)) * sizeof(Tap<Kind>) +
         2 * static_cast<size_t>(row_values(s)) * sizeof(typename Kind::Wide);
}

template <typename Kind>
void run(const ResizeShape& s, const void* input, void* scratch, void* output, Part part) {
  const Stretch rows = stretch_of(static_cast<int64_t>(s.batch) * s.out_h, 1, part);
  if (rows.begin < rows.end) Resizer<Kind>(s, input, scratch).run(static_cast<typename Kind::Value*>(output), rows);
}

}  // namespace

extern "C" const ResizeTwin kResizeBilinearS8Avx2 = {scratch_bytes<Bytes<int8_t>>, run<Bytes<int8_t>>};
extern "C" const ResizeTwin kResizeBilinearU8Avx2 = {scratch_bytes<Bytes<uint8_t>>, run<Bytes<uint8_t>>};
extern "C" const ResizeTwin kResizeBilinearF32Avx2 = {scratch_bytes<Floats>, run<Floats>};

}  // namespace inlay::kernels
