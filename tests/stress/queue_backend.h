// SPDX-License-Identifier: Apache-2.0
// Four devices with queues, through the public contract: the builtin kernels, at work on another thread, at once, or as late as
// allowed. They fail when told to.
#pragma once
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "inlay/backend.h"

namespace inlay::stress {

constexpr int32_t kQueueDevices = 4;

enum class Pace {
  kThread,    ///< each device has a thread that works its queue off in order
  kAtSubmit,  ///< all is done when submit() returns
  kAtFinish,  ///< nothing is done before finish(): what is written meanwhile, or not awaited, gives wrong bits
};

/// How the devices behave. Changed between runs only.
struct QueueWorld {
  Pace pace = Pace::kThread;
  std::atomic<int32_t> fail_submit{0};  ///< the nth submit from now on fails, and the device is as good as before; 0: none
  std::atomic<int32_t> fail_finish{0};  ///< so does the nth finish
  std::atomic<int32_t> dead{-1};      ///< every finish of this device fails: it is lost
  std::atomic<int32_t> in_flight{0};  ///< submitted and not finished, of all devices
  std::atomic<int32_t> most_in_flight{0};
  bool record = false;
  std::vector<std::string> calls;  ///< "submit 3", "execute 2", "finish 3": by the first node, where `record` is set
};
QueueWorld& queue_world();

extern const inlay_backend queue_backend;
/// The builtin kernels as well, waited for as `builtin` is; recorded as "execute".
extern const inlay_backend recorded_backend;

}  // namespace inlay::stress
