// SPDX-License-Identifier: Apache-2.0
// The CUDA devices of this process, and what segments hold of one.
#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "driver.h"
#include "using.h"

namespace inlay::cuda {

/// A device as long as someone uses it, and until it is lost: then nobody new gets it, and its last user's end resets it.
class Context {
 public:
  Context(const inlay_cuda_driver& driver, int32_t device) : driver_(driver), device_(device) {}
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  const inlay_cuda_driver& driver() const { return driver_; }
  int32_t device() const { return device_; }
  bool lost() const { return lost_; }
  /// Throws Failure with `what` and the driver's name and sentence for a code that is not 0; notes whether the device is lost.
  void check(int code, const std::string& what);
  /// The same of a code that cannot be told to anyone.
  void note(int code) { lost_ = lost_ || driver_.error_kind(code) == INLAY_CUDA_ERROR_LOST; }

 private:
  const inlay_cuda_driver& driver_;
  int32_t device_;
  std::atomic<bool> lost_{false};
};

/// Something of a context's device that is dropped by a function of the driver. The context must outlive it.
class Owned {
 public:
  using Drop = int (*)(int32_t device, void* what);
  Owned() = default;
  Owned(Context& context, Drop drop, void* what) : context_(&context), drop_(drop), what_(what) {}
  Owned(Owned&& other) noexcept { swap(other); }
  Owned& operator=(Owned&& other) noexcept {
    swap(other);
    return *this;
  }
  /// What a lost device held is gone with it; dropping it then is an error that says nothing new.
  ~Owned() {
    if (what_ != nullptr) context_->note(drop_(context_->device(), what_));
  }
  void* get() const { return what_; }

 private:
  void swap(Owned& other) {
    std::swap(context_, other.context_);
    std::swap(drop_, other.drop_);
    std::swap(what_, other.what_);
  }
  Context* context_ = nullptr;
  Drop drop_ = nullptr;
  void* what_ = nullptr;
};

// Each throws Failure.
Owned make_memory(Context& context, size_t bytes);  ///< NULL for 0 bytes
Owned make_pinned(Context& context, size_t bytes);  ///< NULL for 0 bytes
Owned make_stream(Context& context);
Owned make_event(Context& context, bool timed);

class Device {
 public:
  Device(const inlay_cuda_driver& driver, int32_t index, const inlay_cuda_caps& caps);
  const Caps& caps() const { return caps_; }
  /// The context in use, or a new one. Throws Failure where the device was lost and sessions that used it are still there.
  std::shared_ptr<Context> context();
  /// Was it lost, with sessions that used it still there?
  bool lost() const;

 private:
  const inlay_cuda_driver& driver_;
  int32_t index_;
  Caps caps_;
  mutable std::mutex lock_;
  std::weak_ptr<Context> context_;
};

/// All devices; found once per process, asked for again where there was none. None: the reason in `why`.
const std::vector<std::unique_ptr<Device>>& devices(std::string* why);

}  // namespace inlay::cuda
