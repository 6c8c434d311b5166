// SPDX-License-Identifier: Apache-2.0
// The integer form of requantize has the bits of the float form: what a Cortex-M3 computes and what everybody else does.
#include <gtest/gtest.h>

#include <random>

#include "core/quant.h"

namespace inlay {
namespace {

constexpr QuantRange kInt8 = {-128, 127};

float from_bits(uint32_t bits) {
  float out;
  std::memcpy(&out, &bits, sizeof(out));
  return out;
}

/// Counts differences of both forms over one accumulator and a few zero points.
int differences(int32_t acc, float scale) {
  int wrong = 0;
  for (const int32_t zero : {-128, 0, 5, 127}) {
    wrong += requantize(acc, scale, zero, kInt8) != requantize_by_integers(acc, scale, zero, kInt8);
  }
  return wrong + (requantize(acc, scale, 0, {-32768, 32767}) != requantize_by_integers(acc, scale, 0, {-32768, 32767}));
}

TEST(Requantize, EveryMantissaOfSmallSums) {
  std::mt19937 random(1);
  int wrong = 0;
  for (uint32_t mantissa = 0; mantissa < 1u << 23; mantissa += 5) {
    const float scale = from_bits((119u << 23) | mantissa);  // about 2^-8
    wrong += differences(static_cast<int32_t>(random() % 65536) - 32768, scale);
  }
  EXPECT_EQ(wrong, 0);
}

TEST(Requantize, AllAccumulatorsAroundTies) {
  int wrong = 0;
  // Powers of two and their neighbours make exact halves, and halves that the product's rounding creates.
  for (const uint32_t exponent : {107u, 112u, 118u, 123u, 126u}) {
    for (const uint32_t mantissa : {0u, 1u, 2u, 0x400000u, 0x400001u, 0x555555u, 0x7fffffu}) {
      const float scale = from_bits(exponent << 23 | mantissa);
      for (int32_t acc = -70000; acc <= 70000; ++acc) wrong += differences(acc, scale);
    }
  }
  EXPECT_EQ(wrong, 0);
}

TEST(Requantize, LargeSumsAreRoundedFirst) {
  std::mt19937 random(2);
  int wrong = 0;
  for (int i = 0; i < 2000000; ++i) {
    const auto acc = static_cast<int32_t>(random() >> (random() % 32));
    wrong += differences(random() % 2 != 0 ? acc : -acc, from_bits((90u + random() % 40) << 23 | (random() & 0x7fffff)));
  }
  EXPECT_EQ(wrong, 0);
}

TEST(Requantize, ExtremeScalesAndSums) {
  int wrong = 0;
  for (const uint32_t bits : {1u, 0x7fffffu, 0x800000u, 0x00ffffffu, 0x3f800000u, 0x4b000000u, 0x7f000000u, 0x7f7fffffu}) {
    for (const int32_t acc : {INT32_MIN, INT32_MIN + 1, -1, 0, 1, 2, 3, 16777215, 16777217, 33554433, INT32_MAX}) {
      wrong += differences(acc, from_bits(bits));
    }
  }
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace inlay
