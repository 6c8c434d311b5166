// SPDX-License-Identifier: Apache-2.0
// What tests make of the emulated device: calls that fail, a device that is lost, and counts of all it has.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

namespace inlay::cuda::emulated {

/// The functions of driver.h that may fail, in its order.
enum class Call : int32_t {
  kAny = -1, kAllowShared, kTake, kTakePinned, kMakeStream, kDrain, kCopyIn, kCopyOut, kLaunch, kBeginCapture, kEndCapture, kStartGraph,
  kMakeEvent, kRecord, kWaitEvent, kElapsed, kCount
};

// Error codes of the CUDA runtime.
constexpr int kInvalidValue = 1, kOutOfMemory = 2, kDevicesUnavailable = 46, kNoDevice = 100, kLaunchFailure = 719;

/// From its n-th one (1: the next) on, `count` calls (0: all that follow) answer `code`. One rule at a time.
void fail(Call call, int nth, int count, int code);
/// A kernel faults: the n-th launch that is computed (in a graph or not) leaves the device lost, which is noticed by a later call.
void fault(int nth);
/// The device is lost at the n-th call of any kind.
void lose(int nth);
/// No such thing any more, and counts from 0.
void settle();
/// How many devices there are: at most kDevices; 0: device_count() answers kNoDevice.
void show(int32_t devices);
constexpr int32_t kDevices = 3;

struct Counts {
  int64_t calls[static_cast<int>(Call::kCount)], all;
  int64_t launches;          ///< computed
  int64_t bytes_in, bytes_out;
  int64_t resets;
};
Counts counts();
/// What was taken and not given back: bytes of memory, pinned memory, streams, graphs and events.
struct Held {
  int64_t bytes, pinned_bytes, streams, graphs, events;
  bool nothing() const { return bytes == 0 && pinned_bytes == 0 && streams == 0 && graphs == 0 && events == 0; }
};
Held held();

}  // namespace inlay::cuda::emulated
