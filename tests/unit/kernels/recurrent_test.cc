// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels/lstm.h"
#include "kernels/matvec.h"
#include "kernels/svdf.h"
#include "kernels/tanh_q15.h"

namespace inlay::kernels {
namespace {

TEST(TanhQ15, WithinFourOfTheTrueFunctionEverywhere) {
  double worst = 0.0;
  for (int32_t x = -(9 << 15); x <= 9 << 15; ++x) worst = std::max(worst, std::fabs(tanh_q15(x) - 32768.0 * std::tanh(x / 32768.0)));
  EXPECT_LT(worst, 4.0);
  EXPECT_EQ(tanh_q15(0), 0);
  EXPECT_EQ(tanh_q15(1 << 30), 32767);
  EXPECT_EQ(tanh_q15(-(1 << 30)), -32767);
}

TEST(TanhQ15, LogisticOverItsWholeRange) {
  double worst = 0.0;
  int32_t before = -1;
  for (int32_t x = -32768; x <= 32767; ++x) {
    const int32_t y = logistic_q15(x);
    worst = std::max(worst, std::fabs(y - 32768.0 / (1.0 + std::exp(-x / 4096.0))));
    EXPECT_GE(y, before);
    before = y;
  }
  EXPECT_LT(worst, 4.0);
  EXPECT_EQ(logistic_q15(0), 16384);
}

TEST(QuantizeVector, SymmetricTiesGoAwayFromZero) {
  const float x[4] = {127.0f, 0.5f, -0.5f, -2.5f};
  int8_t q[4];
  const DynamicVector v = quantize_vector(4, x, false, q);
  EXPECT_EQ(v.scale, 1.0f);
  EXPECT_EQ(v.zero, 0);
  EXPECT_EQ(std::vector<int>(q, q + 4), (std::vector<int>{127, 1, -1, -3}));
}

TEST(QuantizeVector, AsymmetricHoldsZeroAndBothEnds) {
  const float x[3] = {0.0f, 255.0f, 128.0f};
  int8_t q[3];
  const DynamicVector v = quantize_vector(3, x, true, q);
  EXPECT_EQ(v.scale, 1.0f);
  EXPECT_EQ(v.zero, -128);
  EXPECT_EQ(std::vector<int>(q, q + 3), (std::vector<int>{-128, 127, 0}));
}

TEST(QuantizeVector, SurvivesWhatIsNoNumber) {
  const float inf = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<std::vector<float>> all = {{0.0f, 0.0f}, {nan, 1.0f}, {inf, 1.0f}, {-inf, inf}, {FLT_MAX, -FLT_MAX},
                                               {std::numeric_limits<float>::denorm_min(), 0.0f}, {-1e-45f, 1e-45f}};
  for (const auto& x : all) {
    int8_t q[2];
    for (const bool asymmetric : {false, true}) {
      const DynamicVector v = quantize_vector(2, x.data(), asymmetric, q);
      EXPECT_GE(v.zero, -128);
      EXPECT_LE(v.zero, 127);
    }
  }
}

TEST(Svdf, KeepsTheLastValuesInOrder) {
  const float features[1] = {2.0f}, times[3] = {1.0f, 10.0f, 100.0f};
  FloatSvdf<float> svdf = {};
  svdf.shape = {1, 1, 1, 1, 3};
  svdf.features = features;
  svdf.times = times;
  float state[3] = {}, y = 0.0f;
  const float x[3] = {1.0f, 2.0f, 3.0f}, expected[3] = {200.0f, 420.0f, 642.0f};
  for (int i = 0; i < 3; ++i) {
    svdf_float(svdf, &x[i], state, &y, nullptr);
    EXPECT_EQ(y, expected[i]);
  }
}

/// One cell whose gates see only biases: forget about 1, input and output about 1, the cell gate tanh(1).
struct OneCell {
  float zero = 0.0f, open = 30.0f, one = 1.0f;
  FloatLstm<float> lstm = {};
  OneCell() {
    lstm.shape = {1, 1, 1, 1, 1, 0, 1, 1};
    lstm.activation = INLAY_ACT_TANH;
    for (auto& gate : lstm.gates) gate = {&zero, &zero, nullptr, nullptr, &open};
    lstm.gates[kCellGate].bias = &one;
  }
};

TEST(Lstm, TheCellAddsUpAndIsClipped) {
  OneCell cell;
  const float x = 5.0f;
  float h = 0.0f, c = 0.0f, y = 0.0f, scratch[8];
  for (int step = 1; step <= 3; ++step) {
    lstm_float(cell.lstm, &x, &h, &c, &y, scratch);
    EXPECT_NEAR(c, step * std::tanh(1.0), 1e-6);
    EXPECT_NEAR(y, std::tanh(step * std::tanh(1.0)), 1e-6);
    EXPECT_EQ(y, h);
  }
  cell.lstm.cell_clip = 0.5f;
  lstm_float(cell.lstm, &x, &h, &c, &y, scratch);
  EXPECT_EQ(c, 0.5f);
}

TEST(Lstm, WithoutInputGateItIsWhatIsForgotten) {
  OneCell cell;
  cell.lstm.gates[kInputGate] = {};
  float x = 0.0f, h = 0.0f, c = 1.0f, y = 0.0f, scratch[8];
  lstm_float(cell.lstm, &x, &h, &c, &y, scratch);
  EXPECT_NEAR(c, 1.0, 1e-6);  // all is kept, nothing comes in
}

TEST(Lstm, IntegerCellAddsUp) {
  const int8_t zero = 0;
  const int32_t open = 32767, one = 4096;
  IntegerLstm lstm = {};
  lstm.shape = {1, 1, 1, 1, 1, 0, 1, 1};
  for (auto& gate : lstm.gates) gate = {&zero, &zero, nullptr, nullptr, &open};
  for (auto& scales : lstm.scales) scales = {1.0f, 1.0f, 0.0f, 0.0f};
  lstm.gates[kCellGate].bias = &one;
  lstm.cell_bits = 12;
  lstm.hidden_scale = 128.0f / 1073741824.0f;  // 2^-30 / (1 / 128)
  lstm.hidden_zero = lstm.output_zero = -3;
  const int8_t x = 77;
  int8_t h = -3, y = 0;
  int16_t c = 0;
  std::vector<uint32_t> scratch((lstm_integer_scratch(1) + 3) / 4);
  double expected = 0.0;
  for (int step = 0; step < 3; ++step) {
    lstm_integer(lstm, &x, &h, &c, &y, scratch.data());
    expected = expected * 0.99966 + 0.99966 * std::tanh(1.0);  // logistic(8) = 0.99966
    EXPECT_NEAR(c / 4096.0, expected, 0.002);
    EXPECT_NEAR((y + 3) / 128.0, std::tanh(expected), 0.006);
    EXPECT_EQ(y, h);
  }
}

TEST(Lstm, BiasesAtTheEndsOf64BitsWrap) {
  const int8_t zero = 0;
  const int16_t coefficient = 32767;
  IntegerLstm lstm = {};
  lstm.shape = {1, 1, 1, 1, 1, 0, 1, 1};
  lstm.cell_bits = 12;
  lstm.hidden_scale = 32768.0f / 1073741824.0f;
  for (const int64_t bias : {INT64_MAX, INT64_MIN, INT64_MAX - 100}) {
    for (auto& gate : lstm.gates) gate = {&zero, &zero, nullptr, &coefficient, &bias};
    for (auto& scales : lstm.scales) scales = {1.0f, 1.0f, 0.0f, 1.0f};
    const int16_t x = 77;
    int16_t h = 0, c = 0, y = 0;
    std::vector<uint32_t> scratch((lstm_integer_scratch(1) + 3) / 4);
    lstm_integer(lstm, &x, &h, &c, &y, scratch.data());  // the sanitizers judge
    EXPECT_EQ(y, h);
  }
}

}  // namespace
}  // namespace inlay::kernels
