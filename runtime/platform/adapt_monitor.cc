// SPDX-License-Identifier: Apache-2.0
#include "platform/adapt_monitor.h"

#include <algorithm>

namespace inlay {
namespace {

/// A placement is settled when it has lasted for so many times the frames that it had to.
constexpr uint64_t kSettled = 4;
constexpr int kAlarming = 6;  // of the last eight frames

int bits(uint8_t set) { return __builtin_popcount(set); }

}  // namespace

void Recent::put(float value, int32_t window) {
  values_[next_] = value;
  next_ = next_ + 1 < window ? next_ + 1 : 0;
  count_ = std::min(count_ + 1, window);
}

float Recent::median() const {
  if (count_ == 0) return 0;
  float sorted[kMostWindow];
  std::copy(values_, values_ + count_, sorted);
  std::nth_element(sorted, sorted + count_ / 2, sorted + count_);
  return sorted[count_ / 2];
}

void OpMonitor::clear() {
  frames_ = 0;
  for (Recent& r : ratios_) r.clear();
}

void OpMonitor::begin_frame() {
  std::fill(took_, took_ + kMostProcessors, 0);
  std::fill(stored_, stored_ + kMostProcessors, 0);
}

void OpMonitor::op(int32_t processor, uint64_t took, Nanos stored) {
  took_[processor] += took;
  stored_[processor] += stored;
}

void OpMonitor::end_frame() {
  ++frames_;
  for (int32_t p = 0; p < kMostProcessors; ++p) {
    if (stored_[p] > 0) ratios_[p].put(static_cast<float>(took_[p]) / static_cast<float>(stored_[p]), window_);
  }
}

void OpMonitor::factors(float* out) const {
  for (int32_t p = 0; p < kMostProcessors; ++p) {
    if (ratios_[p].count() * 2 >= std::min(frames_, window_) && ratios_[p].count() > 0) out[p] = ratios_[p].median();
  }
}

bool FrameAlarm::frame(float took, float margin) {
  if (usual_ <= 0) return false;
  slow_ = static_cast<uint8_t>(slow_ << 1 | (took > usual_ * (1 + margin) ? 1 : 0));
  fast_ = static_cast<uint8_t>(fast_ << 1 | (took * (1 + margin) < usual_ ? 1 : 0));
  return bits(slow_) >= kAlarming || bits(fast_) >= kAlarming;
}

void AdaptPolicy::set(const Settings& settings) {
  settings_ = settings;
  next_hope_ = settings.retry > 0 ? static_cast<uint64_t>(settings.retry) : 0;
}

void AdaptPolicy::switched(uint64_t frame) {
  // Back and forth as fast as it may: wait longer. A load that comes and goes is followed ever more rarely.
  const bool settled = last_switch_ == 0 || frame - last_switch_ > kSettled * doubled(settings_.dwell, restless_);
  restless_ = settled ? 0 : std::min(restless_ + 1, kMostDoublings);
  last_switch_ = frame;
  next_trial_ = frame + doubled(settings_.dwell, restless_);
  votes_ = hopeless_ = 0;
  if (settings_.retry >= 0) wait_to_hope(frame);
}

void AdaptPolicy::hoped_in_vain(uint64_t frame) {
  hopeless_ = std::min(hopeless_ + 1, kMostDoublings);
  wait_to_hope(frame);
}

void AdaptPolicy::rejected(uint64_t frame, bool hoped) {
  votes_ = 0;
  if (hoped) hoped_in_vain(frame);
  else restless_ = std::min(restless_ + 1, kMostDoublings);
  next_trial_ = frame + doubled(settings_.dwell, restless_);
}

}  // namespace inlay
