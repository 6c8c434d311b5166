// SPDX-License-Identifier: Apache-2.0
// When a model leaves a device and when it comes back: at exact frames, on the clock of the test.
#include "tests/unit/platform/adaptive_fixture.h"

namespace inlay::tools {
namespace {

using Frames = std::vector<uint64_t>;

TEST_F(Adaptive, NothingHappensWhileNothingChanges) {
  start();
  run_until(5000);
  EXPECT_TRUE(told.empty());
  const inlay_adaptive_info all = info();
  EXPECT_EQ(all.frames, 5000u);
  EXPECT_EQ(all.plans, 1u) << "the first estimate, and no other";
  EXPECT_NEAR(static_cast<double>(all.watched), 5000.0 / 16, 16);
  EXPECT_EQ(all.stored_runs, 1);
  EXPECT_DOUBLE_EQ(all.measured_us, 72);
  EXPECT_NEAR(all.expected_us, 72.3, 0.001) << "three segments of 100 ns";
  EXPECT_FLOAT_EQ(processor(0).factor, 1);
}

/// Device 0 is three times slower from frame 100 to frame 300.
TEST_F(Adaptive, LeavesASlowDeviceAndComesBackOnce) {
  config.dwell = 64;
  config.retry = 64;
  start();
  run_until(100);
  board().percent[0] = 300;
  run_until(300);
  EXPECT_EQ(info().stored_runs, 0);
  EXPECT_FALSE(processor(0).seen);
  EXPECT_FLOAT_EQ(processor(0).factor, 3);
  // Six slow frames are an alarm, three windows of nine each ask for another placement; one frame warms it up, five try it.
  EXPECT_EQ(when(INLAY_ADAPTIVE_SWITCHED), Frames{100 + 6 + 3 * 9 + 1 + 5});
  board().percent[0] = 100;
  run_until(2000);
  ASSERT_EQ(when(INLAY_ADAPTIVE_SWITCHED).size(), 2u);
  EXPECT_EQ(info().stored_runs, 1);
  const inlay_adaptive_event& away = told[1].event;
  EXPECT_EQ(away.moved, 6);
  EXPECT_EQ(away.to_stored, 0);
  EXPECT_DOUBLE_EQ(away.before_us, 192);
  EXPECT_DOUBLE_EQ(away.measured_us, 98);
  EXPECT_NEAR(away.expected_us, 98.1, 0.001);
  const inlay_adaptive_event& back = told.back().event;
  EXPECT_EQ(back.to_stored, 1);
  EXPECT_LE(back.frame, 300u + 2 * 128 + 6) << "hope waits at most as long again as it has";
  EXPECT_TRUE(when(INLAY_ADAPTIVE_FAILED).empty());
}

TEST_F(Adaptive, NoiseNeverSwitches) {
  start();
  board().noise_percent = 20;
  for (uint32_t seed = 1; seed <= 20; ++seed) {
    board().seed = seed;
    run_until(frames + 2000);
  }
  EXPECT_EQ(info().switches, 0u);
  EXPECT_EQ(info().frames, 40000u);
}

TEST_F(Adaptive, ADriftIsSeenThroughNoise) {
  start();
  board().noise_percent = 20;
  run_until(1000);
  board().percent[0] = 200;
  run_until(2000);
  EXPECT_EQ(when(INLAY_ADAPTIVE_SWITCHED).size(), 1u);
  EXPECT_NEAR(processor(0).factor, 2, 0.3);
}

/// A load that comes and goes faster than the adaptation may follow: ever fewer switches.
TEST_F(Adaptive, AnOscillatingLoadIsNotChased) {
  config.dwell = 64;
  config.retry = 64;
  start();
  for (int32_t period = 0; period < 100; ++period) {
    board().percent[0] = period % 2 == 0 ? 300 : 100;
    run_until(frames + 150);
  }
  const Frames switches = when(INLAY_ADAPTIVE_SWITCHED);
  EXPECT_GE(switches.size(), 2u);
  EXPECT_LE(switches.size(), 16u) << "of 100 changes of the load";
  for (size_t i = 1; i < switches.size(); ++i) EXPECT_GE(switches[i] - switches[i - 1], 64u);
  EXPECT_LE(info().trials, 32u);
}

TEST_F(Adaptive, AWholeBoardThatSlowsDownStaysAsItIs) {
  start();
  run_until(100);
  board().percent[0] = board().percent[1] = 170;
  run_until(1500);
  EXPECT_EQ(info().trials, 0u);
  EXPECT_FLOAT_EQ(processor(0).factor, 1.7f);
  EXPECT_FLOAT_EQ(processor(1).factor, 1.7f);
}

/// By the costs that are stored device 1 is twice as fast as it is: a trial finds out, and is repeated ever more rarely.
TEST_F(Adaptive, ATrialThatDisappointsIsNotTaken) {
  Placement wrong = stored(false);
  for (size_t n = 0; n < std::size(kDriftingOps); ++n) {
    wrong.placed[n] = 0;
    wrong.costs_us[2 * n + 1] /= 2;
  }
  board().percent[1] = 400;
  config.dwell = 64;
  ASSERT_EQ(make(chain(false), {wrong}), INLAY_OK) << error.text;
  write_input();
  run_until(4000);
  EXPECT_EQ(info().switches, 0u);
  EXPECT_EQ(info().rejected, info().trials);
  EXPECT_GE(info().trials, 1u);
  EXPECT_LE(info().trials, 8u);
  EXPECT_FLOAT_EQ(processor(1).factor, 8) << "what the trial taught";
}

}  // namespace
}  // namespace inlay::tools
