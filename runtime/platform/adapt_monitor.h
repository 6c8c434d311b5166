// SPDX-License-Identifier: Apache-2.0
// What the times of frames and ops say. Numbers in, numbers out: no clock, no heap.
#pragma once
#include "platform/adapt_plans.h"

namespace inlay {

constexpr int32_t kMostWindow = 31;

/// The last few values, and their median.
class Recent {
 public:
  void clear() { count_ = next_ = 0; }
  void put(float value, int32_t window);
  int32_t count() const { return count_; }
  /// 0 without values.
  float median() const;

 private:
  float values_[kMostWindow] = {};
  int32_t count_ = 0, next_ = 0;
};

/// The ops of watched frames: by processor, what they took against what is stored.
class OpMonitor {
 public:
  void set_window(int32_t window) { window_ = window; }
  void clear();
  void begin_frame();
  void op(int32_t processor, uint64_t took, Nanos stored);
  void end_frame();
  bool full() const { return frames_ >= window_; }
  /// Sets the factors of the processors that at least half of the frames used to the median of their frames.
  void factors(float* out) const;

 private:
  int32_t window_ = kMostWindow, frames_ = 0;
  uint64_t took_[kMostProcessors] = {};
  Nanos stored_[kMostProcessors] = {};
  Recent ratios_[kMostProcessors];
};

/// Notices by whole frames alone that they take longer or shorter than they did: most of the last eight, by a margin, to one side.
class FrameAlarm {
 public:
  /// Frames take this long now: no alarm before they change anew. 0: unknown.
  void set(float usual) {
    usual_ = usual;
    slow_ = fast_ = 0;
  }
  bool frame(float took, float margin);

 private:
  float usual_ = 0;
  uint8_t slow_ = 0, fast_ = 0;  // one bit per frame
};

/// When to look, to plan and to try: patience, and waiting that doubles. Counts frames.
class AdaptPolicy {
 public:
  struct Settings {
    int32_t patience, dwell, retry;
  };
  void set(const Settings& settings);

  /// One more of the estimates in a row asks for another placement; or none.
  void vote(bool better) { votes_ = better ? votes_ + 1 : 0; }
  bool undecided() const { return votes_ > 0; }
  /// Whether one more vote is enough, and the time has come.
  bool ripe(uint64_t frame) const { return votes_ + 1 >= settings_.patience && rested(frame); }
  /// Whether enough frames have passed since the last trial.
  bool rested(uint64_t frame) const { return frame >= next_trial_; }
  /// Whether a processor that is not used, and was slow, may be thought well of once more.
  bool may_hope(uint64_t frame) const { return settings_.retry >= 0 && frame >= next_hope_ && rested(frame); }

  void switched(uint64_t frame);
  /// There is no such processor.
  void wait_to_hope(uint64_t frame) { next_hope_ = frame + doubled(settings_.retry, hopeless_); }
  /// Even if the processor were as good as new, nothing would be better.
  void hoped_in_vain(uint64_t frame);
  /// A trial that ended badly, or could not begin.
  void rejected(uint64_t frame, bool hoped);

 private:
  static constexpr int32_t kMostDoublings = 6;
  static uint64_t doubled(int32_t frames, int32_t times) { return static_cast<uint64_t>(frames) << times; }

  Settings settings_ = {1, 0, -1};
  int32_t votes_ = 0, restless_ = 0, hopeless_ = 0;
  uint64_t next_trial_ = 0, next_hope_ = 0, last_switch_ = 0;
};

}  // namespace inlay
