// SPDX-License-Identifier: Apache-2.0
#include "kernels/signal_fft.h"

#include <limits>
#include <type_traits>

#include "core/math.h"

namespace inlay::kernels {
namespace {

/// Numbers of `Bits` bits with Bits - 1 behind the point. Sums wrap around; products round to nearest, halves up.
template <typename T, typename Wide>
struct Fixed {
  static constexpr int kFraction = static_cast<int>(8 * sizeof(T)) - 1;
  static constexpr Wide kOne = std::numeric_limits<T>::max();
  static T round(Wide product) { return static_cast<T>((product + (Wide{1} << (kFraction - 1))) >> kFraction); }
  static T divide(T v, int by) { return round(static_cast<Wide>(v) * (kOne / by)); }
  static T half_sum(T a, T b) { return static_cast<T>((static_cast<Wide>(a) + b) >> 1); }
  static T half_difference(T a, T b) { return static_cast<T>((static_cast<Wide>(a) - b) >> 1); }
  static T add(T a, T b) { return static_cast<T>(static_cast<Wide>(a) + b); }
  static T sub(T a, T b) { return static_cast<T>(static_cast<Wide>(a) - b); }
  /// A factor is a root of unity, so that sums of two products stay below 2^(2 * kFraction + 1).
  static SignalComplex<T> times(SignalComplex<T> a, SignalComplex<T> b) {
    return {round(static_cast<Wide>(a.re) * b.re - static_cast<Wide>(a.im) * b.im),
            round(static_cast<Wide>(a.re) * b.im + static_cast<Wide>(a.im) * b.re)};
  }
  static T real(double v) {
    const double scaled = 0.5 + static_cast<double>(kOne) * v;
    const auto whole = static_cast<int64_t>(scaled);
    return static_cast<T>(whole - (scaled < static_cast<double>(whole) ? 1 : 0));
  }
};

struct Float {
  static float divide(float v, int) { return v; }
  static float half_sum(float a, float b) { return 0.5f * (a + b); }
  static float half_difference(float a, float b) { return 0.5f * (a - b); }
  static float add(float a, float b) { return a + b; }
  static float sub(float a, float b) { return a - b; }
  static SignalComplex<float> times(SignalComplex<float> a, SignalComplex<float> b) {
    return {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
  }
  static float real(double v) { return static_cast<float>(v); }
};

template <typename T>
using Arithmetic =
    std::conditional_t<std::is_same_v<T, float>, Float,
                       std::conditional_t<std::is_same_v<T, int16_t>, Fixed<int16_t, int32_t>, Fixed<int32_t, int64_t>>>;

template <typename T>
SignalComplex<T> add(SignalComplex<T> a, SignalComplex<T> b) {
  return {Arithmetic<T>::add(a.re, b.re), Arithmetic<T>::add(a.im, b.im)};
}
template <typename T>
SignalComplex<T> sub(SignalComplex<T> a, SignalComplex<T> b) {
  return {Arithmetic<T>::sub(a.re, b.re), Arithmetic<T>::sub(a.im, b.im)};
}
template <typename T>
SignalComplex<T> divide(SignalComplex<T> v, int by) {
  return {Arithmetic<T>::divide(v.re, by), Arithmetic<T>::divide(v.im, by)};
}
template <typename T>
SignalComplex<T> conjugate(SignalComplex<T> v) {
  return {v.re, Arithmetic<T>::sub(0, v.im)};
}

/// Joins two transforms of m values, which lie one behind the other.
template <typename T>
void pass_2(const SignalComplex<T>* roots, int32_t stride, int32_t m, SignalComplex<T>* x) {
  for (int32_t k = 0; k < m; ++k) {
    const auto a = divide(x[k], 2);
    const auto b = Arithmetic<T>::times(divide(x[m + k], 2), roots[k * stride]);
    x[k] = add(a, b);
    x[m + k] = sub(a, b);
  }
}

/// Joins four.
template <typename T>
void pass_4(const SignalComplex<T>* roots, bool inverse, int32_t stride, int32_t m, SignalComplex<T>* x) {
  using A = Arithmetic<T>;
  for (int32_t k = 0; k < m; ++k) {
    const auto a = divide(x[k], 4);
    const auto b = A::times(divide(x[m + k], 4), roots[k * stride]);
    const auto c = A::times(divide(x[2 * m + k], 4), roots[2 * k * stride]);
    const auto d = A::times(divide(x[3 * m + k], 4), roots[3 * k * stride]);
    const auto sum = add(a, c), difference = sub(a, c), other = add(b, d), cross = sub(b, d);
    x[k] = add(sum, other);
    x[2 * m + k] = sub(sum, other);
    const SignalComplex<T> minus_i = {A::add(difference.re, cross.im), A::sub(difference.im, cross.re)};
    const SignalComplex<T> plus_i = {A::sub(difference.re, cross.im), A::add(difference.im, cross.re)};
    x[m + k] = inverse ? plus_i : minus_i;
    x[3 * m + k] = inverse ? minus_i : plus_i;
  }
}

/// The transform of in[0], in[stride], ... in[(count - 1) * stride] to out. At most 8 calls deep.
template <typename T>
void transform(const SignalComplex<T>* roots, bool inverse, int32_t stride, int32_t count, const SignalComplex<T>* in,
               SignalComplex<T>* out) {
  if (count == 1) {
    *out = *in;
    return;
  }
  const int32_t radix = count % 4 == 0 ? 4 : 2;
  const int32_t m = count / radix;
  for (int32_t r = 0; r < radix; ++r) transform(roots, inverse, stride * radix, m, in + r * stride, out + r * m);
  if (radix == 4) {
    pass_4(roots, inverse, stride, m, out);
  } else {
    pass_2(roots, stride, m, out);
  }
}

}  // namespace

template <typename T>
SignalFftPlan<T> signal_fft_plan(int32_t length, bool inverse, SignalComplex<T>* table) {
  using A = Arithmetic<T>;
  constexpr double kPi = 3.14159265358979323846;
  const double sign = inverse ? kPi : -kPi;
  const int32_t half = length / 2;
  for (int32_t k = 0; k < half; ++k) {
    const double angle = sign * 2.0 * k / half;
    table[k] = {A::real(cos_det64(angle)), A::real(sin_det64(angle))};
  }
  for (int32_t k = 0; k <= half / 2; ++k) {
    const double angle = sign * (static_cast<double>(k) / half + 0.5);
    table[half + k] = {A::real(cos_det64(angle)), A::real(sin_det64(angle))};
  }
  return {length, table, table + half};
}

template <typename T>
void signal_rfft(const SignalFftPlan<T>& plan, int32_t count, const T* in, SignalComplex<T>* scratch, SignalComplex<T>* out) {
  using A = Arithmetic<T>;
  const int32_t half = plan.length / 2;
  const auto value = [&](int32_t i) { return i < count ? in[i] : T{0}; };
  for (int32_t i = 0; i < half; ++i) scratch[i] = {value(2 * i), value(2 * i + 1)};
  const SignalComplex<T>* z = scratch + half;
  transform(plan.roots, false, 1, half, scratch, scratch + half);
  const auto first = divide(z[0], 2);
  out[0] = {A::add(first.re, first.im), 0};
  out[half] = {A::sub(first.re, first.im), 0};
  for (int32_t k = 1; k <= half / 2; ++k) {
    const auto a = divide(z[k], 2), b = divide(conjugate(z[half - k]), 2);
    const auto even = add(a, b), odd = A::times(sub(a, b), plan.split[k]);
    out[k] = {A::half_sum(even.re, odd.re), A::half_sum(even.im, odd.im)};
    out[half - k] = {A::half_difference(even.re, odd.re), A::half_difference(odd.im, even.im)};
  }
}

template <typename T>
void signal_irfft(const SignalFftPlan<T>& plan, const SignalComplex<T>* in, SignalComplex<T>* scratch, T* out) {
  using A = Arithmetic<T>;
  const int32_t half = plan.length / 2;
  const SignalComplex<T> ends = {A::add(in[0].re, in[half].re), A::sub(in[0].re, in[half].re)};
  scratch[0] = divide(ends, 2);
  for (int32_t k = 1; k <= half / 2; ++k) {
    const auto a = divide(in[k], 2), b = divide(conjugate(in[half - k]), 2);
    const auto even = add(a, b), odd = A::times(sub(a, b), plan.split[k]);
    scratch[k] = add(even, odd);
    scratch[half - k] = conjugate(sub(even, odd));
  }
  const SignalComplex<T>* z = scratch + half;
  transform(plan.roots, true, 1, half, scratch, scratch + half);
  for (int32_t i = 0; i < half; ++i) {
    out[2 * i] = z[i].re;
    out[2 * i + 1] = z[i].im;
  }
  if constexpr (std::is_same_v<T, float>) {
    for (int32_t i = 0; i < plan.length; ++i) out[i] /= static_cast<float>(plan.length);
  }
}

#define INLAY_SIGNAL_FFT(T)                                                                                       \
  template SignalFftPlan<T> signal_fft_plan<T>(int32_t, bool, SignalComplex<T>*);                                 \
  template void signal_rfft<T>(const SignalFftPlan<T>&, int32_t, const T*, SignalComplex<T>*, SignalComplex<T>*); \
  template void signal_irfft<T>(const SignalFftPlan<T>&, const SignalComplex<T>*, SignalComplex<T>*, T*);
INLAY_SIGNAL_FFT(int16_t)
INLAY_SIGNAL_FFT(int32_t)
INLAY_SIGNAL_FFT(float)
#undef INLAY_SIGNAL_FFT

}  // namespace inlay::kernels
