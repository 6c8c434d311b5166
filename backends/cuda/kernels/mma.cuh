// SPDX-License-Identifier: Apache-2.0
// Instructions of tensor cores and asynchronous copies, one function each; the emulator's where there is no GPU. What an
// architecture lacks is done with what it has: sm_75 multiplies in smaller steps and copies through registers.
#pragma once
#include "kernels/cuda.cuh"

#ifdef INLAY_CUDA_EMULATOR
#include "emulator/tensor_cores.h"
#endif

namespace inlay::cuda {

// A place in shared memory, in bytes.
#ifdef INLAY_CUDA_EMULATOR
using SharedAddress = unsigned char*;
inline SharedAddress shared_address(void* p) { return static_cast<unsigned char*>(p); }
#else
using SharedAddress = uint32_t;
__device__ __forceinline__ SharedAddress shared_address(void* p) { return static_cast<uint32_t>(__cvta_generic_to_shared(p)); }
#endif

/// kCount (2 or 4) matrices of 8 rows of 16 bytes: lane 8 * m + i has said where row i of matrix m lies, a multiple of 16; each
/// lane gets of each matrix the 4 bytes lane % 4 of row lane / 4.
template <int kCount>
__device__ __forceinline__ void load_matrices(uint32_t* r, SharedAddress row) {
  static_assert(kCount == 2 || kCount == 4, "ldmatrix.x2 and .x4");
#ifdef INLAY_CUDA_EMULATOR
  emulator::load_matrices(r, kCount, false, row);
#else
  if constexpr (kCount == 4) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(r[0]), "=r"(r[1]), "=r"(r[2]), "=r"(r[3])
                 : "r"(row)
                 : "memory");
  } else {
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0, %1}, [%2];" : "=r"(r[0]), "=r"(r[1]) : "r"(row) : "memory");
  }
#endif
}

