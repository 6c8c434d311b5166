// SPDX-License-Identifier: Apache-2.0
// What the emulator's versions of CUDA's functions call: the thread that runs, and its waits for others.
#pragma once
#include <cstddef>
#include <cstdint>

namespace inlay::cuda::emulator {

constexpr uint32_t kWarpSize = 32;

/// What a warp-wide operation does once its lanes have met: operands[lane] is what that lane handed to meet(), NULL where the
/// lane does not take part. May throw Fault.
using WarpWork = void (*)(void* const operands[kWarpSize]);

// All of these are for the thread of a kernel that runs now.

uint32_t lane();
/// __syncthreads() in a place of the source.
void block_barrier(const char* file, int line);
/// Waits for the lanes of `mask`; then `work`, which may be NULL, is done once for all of them. what: the operation's name, a
/// literal.
void meet(uint32_t mask, const char* what, void* operands, WarpWork work);
/// meet() of all 32 lanes, which must exist.
void meet_all(const char* what, void* operands, WarpWork work);
/// Ends the launch with Fault. text: a literal.
[[noreturn]] void fault(const char* text);

/// Dynamic shared memory of the block: what the launch said, to the byte, filled with 0xa5 when the block began.
void* dynamic_shared();
/// cp.async: `bytes` from memory, then zeros up to `size`, copied when waited for. Faults where addresses are not multiples of
/// size.
void copy_async(void* shared, const void* memory, uint32_t size, uint32_t bytes);
void commit_copies();
/// Until at most `pending` of the thread's groups are under way.
void wait_copies(uint32_t pending);

/// See set_architecture() of launch.h.
int architecture();

}  // namespace inlay::cuda::emulator
