// SPDX-License-Identifier: Apache-2.0
// What kernels and tests call of the emulator.
#include "emulator/machine.h"

#include <cstring>
#include <mutex>

#include "emulator/block.h"
#include "emulator/launch.h"
#include "emulator/products.h"

namespace inlay::cuda::emulator {
namespace {

std::mutex one_launch;  // static __shared__ variables and threadIdx are the process's
int greatest_architecture = 90;

bool aligned(const void* p, uint32_t to) { return reinterpret_cast<uintptr_t>(p) % to == 0; }

Bytes target_of(const Copy& copy) {
  const char* const to = static_cast<const char*>(copy.to);
  return {to, to + copy.size};
}

void finish_copy(const Copy& copy) {
  the_products().copy_ends(the_block().thread(), target_of(copy));
  std::memcpy(copy.to, copy.from, copy.bytes);
  std::memset(static_cast<char*>(copy.to) + copy.bytes, 0, copy.size - copy.bytes);
}

}  // namespace

Block& the_block() {
  static Block block;
  return block;
}

void launch(const Kernel& kernel, dim3 grid, dim3 block, size_t shared_bytes, void** args) {
  const std::lock_guard<std::mutex> lock(one_launch);
  const size_t threads = static_cast<size_t>(block.x) * block.y * block.z;
  // CUDA C++ Programming Guide, "Technical Specifications per Compute Capability"
  if (kernel.invoke == nullptr) throw Fault("the kernel was not compiled for the emulator");
  if (threads == 0 || threads > 1024 || block.z > 64) throw Fault("a block has 1..1024 threads");
  if (grid.x == 0 || grid.y == 0 || grid.z == 0 || grid.x > 0x7fffffffu || grid.y > 65535 || grid.z > 65535) {
    throw Fault("a grid has 1..2^31-1 x 1..65535 x 1..65535 blocks");
  }
  if (shared_bytes > 227 * 1024) throw Fault("a block has at most 227 KiB of shared memory");
  the_block().launch(kernel, grid, block, shared_bytes, args);
}

void set_architecture(int arch) { greatest_architecture = arch; }
int architecture() { return greatest_architecture; }
void set_backward(bool backward) { the_block().set_backward(backward); }

uint32_t lane() { return the_block().lane(); }
void* dynamic_shared() { return the_block().shared(); }
void fault(const char* text) { the_block().fail(text); }

void block_barrier(const char* file, int line) {
  Thread& t = the_block().now();
  t.what = file;
  t.line = line;
  the_block().wait(State::kAtBarrier);
}

void meet(uint32_t mask, const char* what, void* operands, WarpWork work) {
  if ((mask >> lane() & 1u) == 0) fault("a warp-wide operation's mask leaves out the lane that calls it");
  Thread& t = the_block().now();
  t.mask = mask;
  t.what = what;
  t.operands = operands;
  t.work = work;
  the_block().wait(State::kMeeting);
}

void meet_all(const char* what, void* operands, WarpWork work) {
  if (the_block().lanes_of_warp() != 0xffffffffu) fault("an operation of 32 lanes in a warp that has fewer");
  meet(0xffffffffu, what, operands, work);
}

void copy_async(void* shared, const void* memory, uint32_t size, uint32_t bytes) {
  if (!aligned(shared, size) || !aligned(memory, size)) fault("cp.async of an address that is no multiple of its size");
  if ((size != 4 && size != 8 && size != 16) || bytes > size) fault("cp.async of a size that does not exist");
  const Copy copy = {shared, memory, size, bytes};
  if (const char* wrong = the_products().copy_starts(the_block().thread(), target_of(copy))) fault(wrong);
  the_block().now().copies.push_back(copy);
}

void commit_copies() {
  Thread& t = the_block().now();
  t.groups.push_back(t.copies.size() - t.grouped);
  t.grouped = t.copies.size();
}

void wait_copies(uint32_t pending) {
  Thread& t = the_block().now();
  size_t done = 0;
  for (; t.groups.size() > pending; t.groups.pop_front()) done += t.groups.front();
  for (size_t i = 0; i < done; ++i) finish_copy(t.copies[i]);
  t.copies.erase(t.copies.begin(), t.copies.begin() + static_cast<std::ptrdiff_t>(done));
  t.grouped -= done;
}

}  // namespace inlay::cuda::emulator
