// SPDX-License-Identifier: Apache-2.0
// Runs kernels of the table on the CPU, for tests. Blocks run one after the other, the threads of a block as fibers of the
// calling thread: each runs until it waits for others. A kernel without barriers is one plain loop.
//
// What it sees, besides what AddressSanitizer does in the kernels' own reads and writes: threads that wait at different barriers,
// or at one that others never reach; warp-wide operations without all their lanes; memory operations at addresses that are not
// aligned enough; shared memory read before the cp.async that fills it was waited for (copies happen at the wait). Blocks take
// their threads in different orders, so that a missing barrier shows as a wrong answer. What it does not see: real races, memory
// order, timing.
#pragma once
#include <stdexcept>

#include "emulator/vector_types.h"
#include "kernel_table.h"

namespace inlay::cuda::emulator {

/// What a GPU would answer with an error, a hang or a wrong result; the text says which thread did what.
struct Fault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Runs the whole grid. shared_bytes: dynamic shared memory. args: pointers to the arguments. Launches of several host threads
/// follow one another. Throws Fault; the memory that the kernel wrote before stays written.
void launch(const Kernel& kernel, dim3 grid, dim3 block, size_t shared_bytes, void** args);

/// The same with the arguments themselves, which must have the kernel's types.
template <typename... Args>
void launch_with(const Kernel& kernel, dim3 grid, dim3 block, size_t shared_bytes, Args... args) {
  void* pointers[] = {static_cast<void*>(&args)..., nullptr};
  launch(kernel, grid, block, shared_bytes, pointers);
}

/// The greatest compute capability that kernels see, 10 * major + minor, as __CUDA_ARCH__ / 10 is at compile time on a GPU: which
/// of a kernel's ways the emulator takes where the kernel asks INLAY_CUDA_AT_LEAST(arch). 90 at start. Not during a launch.
void set_architecture(int arch);

/// Whether blocks run from the last to the first, so that whoever comes last is another one. false at start. Not during a launch.
void set_backward(bool backward);

}  // namespace inlay::cuda::emulator
