// SPDX-License-Identifier: Apache-2.0
// wgmma of int8 as PTX ISA 8.x 9.7.15 "Asynchronous Warpgroup Level Matrix Multiply-Accumulate Instructions" defines it:
// descriptors of shared memory with the 128-byte swizzle, sums laid out over the lanes, and when what may be read and written.
//
// A product is computed as late as it may be: when it is waited for. A fault is what a GPU would compute wrongly at times:
//   - a product without wgmma.fence since the last wait, or of bytes that cp.async was not waited for, that no fence.proxy.async
//     followed in the thread that copied them, or no barrier behind it in the others;
//   - a cp.async onto bytes that a product under way reads;
//   - a thread that ends before its products, or warps of a group that start other products than one another.
// Bytes that kernels write by plain stores are not watched.
#pragma once
#include <cstddef>
#include <cstdint>

namespace inlay::cuda::emulator {

// For the thread of a kernel that runs now; all lanes of the warp together but for the first two.

/// An address in shared memory as descriptors name it. Dynamic shared memory begins at a multiple of 128 bytes and of nothing
/// more. From the first call on, copies of the block are watched.
uint32_t shared_place(const void* p);
void fence_async_proxy();
void wgmma_fence();
/// sums: columns / 2 of this lane, which stay where they are until waited for.
void wgmma_s8(int32_t* sums, int columns, uint64_t a, uint64_t b);
void wgmma_commit();
void wgmma_wait(uint32_t pending);

}  // namespace inlay::cuda::emulator
