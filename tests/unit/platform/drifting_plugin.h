// SPDX-License-Identifier: Apache-2.0
// The knobs of a backend whose devices slow down when a test says so, on a clock of their own.
#pragma once
#include <atomic>
#include <cstdint>

namespace inlay::drifting {

constexpr int kDevices = 2;
/// Nanoseconds of an op on device 0 and 1: NEG is faster on the first, ABS on the second, RELU on the first by little.
constexpr uint64_t kNegNs[kDevices] = {10000, 16000};
constexpr uint64_t kAbsNs[kDevices] = {20000, 12000};
constexpr uint64_t kReluNs[kDevices] = {10000, 11000};

struct Board {
  std::atomic<uint64_t> now{0};                    ///< nanoseconds; grows by what ops take
  std::atomic<uint32_t> percent[kDevices] = {};    ///< what an op takes, of its usual time
  std::atomic<uint32_t> noise_percent{0};          ///< each frame of a device is off by up to so much, to either side
  std::atomic<uint32_t> seed{1};                   ///< of the noise
  std::atomic<bool> refuses[kDevices] = {};        ///< compile fails
  std::atomic<bool> breaks[kDevices] = {};         ///< execute fails
  std::atomic<int32_t> compiled{0};                ///< segments that are there
};

}  // namespace inlay::drifting

/// What the plug-in exports beside its backend.
extern "C" inlay::drifting::Board* drifting_board();
