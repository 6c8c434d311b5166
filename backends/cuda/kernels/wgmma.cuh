// SPDX-License-Identifier: Apache-2.0
// wgmma, the instructions of four warps together that compute behind the program's back (PTX ISA 9.7.15 "Asynchronous Warpgroup
// Level Matrix Multiply-Accumulate"), for sm_90a alone: its operands lie in shared memory and are named by descriptors.
//
// Rows of 128 bytes of depth lie in eights, one behind the other, each eight at a multiple of 1024 bytes; the 16-byte chunk c of
// row r lies at chunk c ^ (r % 8) of its row ("128-Byte swizzle").
#pragma once
#include "kernels/mma.cuh"

#ifdef INLAY_CUDA_EMULATOR
#include "emulator/warpgroup.h"
#endif

namespace inlay::cuda {

constexpr int kSwizzleRow = 128, kSwizzleBytes = 8 * kSwizzleRow;

/// Where shared memory lies in the descriptors' sense.
__device__ __forceinline__ uint32_t shared_place(const void* p) {
#ifdef INLAY_CUDA_EMULATOR
  return emulator::shared_place(p);
#else
  return static_cast<uint32_t>(__cvta_generic_to_shared(p));
#endif
}

/// The first multiple of kSwizzleBytes from `memory` on.
__device__ __forceinline__ unsigned char* align_to_swizzle(unsigned char* memory) {
  const uint32_t place = shared_place(memory);
  return memory + ((place + kSwizzleBytes - 1) / kSwizzleBytes * kSwizzleBytes - place);
}

/// Rows as above from `place` on, a multiple of kSwizzleBytes ("Matrix Descriptor Format": start, stride from eight to eight and
/// the kind of swizzle; nothing else counts for rows of depth). 32 values of depth further on: + 2.
__device__ __forceinline__ uint64_t descriptor_of(uint32_t place) {
  return (place & 0x3ffffu) >> 4 | uint64_t{1} << 16 | uint64_t{kSwizzleBytes >> 4} << 32 | uint64_t{1} << 62;
}

/// Before the first product, and again where registers of its sums were touched since.
__device__ __forceinline__ void fence_sums() {
#ifdef INLAY_CUDA_EMULATOR
  emulator::wgmma_fence();
#else
  asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
#endif
}

/// Ends a group of products.
__device__ __forceinline__ void commit_products() {
#ifdef INLAY_CUDA_EMULATOR
  emulator::wgmma_commit();
#else
  asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
#endif
}

/// Until at most kPending groups are under way: the others' sums are there, and what they read is free.
template <int kPending>
__device__ __forceinline__ void wait_products() {
#ifdef INLAY_CUDA_EMULATOR
  emulator::wgmma_wait(kPending);
#else
  asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(kPending) : "memory");
#endif
}

/// What this thread has written to shared memory, by cp.async too, is there for wgmma, which reads by another way ("Async
/// proxy").
__device__ __forceinline__ void fence_async_proxy() {
#ifdef INLAY_CUDA_EMULATOR
  emulator::fence_async_proxy();
#else
  asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
#endif
}

// start_product: c[64 x 8 * columns] += a[64 x 32] * b[32 x 8 * columns], int8 by int8, wrapping around, for the four warps of a
// group, of which each has 16 rows: its c is as that of mma_s8, eight columns after eight.
#ifdef INLAY_CUDA_EMULATOR
template <int kColumns>
void start_product(int32_t (&c)[kColumns][4], uint64_t a, uint64_t b) {
  emulator::wgmma_s8(&c[0][0], 8 * kColumns, a, b);
}
#else
// clang-format off
#define INLAY_SUMS4(c, j) "+r"(c[j][0]), "+r"(c[j][1]), "+r"(c[j][2]), "+r"(c[j][3])
#define INLAY_SUMS16(c, j) INLAY_SUMS4(c, j), INLAY_SUMS4(c, j + 1), INLAY_SUMS4(c, j + 2), INLAY_SUMS4(c, j + 3)
__device__ __forceinline__ void start_product(int32_t (&c)[16][4], uint64_t a, uint64_t b) {
  asm volatile(
      "wgmma.mma_async.sync.aligned.m64n128k32.s32.s8.s8 {"
      "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
      "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "
      "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "
      "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63"
      "}, %64, %65, 1;"
      : INLAY_SUMS16(c, 0), INLAY_SUMS16(c, 4), INLAY_SUMS16(c, 8), INLAY_SUMS16(c, 12)
      : "l"(a), "l"(b));
}
__device__ __forceinline__ void start_product(int32_t (&c)[32][4], uint64_t a, uint64_t b) {
  asm volatile(
      "wgmma.mma_async.sync.aligned.m64n256k32.s32.s8.s8 {"
      "%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, "
      "%16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, "
      "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, "
      "%48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63, "
      "%64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, "
      "%80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95, "
      "%96, %97, %98, %99, %100, %101, %102, %103, %104, %105, %106, %107, %108, %109, %110, %111, "
      "%112, %113, %114, %115, %116, %117, %118, %119, %120, %121, %122, %123, %124, %125, %126, %127"
      "}, %128, %129, 1;"
      : INLAY_SUMS16(c, 0), INLAY_SUMS16(c, 4), INLAY_SUMS16(c, 8), INLAY_SUMS16(c, 12),
        INLAY_SUMS16(c, 16), INLAY_SUMS16(c, 20), INLAY_SUMS16(c, 24), INLAY_SUMS16(c, 28)
      : "l"(a), "l"(b));
}
#undef INLAY_SUMS16
#undef INLAY_SUMS4
// clang-format on
#endif

/// Nothing that reads or writes the sums goes past this.
template <int kColumns>
__device__ __forceinline__ void keep_sums(int32_t (&c)[kColumns][4]) {
#ifndef INLAY_CUDA_EMULATOR
  INLAY_CUDA_UNROLL
  for (int j = 0; j < kColumns; ++j) {
    INLAY_CUDA_UNROLL
    for (int i = 0; i < 4; ++i) asm volatile("" : "+r"(c[j][i])::"memory");
  }
#else
  static_cast<void>(c);
#endif
}

}  // namespace inlay::cuda
