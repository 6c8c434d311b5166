// SPDX-License-Identifier: Apache-2.0
// The emulated devices: what they hold, and what happens to calls.
#pragma once
#include <map>
#include <mutex>

#include "driver.h"
#include "emulated/faults.h"

namespace inlay::cuda::emulated {

/// What a device has given out.
enum class Kind : int32_t { kMemory, kPinned, kStream, kGraph, kEvent };
struct Thing {
  Kind kind;
  int32_t device;
  size_t bytes;
  void (*destroy)(void*);
};

class State {
 public:
  /// Counts a call and says how it ends before it began: 0, or an error.
  int enter(int32_t device, Call call);
  /// After a kernel's fault: every later call of the device fails.
  void lose(int32_t device, int code, const std::string& text);
  void keep(void* what, const Thing& thing);
  /// Destroys it. What the device does not hold, or not as `kind`, is kInvalidValue; what a lost one holds stays until reset().
  int drop(int32_t device, Kind kind, void* what);
  int reset(int32_t device);
  /// True for the launch that fault() has named.
  bool launch_faults();

  std::mutex lock;
  Counts counts = {};
  int32_t shown = kDevices;
  std::string fault_text;
  std::map<void*, Thing> things;
  struct Rule {
    Call call = Call::kAny;
    int64_t next = 0, count = 0;  ///< next 0: no rule
    int code = 0;
    bool loses = false;
  } rule;
  int64_t fault_at = 0;
  int lost[kDevices] = {};
};

State& state();

}  // namespace inlay::cuda::emulated
