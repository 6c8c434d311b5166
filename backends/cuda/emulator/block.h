// SPDX-License-Identifier: Apache-2.0
// One block of threads at a time: which of them may run, who waits for whom, and what is wrong when nobody may.
#pragma once
#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "emulator/cuda_emulator.h"
#include "emulator/fiber.h"
#include "kernel_table.h"

namespace inlay::cuda::emulator {

enum class State : uint8_t { kFresh, kReady, kAtBarrier, kMeeting, kDone };

/// A cp.async that nobody has waited for.
struct Copy {
  void* to;
  const void* from;
  uint32_t size, bytes;
};

struct Thread {
  State state;
  uint3 index;
  Fiber* fiber;      ///< NULL before it first runs
  const char* what;  ///< file of the barrier, or the name of the warp-wide operation
  int line;
  uint32_t mask;
  void* operands;
  WarpWork work;
  std::vector<Copy> copies;
  std::deque<size_t> groups;  ///< copies of each committed group
  size_t grouped;             ///< copies in groups
};

/// The threads of a launch's block, used again for block after block. Everything but now() and what follows it is for the host's
/// stack.
class Block {
 public:
  Block() = default;
  /// Throws Fault.
  void launch(const Kernel& kernel, dim3 grid, dim3 block, size_t shared_bytes, void** args);

  Thread& now() { return threads_[now_]; }
  size_t thread() const { return now_; }
  uint32_t lane() const { return static_cast<uint32_t>(now_ % kWarpSize); }
  uint32_t lanes_of_warp() const { return existing(now_ / kWarpSize); }
  void* shared() const { return shared_; }
  void set_backward(bool backward) { from_last_ = backward; }
  /// The thread that runs does not go on before the scheduler says so.
  void wait(State state);
  /// text: a literal.
  [[noreturn]] void fail(const char* text);

 private:
  static void thread_main(void* self);
  void run_block();
  bool run_warp(size_t warp);
  void resume(size_t thread);
  bool complete_meeting(size_t warp);
  bool release_barrier();
  void begin(size_t thread, Fiber* fiber);
  Fiber* idle_fiber();
  std::string where(size_t thread) const;
  [[noreturn]] void explain_deadlock() const;
  uint32_t existing(size_t warp) const;
  size_t warps() const { return (threads_.size() + kWarpSize - 1) / kWarpSize; }
  size_t lanes(size_t warp) const { return std::min<size_t>(kWarpSize, threads_.size() - warp * kWarpSize); }
  size_t in_order(size_t i, size_t count) const { return backward_ ? count - 1 - i : i; }

  const Kernel* kernel_ = nullptr;
  void** args_ = nullptr;
  void* shared_ = nullptr;
  std::vector<Thread> threads_;
  std::vector<std::unique_ptr<Fiber>> fibers_;  ///< kept from launch to launch
  std::vector<Fiber*> idle_;                    ///< of this launch, at the end of thread_main()
  size_t begun_ = 0;                            ///< fibers of this launch
  size_t now_ = 0, place_ = 0;                  ///< the thread that runs, and which one of its warp that is in the block's order
  bool backward_ = false;   ///< threads of this block
  bool from_last_ = false;  ///< blocks of the launch
  const char* failure_ = nullptr;
};

/// The block of the launch that runs.
Block& the_block();

}  // namespace inlay::cuda::emulator
