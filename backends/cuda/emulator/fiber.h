// SPDX-License-Identifier: Apache-2.0
// Stacks of their own that one thread of the host switches between. AddressSanitizer is told of every switch.
#pragma once
#include <cstddef>

namespace inlay::cuda::emulator {

/// One stack and what runs on it. Switches go from the host thread's own stack to a fiber and back, never from fiber to fiber.
class Fiber {
 public:
  Fiber();
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /// The next enter() begins at entry(argument), which never returns. Whatever was on the stack is forgotten.
  void restart(void (*entry)(void*), void* argument);
  /// From the host's stack: runs the fiber until it leaves.
  void enter();
  /// From the fiber: back to where enter() was called.
  void leave();

 private:
  static void start(Fiber* self);
  friend void start_fiber();

  char* memory_;
  void* context_;  ///< of the fiber while it does not run
  void* host_context_;
  void (*entry_)(void*) = nullptr;
  void* argument_ = nullptr;
  void* fake_stack_ = nullptr;  ///< AddressSanitizer's, of whichever side does not run
  void* host_fake_stack_ = nullptr;
  const void* host_bottom_ = nullptr;
  size_t host_size_ = 0;
};

}  // namespace inlay::cuda::emulator
