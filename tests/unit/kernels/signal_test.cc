// SPDX-License-Identifier: Apache-2.0
#include "kernels/signal.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "kernels/detection.h"
#include "kernels/signal_frames.h"

namespace inlay::kernels {
namespace {

TEST(Signal, SquareRoot) {
  for (uint64_t r = 1; r < 5000; r += 7) {
    EXPECT_EQ(signal_square_root(r * r), r);
    EXPECT_EQ(signal_square_root(r * r + r), r);  // (r + 1/2)^2 - 1/4
    EXPECT_EQ(signal_square_root(r * r + r + 1), r + 1);
  }
  EXPECT_EQ(signal_square_root(0), 0u);
  EXPECT_EQ(signal_square_root(UINT32_MAX), 65535u);
  EXPECT_EQ(signal_square_root(UINT64_MAX), UINT32_MAX);
}

TEST(Signal, LogIsClose) {
  std::vector<uint32_t> in;
  for (uint32_t v = 2; v < 4000000000u; v = v + v / 5 + 1) in.push_back(v);
  std::vector<int16_t> out(in.size());
  signal_log(static_cast<int64_t>(in.size()), 1000, 0, in.data(), out.data());
  for (size_t i = 0; i < in.size(); ++i) EXPECT_NEAR(out[i], 1000 * std::log(in[i]), 4.0) << in[i];
}

TEST(Signal, DelaysByAnyAmount) {
  for (int64_t delay = 0; delay < 9; ++delay) {
    std::vector<int16_t> state(10), in(3), out(3), all;
    for (int16_t call = 0; call < 6; ++call) {
      for (size_t i = 0; i < 3; ++i) in[i] = static_cast<int16_t>(3 * call + static_cast<int16_t>(i) + 1);
      signal_delay<int16_t>(3, delay, in.data(), state.data(), out.data());
      all.insert(all.end(), out.begin(), out.end());
    }
    for (int64_t i = 0; i < 18; ++i) EXPECT_EQ(all[static_cast<size_t>(i)], i < delay ? 0 : i - delay + 1) << delay;
  }
}

TEST(Signal, OverlapAddSaturates) {
  int16_t state[4] = {}, out[2];
  const int16_t frame[4] = {30000, -30000, 30000, -30000};
  signal_overlap_add<int16_t>(1, 4, 2, frame, state, out);
  EXPECT_EQ(out[0], 30000);
  signal_overlap_add<int16_t>(1, 4, 2, frame, state, out);
  EXPECT_EQ(out[0], 32767);
  EXPECT_EQ(out[1], -32768);
}

TEST(Detection, InsertKeepsTheBestAndEqualOnesInOrder) {
  Detected list[3];
  int32_t count = 0;
  const float scores[] = {0.5f, 0.75f, 0.5f, 0.25f, 0.75f};
  for (int32_t i = 0; i < 5; ++i) count = insert_detected({scores[i], i, 0}, count, 3, list);
  ASSERT_EQ(count, 3);
  EXPECT_EQ(list[0].box, 1);
  EXPECT_EQ(list[1].box, 4);
  EXPECT_EQ(list[2].box, 0);
}

TEST(Detection, TopScoresFall) {
  const float scores[] = {0.1f, 0.9f, 0.3f, 0.7f, 0.5f};
  int32_t order[5];
  for (int32_t top = 1; top <= 5; ++top) {
    top_scores(5, scores, top, order);
    const int32_t want[] = {1, 3, 4, 2, 0};
    for (int32_t i = 0; i < top; ++i) EXPECT_EQ(order[i], want[i]) << top;
  }
}

}  // namespace
}  // namespace inlay::kernels