/// c[16 x 8] += a[16 x 32] * b[32 x 8], int8 by int8, wrapping around.
__device__ __forceinline__ void mma_s8(int32_t (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
#ifdef INLAY_CUDA_EMULATOR
  if (emulator::architecture() >= 80) {
    emulator::mma<emulator::S8>(c, a, b, "mma.m16n8k32.s8");
    return;
  }
  for (int half = 0; half < 2; ++half) {
    int32_t part[2] = {c[2 * half], c[2 * half + 1]};
    for (int step = 0; step < 2; ++step) {
      const uint32_t one_a[1] = {a[2 * step + half]}, one_b[1] = {b[step]};
      emulator::mma<emulator::S8>(part, one_a, one_b, "mma.m8n8k16.s8");
    }
    c[2 * half] = part[0], c[2 * half + 1] = part[1];
  }
#elif __CUDA_ARCH__ >= 800
  asm volatile("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
               : "+r"(c[0]), "+r"(c[1]), "+r"(c[2]), "+r"(c[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#else
  INLAY_CUDA_UNROLL
  for (int half = 0; half < 2; ++half) {
    INLAY_CUDA_UNROLL
    for (int step = 0; step < 2; ++step) {
      asm volatile("mma.sync.aligned.m8n8k16.row.col.s32.s8.s8.s32 {%0, %1}, {%2}, {%3}, {%0, %1};"
                   : "+r"(c[2 * half]), "+r"(c[2 * half + 1])
                   : "r"(a[2 * step + half]), "r"(b[step]));
    }
  }
#endif
}

/// c[16 x 8] += a[16 x 64] * b[64 x 8] where a holds two of every four values of a row, and `places` says which (ops/sparse.h).
/// From sm_80 on.
__device__ __forceinline__ void mma_sparse_s8(int32_t (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[4], uint32_t places) {
#ifdef INLAY_CUDA_EMULATOR
  emulator::mma_sparse<emulator::S8>(c, a, b, places, "mma.sp.m16n8k64.s8");
#elif __CUDA_ARCH__ >= 800
  asm volatile(
      "mma.sp::ordered_metadata.sync.aligned.m16n8k64.row.col.s32.s8.s8.s32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9, %10, "
      "%11}, "
      "{%0, %1, %2, %3}, %12, 0x0;"
      : "+r"(c[0]), "+r"(c[1]), "+r"(c[2]), "+r"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]), "r"(b[2]), "r"(b[3]), "r"(places));
#else
  __trap();  // no plan asks for it
#endif
}

/// c[16 x 8] += a[16 x 32] * b[32 x 8] of fp16, alike. From sm_80 on.
__device__ __forceinline__ void mma_sparse_f16(float (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[4], uint32_t places) {
#ifdef INLAY_CUDA_EMULATOR
  emulator::mma_sparse<emulator::F16>(c, a, b, places, "mma.sp.m16n8k32.f16");
#elif __CUDA_ARCH__ >= 800
  asm volatile(
      "mma.sp::ordered_metadata.sync.aligned.m16n8k32.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9, %10, "
      "%11}, "
      "{%0, %1, %2, %3}, %12, 0x0;"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]), "r"(b[2]), "r"(b[3]), "r"(places));
#else
  __trap();  // no plan asks for it
#endif
}

/// Starts to copy 16 (or 8, or 4) bytes from memory; both places at multiples of that. Where !there, zeros are written.
template <int kBytes>
__device__ __forceinline__ void copy_async(SharedAddress to, const void* from, bool there = true) {
  static_assert(kBytes == 4 || kBytes == 8 || kBytes == 16, "cp.async");
#ifdef INLAY_CUDA_EMULATOR
  emulator::copy_async(to, from, kBytes, there ? kBytes : 0);
  if (emulator::architecture() < 80) {
    emulator::commit_copies();
    emulator::wait_copies(0);
  }
#elif __CUDA_ARCH__ >= 800
  const int bytes = there ? kBytes : 0;
  if constexpr (kBytes == 16) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(to), "l"(__cvta_generic_to_global(from)), "r"(bytes)
                 : "memory");
  } else {
    asm volatile("cp.async.ca.shared.global [%0], [%1], %2, %3;" ::"r"(to), "l"(__cvta_generic_to_global(from)), "n"(kBytes),
                 "r"(bytes)
                 : "memory");
  }
#else
  if constexpr (kBytes == 16) {
    const uint4 v = there ? __ldg(static_cast<const uint4*>(from)) : make_uint4(0, 0, 0, 0);
    asm volatile("st.shared.v4.b32 [%0], {%1, %2, %3, %4};" ::"r"(to), "r"(v.x), "r"(v.y), "r"(v.z), "r"(v.w) : "memory");
  } else if constexpr (kBytes == 8) {
    const uint2 v = there ? __ldg(static_cast<const uint2*>(from)) : make_uint2(0, 0);
    asm volatile("st.shared.v2.b32 [%0], {%1, %2};" ::"r"(to), "r"(v.x), "r"(v.y) : "memory");
  } else {
    const uint32_t v = there ? __ldg(static_cast<const uint32_t*>(from)) : 0u;
    asm volatile("st.shared.b32 [%0], %1;" ::"r"(to), "r"(v) : "memory");
  }
#endif
}

/// Ends a group of copies of this thread.
__device__ __forceinline__ void commit_copies() {
#ifdef INLAY_CUDA_EMULATOR
  emulator::commit_copies();
#elif __CUDA_ARCH__ >= 800
  asm volatile("cp.async.commit_group;" ::: "memory");
#endif
}

/// Until at most kPending of this thread's groups are under way. Others see the copies behind a barrier.
template <int kPending>
__device__ __forceinline__ void wait_copies() {
#ifdef INLAY_CUDA_EMULATOR
  emulator::wait_copies(kPending);
#elif __CUDA_ARCH__ >= 800
  asm volatile("cp.async.wait_group %0;" ::"n"(kPending) : "memory");
#endif
}

/// 4 bytes to shared memory, at a multiple of 4.
__device__ __forceinline__ void store_shared(SharedAddress to, uint32_t v) {
#ifdef INLAY_CUDA_EMULATOR
  *reinterpret_cast<uint32_t*>(to) = v;
#else
  asm volatile("st.shared.b32 [%0], %1;" ::"r"(to), "r"(v) : "memory");
#endif
}

/// 4 bytes of shared memory, at a multiple of 4.
__device__ __forceinline__ uint32_t load_shared(SharedAddress from) {
#ifdef INLAY_CUDA_EMULATOR
  return *reinterpret_cast<const uint32_t*>(from);
#else
  uint32_t v;
  asm volatile("ld.shared.b32 %0, [%1];" : "=r"(v) : "r"(from) : "memory");
  return v;
#endif
}

}  // namespace inlay::cuda
