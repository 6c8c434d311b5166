// SPDX-License-Identifier: Apache-2.0
// Tensor cores on floats: sums are float32, products of fp16, bf16 or tf32. One instruction each; where an architecture lacks it
// (bf16 and tf32 before sm_80), the lanes of a warp hand each other their operands and multiply in float32.
#pragma once
#include "kernels/float_types.cuh"
#include "kernels/mma.cuh"

namespace inlay::cuda {

/// The nearest number of 10 bits of fraction, ties away from zero.
__device__ __forceinline__ uint32_t to_tf32(uint32_t bits) {
#if !defined(INLAY_CUDA_EMULATOR) && __CUDA_ARCH__ >= 800
  uint32_t rounded;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(rounded) : "r"(bits));
  return rounded;
#else
  return (bits & 0x7f800000u) == 0x7f800000u ? bits : (bits + 0x1000u) & 0xffffe000u;
#endif
}

/// Two numbers as bf16, the first in the low bits.
__device__ __forceinline__ uint32_t to_bf16_pair(uint32_t low, uint32_t high) {
  const __nv_bfloat16 a = __float2bfloat16_rn(__uint_as_float(low)), b = __float2bfloat16_rn(__uint_as_float(high));
  return static_cast<uint32_t>(__bfloat16_as_ushort(a)) | static_cast<uint32_t>(__bfloat16_as_ushort(b)) << 16;
}

#if !defined(INLAY_CUDA_EMULATOR) && __CUDA_ARCH__ < 800
/// c[16 x 8] += a * b by float32 arithmetic, whose fragments hold kPer numbers to a register as those of mma.sync do.
/// A call of its own: written out in every tile it would keep ptxas busy for minutes, for a way that ops/gemm_float.cc does not
/// choose.
template <int kPer>
__device__ __noinline__ void multiply_by_shuffles(float (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
  const int lane = static_cast<int>(threadIdx.x) % 32;
  for (int place = 0; place < 4; ++place) {
    INLAY_CUDA_UNROLL
    for (int step = 0; step < 2; ++step) {
      uint32_t rows[2], columns[2];
      INLAY_CUDA_UNROLL
      for (int i = 0; i < 2; ++i) {
        rows[i] = __shfl_sync(0xffffffffu, a[2 * step + i], (lane & ~3) + place);
        columns[i] = __shfl_sync(0xffffffffu, b[step], (lane % 4 * 2 + i) * 4 + place);
      }
      INLAY_CUDA_UNROLL
      for (int e = 0; e < kPer; ++e) {
        INLAY_CUDA_UNROLL
        for (int i = 0; i < 4; ++i) {
          const uint32_t x = rows[i / 2], y = columns[i % 2];
          c[i] += kPer == 1
                      ? __uint_as_float(x) * __uint_as_float(y)
                      : __uint_as_float(e == 0 ? x << 16 : x & 0xffff0000u) * __uint_as_float(e == 0 ? y << 16 : y & 0xffff0000u);
        }
      }
    }
  }
}
#endif

/// c[16 x 8] += a[16 x 16] * b[16 x 8] of fp16.
__device__ __forceinline__ void mma_f16(float (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
#ifdef INLAY_CUDA_EMULATOR
  if (emulator::architecture() >= 80) {
    emulator::mma<emulator::F16>(c, a, b, "mma.m16n8k16.f16");
    return;
  }
  for (int step = 0; step < 2; ++step) {
    const uint32_t one_a[2] = {a[2 * step], a[2 * step + 1]}, one_b[1] = {b[step]};
    emulator::mma<emulator::F16>(c, one_a, one_b, "mma.m16n8k8.f16");
  }
#elif __CUDA_ARCH__ >= 800
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
               : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#else
  INLAY_CUDA_UNROLL
  for (int step = 0; step < 2; ++step) {
    asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5}, {%6}, {%0, %1, %2, %3};"
                 : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
                 : "r"(a[2 * step]), "r"(a[2 * step + 1]), "r"(b[step]));
  }
#endif
}

/// The same of bf16.
__device__ __forceinline__ void mma_bf16(float (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
#ifdef INLAY_CUDA_EMULATOR
  emulator::mma<emulator::Bf16>(c, a, b, "mma.m16n8k16.bf16");
#elif __CUDA_ARCH__ >= 800
  asm volatile(
      "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#else
  multiply_by_shuffles<2>(c, a, b);
#endif
}

/// c[16 x 8] += a[16 x 8] * b[8 x 8] of tf32, which to_tf32() has made.
__device__ __forceinline__ void mma_tf32(float (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
#ifdef INLAY_CUDA_EMULATOR
  emulator::mma<emulator::Tf32>(c, a, b, "mma.m16n8k8.tf32");
#elif __CUDA_ARCH__ >= 800
  asm volatile(
      "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#else
  multiply_by_shuffles<1>(c, a, b);
#endif
}

}  // namespace inlay::cuda
