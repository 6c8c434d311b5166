// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <condition_variable>
#include <mutex>

namespace inlay::gpu {

/// A segment that several sessions share is run by one after the other: from submit to finish.
class Turn {
 public:
  void take() {
    std::unique_lock<std::mutex> guard(lock_);
    freed_.wait(guard, [this] { return !busy_; });
    busy_ = true;
  }
  void give() {
    const std::lock_guard<std::mutex> guard(lock_);
    busy_ = false;
    freed_.notify_one();
  }

 private:
  std::mutex lock_;
  std::condition_variable freed_;
  bool busy_ = false;
};

}  // namespace inlay::gpu
