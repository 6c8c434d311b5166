// SPDX-License-Identifier: Apache-2.0
#include "emulator/block.h"

#include <cstdio>
#include <cstring>
#include <new>

#include "emulator/launch.h"
#include "emulator/products.h"

namespace inlay::cuda::emulator {
namespace {

constexpr std::align_val_t kSharedAlignment{128};

std::string text_of(uint3 v) { return "(" + std::to_string(v.x) + ", " + std::to_string(v.y) + ", " + std::to_string(v.z) + ")"; }

std::string hex(uint32_t v) {
  char text[16];
  std::snprintf(text, sizeof(text), "%08x", v);
  return text;
}

uint3 place_of(size_t i, dim3 dim) {
  return {static_cast<unsigned>(i % dim.x), static_cast<unsigned>(i / dim.x % dim.y), static_cast<unsigned>(i / dim.x / dim.y)};
}

/// The launch's dynamic shared memory: as long as it was asked for, so that AddressSanitizer knows its end.
struct SharedMemory {
  size_t bytes;
  void* at;
  explicit SharedMemory(size_t size) : bytes(size), at(size == 0 ? nullptr : ::operator new(size, kSharedAlignment)) {}
  ~SharedMemory() { ::operator delete(at, kSharedAlignment); }
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
};

}  // namespace

void Block::launch(const Kernel& kernel, dim3 grid, dim3 block, size_t shared_bytes, void** args) {
  kernel_ = &kernel;
  args_ = args;
  failure_ = nullptr;
  begun_ = 0;
  idle_.clear();
  threads_.assign(static_cast<size_t>(block.x) * block.y * block.z, Thread{});
  gridDim = grid;
  blockDim = block;
  const SharedMemory shared(shared_bytes);
  shared_ = shared.at;
  const size_t blocks = static_cast<size_t>(grid.x) * grid.y * grid.z;
  for (size_t b = 0; b < blocks; ++b) {
    blockIdx = place_of(from_last_ ? blocks - 1 - b : b, grid);
    backward_ = b % 2 != 0;
    the_products().begin_block(warps());
    if (shared.bytes != 0) std::memset(shared.at, 0xa5, shared.bytes);
    for (size_t t = 0; t < threads_.size(); ++t) {
      Thread& thread = threads_[t];
      thread.state = State::kFresh;
      thread.index = place_of(t, block);
      thread.fiber = nullptr;
      thread.copies.clear();
      thread.groups.clear();
      thread.grouped = 0;
    }
    run_block();
  }
}

/// Round after round until all threads are done. Whoever waits is let on when nobody else can run.
void Block::run_block() {
  for (;;) {
    for (size_t w = 0; w < warps(); ++w) {
      while (run_warp(in_order(w, warps()))) {
      }
    }
    bool done = true;
    for (const Thread& t : threads_) done = done && t.state == State::kDone;
    if (done) return;
    if (!release_barrier()) explain_deadlock();
  }
}

/// Runs the lanes that may run, then what they meet for. Whether there is more to run now.
bool Block::run_warp(size_t warp) {
  for (place_ = 0; place_ < lanes(warp); ++place_) {
    const size_t thread = warp * kWarpSize + in_order(place_, lanes(warp));
    if (threads_[thread].state == State::kFresh || threads_[thread].state == State::kReady) resume(thread);
  }
  return complete_meeting(warp);
}

void Block::begin(size_t thread, Fiber* fiber) {
  now_ = thread;
  threads_[thread].fiber = fiber;
  threads_[thread].state = State::kReady;
  threadIdx = threads_[thread].index;
}

Fiber* Block::idle_fiber() {
  if (!idle_.empty()) {
    Fiber* fiber = idle_.back();
    idle_.pop_back();
    return fiber;
  }
  if (begun_ == fibers_.size()) fibers_.push_back(std::make_unique<Fiber>());
  Fiber* fiber = fibers_[begun_++].get();
  fiber->restart(thread_main, this);
  return fiber;
}

void Block::resume(size_t thread) {
  begin(thread, threads_[thread].state == State::kFresh ? idle_fiber() : threads_[thread].fiber);
  threads_[thread].fiber->enter();
  if (failure_ != nullptr) {
    throw Fault(std::string(kernel_->name) + ", block " + text_of(blockIdx) + ", thread " + text_of(threadIdx) + ": " + failure_);
  }
}

/// A fiber runs a thread, and as long as it finds fresh ones of the warp next in order, those: without waits that is a plain
/// loop.
void Block::thread_main(void* self) {
  auto& b = *static_cast<Block*>(self);
  for (;;) {
    b.kernel_->invoke(b.args_);
    if (!the_products().idle(b.now_ / kWarpSize)) b.fail("ends before its wgmma were waited for");
    Fiber* const fiber = b.now().fiber;
    b.now().state = State::kDone;
    const size_t warp = b.now_ / kWarpSize, count = b.lanes(warp);
    const size_t next = b.place_ + 1 < count ? warp * kWarpSize + b.in_order(b.place_ + 1, count) : b.threads_.size();
    if (next < b.threads_.size() && b.threads_[next].state == State::kFresh) {
      ++b.place_;
      b.begin(next, fiber);
    } else {
      b.idle_.push_back(fiber);
      fiber->leave();
    }
  }
}

void Block::wait(State state) {
  now().state = state;
  now().fiber->leave();
}

void Block::fail(const char* text) {
  failure_ = text;  // nothing on this stack is destroyed
  now().fiber->leave();
  __builtin_unreachable();
}

/// The first set of lanes that all wait for just each other in one operation goes on.
bool Block::complete_meeting(size_t warp) {
  Thread* const first = &threads_[warp * kWarpSize];
  const size_t count = lanes(warp);
  for (size_t leader = 0; leader < count; ++leader) {
    if (first[leader].state != State::kMeeting) continue;
    const uint32_t mask = first[leader].mask & existing(warp);
    void* operands[kWarpSize] = {};
    bool complete = true;
    for (size_t i = 0; i < count; ++i) {
      if ((mask >> i & 1u) == 0) continue;
      const Thread& t = first[i];
      complete =
          complete && t.state == State::kMeeting && t.mask == first[leader].mask && std::strcmp(t.what, first[leader].what) == 0;
      operands[i] = t.operands;
    }
    if (!complete) continue;
    for (size_t i = 0; i < count; ++i) {
      if ((mask >> i & 1u) != 0) first[i].state = State::kReady;
    }
    if (first[leader].work != nullptr) first[leader].work(operands);
    return true;
  }
  return false;
}

/// Lets all threads on when all are at one barrier.
bool Block::release_barrier() {
  for (const Thread& t : threads_) {
    if (t.state != State::kAtBarrier || t.line != threads_[0].line || std::strcmp(t.what, threads_[0].what) != 0) return false;
  }
  for (Thread& t : threads_) t.state = State::kReady;
  the_products().barrier();
  return true;
}

std::string Block::where(size_t thread) const {
  const Thread& t = threads_[thread];
  if (t.state == State::kDone) return "is done";
  if (t.state == State::kAtBarrier) return "waits at the barrier " + std::string(t.what) + ":" + std::to_string(t.line);
  return "waits in " + std::string(t.what) + " for lanes " + hex(t.mask);
}

/// Two threads that do not wait for the same thing, told apart by what they wait for.
void Block::explain_deadlock() const {
  size_t waiting = 0;
  while (threads_[waiting].state == State::kDone) ++waiting;
  for (size_t other = 0; other < threads_.size(); ++other) {
    if (where(other) == where(waiting)) continue;
    throw Fault(std::string(kernel_->name) + ", block " + text_of(blockIdx) + ": thread " + text_of(threads_[waiting].index) +
                " " + where(waiting) + ", but thread " + text_of(threads_[other].index) + " " + where(other));
  }
  throw Fault(std::string(kernel_->name) + ", block " + text_of(blockIdx) + ": thread " + text_of(threads_[waiting].index) + " " +
              where(waiting) + ", which are not all there");
}

uint32_t Block::existing(size_t warp) const { return lanes(warp) == kWarpSize ? 0xffffffffu : (1u << lanes(warp)) - 1u; }

}  // namespace inlay::cuda::emulator
