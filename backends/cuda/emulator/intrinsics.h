// SPDX-License-Identifier: Apache-2.0
// CUDA's functions of one thread, as the CUDA Math API and the CUDA C++ Programming Guide define them.
#pragma once
#include "emulator/cuda_emulator.h"

// NOLINTBEGIN: names are CUDA's
inline int min(int a, int b) { return a < b ? a : b; }
inline unsigned min(unsigned a, unsigned b) { return a < b ? a : b; }
inline long long min(long long a, long long b) { return a < b ? a : b; }
inline float min(float a, float b) { return fminf(a, b); }
inline int max(int a, int b) { return a > b ? a : b; }
inline unsigned max(unsigned a, unsigned b) { return a > b ? a : b; }
inline long long max(long long a, long long b) { return a > b ? a : b; }
inline float max(float a, float b) { return fmaxf(a, b); }

template <typename T>
T __ldg(const T* p) {
  return *p;
}

/// From the L2 cache, where other blocks' writes are.
template <typename T>
T __ldcg(const T* p) {
  return *p;
}

inline int __float_as_int(float v) { return static_cast<int>(inlay::cuda::emulator::bits_of(v)); }
inline unsigned __float_as_uint(float v) { return inlay::cuda::emulator::bits_of(v); }
inline float __int_as_float(int v) { return inlay::cuda::emulator::float_of(static_cast<unsigned>(v)); }
inline float __uint_as_float(unsigned v) { return inlay::cuda::emulator::float_of(v); }

// One IEEE operation each, never fused.
inline float __fadd_rn(float a, float b) { return a + b; }
inline float __fsub_rn(float a, float b) { return a - b; }
inline float __fmul_rn(float a, float b) { return a * b; }
inline float __fdiv_rn(float a, float b) { return a / b; }
inline float __fmaf_rn(float a, float b, float c) { return fmaf(a, b, c); }
inline float __fsqrt_rn(float v) { return sqrtf(v); }
inline float __int2float_rn(int v) { return static_cast<float>(v); }
/// Saturates; 0 of what is no number.
inline int __float2int_rn(float v) {
  if (v != v) return 0;
  return v >= 2147483648.0f ? 2147483647 : v < -2147483648.0f ? -2147483647 - 1 : static_cast<int>(rintf(v));
}
inline int __float2int_rz(float v) {
  if (v != v) return 0;
  return v >= 2147483648.0f ? 2147483647 : v < -2147483648.0f ? -2147483647 - 1 : static_cast<int>(v);
}
inline float rsqrtf(float v) { return 1.0f / sqrtf(v); }
inline float __expf(float v) { return expf(v); }
inline float __fdividef(float a, float b) { return a / b; }

inline int __popc(unsigned v) { return __builtin_popcount(v); }
inline int __clz(int v) { return v == 0 ? 32 : __builtin_clz(static_cast<unsigned>(v)); }
inline int __ffs(int v) { return __builtin_ffs(v); }
inline int __mulhi(int a, int b) { return static_cast<int>(static_cast<long long>(a) * b >> 32); }
inline unsigned __umulhi(unsigned a, unsigned b) { return static_cast<unsigned>(static_cast<unsigned long long>(a) * b >> 32); }
/// Byte i of the result is the one of x (0..3) and y (4..7) that digit i of `pick` names; with digit's bit 3, its sign eight
/// times.
inline unsigned __byte_perm(unsigned x, unsigned y, unsigned pick) {
  const unsigned long long bytes = static_cast<unsigned long long>(y) << 32 | x;
  unsigned result = 0;
  for (int i = 0; i < 4; ++i) {
    const unsigned digit = pick >> (4 * i) & 15u;
    unsigned byte = static_cast<unsigned>(bytes >> (8 * (digit & 7u))) & 255u;
    if ((digit & 8u) != 0) byte = (byte & 128u) != 0 ? 255u : 0u;
    result |= byte << (8 * i);
  }
  return result;
}
inline int __dp4a(int a, int b, int c) {
  unsigned sum = static_cast<unsigned>(c);
  for (int i = 0; i < 4; ++i) {
    sum += static_cast<unsigned>(static_cast<int8_t>(a >> (8 * i)) * static_cast<int8_t>(b >> (8 * i)));
  }
  return static_cast<int>(sum);
}
inline unsigned __dp4a(unsigned a, unsigned b, unsigned c) {
  for (int i = 0; i < 4; ++i) c += (a >> (8 * i) & 255u) * (b >> (8 * i) & 255u);
  return c;
}

// Nothing runs between the reading and the writing.
template <typename T>
T atomicExch(T* p, T v) {
  const T before = *p;
  *p = v;
  return before;
}
template <typename T>
T atomicCAS(T* p, T expected, T v) {
  return atomicExch(p, *p == expected ? v : *p);
}
inline int atomicAdd(int* p, int v) {
  return atomicExch(p, static_cast<int>(static_cast<unsigned>(*p) + static_cast<unsigned>(v)));
}
inline unsigned atomicAdd(unsigned* p, unsigned v) { return atomicExch(p, *p + v); }
inline float atomicAdd(float* p, float v) { return atomicExch(p, *p + v); }
template <typename T>
T atomicMax(T* p, T v) {
  return atomicExch(p, *p > v ? *p : v);
}
template <typename T>
T atomicMin(T* p, T v) {
  return atomicExch(p, *p < v ? *p : v);
}
/// Counts to `last`, then from 0 again.
inline unsigned atomicInc(unsigned* p, unsigned last) { return atomicExch(p, *p >= last ? 0u : *p + 1u); }
// NOLINTEND
