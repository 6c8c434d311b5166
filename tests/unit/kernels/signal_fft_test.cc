// SPDX-License-Identifier: Apache-2.0
#include "kernels/signal_fft.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <random>
#include <vector>

namespace inlay::kernels {
namespace {

/// By the definition, in double.
std::vector<std::complex<double>> naive(const std::vector<double>& x) {
  const size_t n = x.size();
  std::vector<std::complex<double>> bins(n / 2 + 1);
  for (size_t k = 0; k < bins.size(); ++k) {
    for (size_t i = 0; i < n; ++i)
      bins[k] += x[i] * std::polar(1.0, -2 * M_PI * static_cast<double>(i * k % n) / static_cast<double>(n));
  }
  return bins;
}

template <typename T>
struct Fft {
  explicit Fft(int32_t n) : length(n), tables{std::vector<SignalComplex<T>>(size(n)), std::vector<SignalComplex<T>>(size(n))} {}
  static size_t size(int32_t n) { return static_cast<size_t>(signal_fft_table_size(n)); }
  std::vector<SignalComplex<T>> forward(const std::vector<T>& in) {
    std::vector<SignalComplex<T>> scratch(static_cast<size_t>(length)), out(static_cast<size_t>(length / 2 + 1));
    signal_rfft(signal_fft_plan(length, false, tables[0].data()), static_cast<int32_t>(in.size()), in.data(), scratch.data(),
                out.data());
    return out;
  }
  std::vector<T> backward(const std::vector<SignalComplex<T>>& in) {
    std::vector<SignalComplex<T>> scratch(static_cast<size_t>(length));
    std::vector<T> out(static_cast<size_t>(length));
    signal_irfft(signal_fft_plan(length, true, tables[1].data()), in.data(), scratch.data(), out.data());
    return out;
  }
  int32_t length;
  std::vector<SignalComplex<T>> tables[2];
};

/// `divisor`: fixed point divides by the length. `tolerance`: of one bin.
template <typename T>
void check(double amplitude, bool divided, double tolerance) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> uniform(-amplitude, amplitude);
  for (int32_t n = kSignalFftMin; n <= 2048; n *= 2) {
    std::vector<T> in(static_cast<size_t>(n - n / 8));
    std::vector<double> exact(static_cast<size_t>(n));
    for (size_t i = 0; i < in.size(); ++i) exact[i] = in[i] = static_cast<T>(uniform(random));
    const auto bins = Fft<T>(n).forward(in);
    const auto want = naive(exact);
    for (size_t k = 0; k < bins.size(); ++k) {
      const auto value = want[k] / (divided ? static_cast<double>(n) : 1.0);
      ASSERT_NEAR(bins[k].re, value.real(), tolerance) << n << " bin " << k;
      ASSERT_NEAR(bins[k].im, value.imag(), tolerance) << n << " bin " << k;
    }
  }
}

TEST(SignalFft, Float) { check<float>(1.0, false, 1e-4); }
TEST(SignalFft, Int16) { check<int16_t>(32767.0, true, 8.0); }
TEST(SignalFft, Int32) { check<int32_t>(2147483647.0, true, 8.0); }

TEST(SignalFft, FloatAndBack) {
  std::mt19937 random(8);
  std::uniform_real_distribution<float> uniform(-1, 1);
  for (int32_t n = kSignalFftMin; n <= 1024; n *= 2) {
    std::vector<float> in(static_cast<size_t>(n));
    for (float& v : in) v = uniform(random);
    Fft<float> fft(n);
    const auto out = fft.backward(fft.forward(in));
    for (size_t i = 0; i < in.size(); ++i) ASSERT_NEAR(out[i], in[i], 1e-5) << n;
  }
}

}  // namespace
}  // namespace inlay::kernels
