// SPDX-License-Identifier: Apache-2.0
#include "kernels/fft.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <random>
#include <vector>

namespace inlay::kernels {
namespace {

std::vector<std::complex<double>> naive(const std::vector<std::complex<double>>& x) {
  const size_t n = x.size();
  std::vector<std::complex<double>> out(n);
  for (size_t k = 0; k < n; ++k) {
    for (size_t i = 0; i < n; ++i) {
      out[k] += x[i] * std::polar(1.0, -2.0 * 3.14159265358979323846 * static_cast<double>(i * k % n) / static_cast<double>(n));
    }
  }
  return out;
}

TEST(Fft, EveryLengthAgreesWithTheDefinition) {
  std::mt19937 random(3);
  std::uniform_real_distribution<float> values(-1.0f, 1.0f);
  for (int32_t n = 1; n <= 130; ++n) {
    std::vector<Complex> table(n), data(n), spare(n);
    fft_table(n, table.data());
    std::vector<std::complex<double>> x(n);
    for (int32_t i = 0; i < n; ++i) {
      data[i] = {values(random), values(random)};
      x[i] = {data[i].re, data[i].im};
    }
    const auto expected = naive(x);
    const Complex* got = fft(n, table.data(), 1, data.data(), spare.data());
    double largest = 0.0, error = 0.0;
    for (int32_t i = 0; i < n; ++i) {
      largest = std::max(largest, std::abs(expected[i]));
      error = std::max(error, std::abs(expected[i] - std::complex<double>(got[i].re, got[i].im)));
    }
    EXPECT_LE(error, 1e-6 * largest) << n;
  }
}

TEST(Fft, RealInputIsCutOrFilledWithZeros) {
  for (const int32_t n : {1, 2, 6, 7, 16, 30}) {
    for (const int32_t count : {0, 1, 5, 40}) {
      std::vector<Complex> table(n), scratch(2 * n), out(n / 2 + 1);
      std::vector<float> in(count);
      std::vector<std::complex<double>> x(n);
      for (int32_t i = 0; i < count; ++i) in[i] = 0.25f * static_cast<float>(i % 7) - 0.5f;
      for (int32_t i = 0; i < n && i < count; ++i) x[i] = in[i];
      fft_table(n, table.data());
      rfft(n, table.data(), count, in.data(), scratch.data(), out.data());
      const auto expected = naive(x);
      for (int32_t k = 0; k <= n / 2; ++k) {
        EXPECT_NEAR(out[k].re, expected[k].real(), 1e-5) << n << " " << count;
        EXPECT_NEAR(out[k].im, expected[k].imag(), 1e-5) << n << " " << count;
      }
    }
  }
}

TEST(Fft, TableIsSymmetric) {
  std::vector<Complex> table(48);
  fft_table(48, table.data());
  EXPECT_EQ(table[0].re, 1.0f);
  EXPECT_EQ(table[0].im, 0.0f);
  EXPECT_EQ(table[12].re, 0.0f);
  EXPECT_EQ(table[12].im, -1.0f);
  EXPECT_EQ(table[24].re, -1.0f);
  EXPECT_EQ(table[6].re, -table[6].im);
  for (int32_t k = 1; k < 48; ++k) {
    EXPECT_EQ(table[k].re, table[48 - k].re);
    EXPECT_EQ(table[k].im, -table[48 - k].im);
  }
}

}  // namespace
}  // namespace inlay::kernels
