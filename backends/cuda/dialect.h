// SPDX-License-Identifier: Apache-2.0
// OpenCL C 1.2 for C++, as far as the kernels in backends/gpu/kernels use it: they are compiled from one text by OpenCL's drivers,
// by nvcc for GPUs and by g++ for the emulator. Stands in front of them at global scope; behind it come only they and their table,
// for the keywords are macros. Functions and types are those of the OpenCL C Specification 1.2, sections 6.1 to 6.12; kernels see
// them because they lie in namespaces of inlay::cuda::shared.
//
// What options must see to: no fused multiply-adds (nvcc -fmad=false, g++ -ffp-contract=off) and nothing of --use_fast_math, so that
// division and sqrt are rounded correctly and subnormal values stay.
#pragma once
#include <climits>
#include <cmath>
#include <cstddef>
#include <cstring>

#include "kernel_table.h"

namespace inlay::cuda::shared {

// NOLINTBEGIN: names are OpenCL's
using uchar = unsigned char;
using ushort = unsigned short;
using uint = unsigned int;
using ulong = unsigned long;
static_assert(sizeof(long) == 8, "OpenCL's long has 64 bits");

/// Only stored: kernels compute in float.
struct half {
  ushort bits;
};

/// Lies in memory at multiples of its size, as OpenCL's vectors do.
template <typename T>
struct alignas(4 * sizeof(T)) Vector4 {
  T x, y, z, w;
};
using char4 = Vector4<signed char>;
using uchar4 = Vector4<uchar>;
using int4 = Vector4<int>;
using uint4 = Vector4<uint>;
using float4 = Vector4<float>;

#define INLAY_DIALECT_OPERATOR(op)                                                         \
  template <typename T>                                                                    \
  __device__ inline Vector4<T> operator op(Vector4<T> a, Vector4<T> b) {                   \
    return {a.x op b.x, a.y op b.y, a.z op b.z, a.w op b.w};                               \
  }                                                                                        \
  template <typename T>                                                                    \
  __device__ inline Vector4<T> operator op(Vector4<T> a, T b) {                            \
    return {a.x op b, a.y op b, a.z op b, a.w op b};                                       \
  }
INLAY_DIALECT_OPERATOR(+)
INLAY_DIALECT_OPERATOR(-)
INLAY_DIALECT_OPERATOR(*)
INLAY_DIALECT_OPERATOR(>>)
#undef INLAY_DIALECT_OPERATOR

// ---- work-items

__device__ inline size_t get_global_id(uint d) {
  if (d == 0) return static_cast<size_t>(blockIdx.x) * blockDim.x + threadIdx.x;
  if (d == 1) return static_cast<size_t>(blockIdx.y) * blockDim.y + threadIdx.y;
  return static_cast<size_t>(blockIdx.z) * blockDim.z + threadIdx.z;
}
__device__ inline size_t get_local_id(uint d) { return d == 0 ? threadIdx.x : d == 1 ? threadIdx.y : threadIdx.z; }
__device__ inline size_t get_group_id(uint d) { return d == 0 ? blockIdx.x : d == 1 ? blockIdx.y : blockIdx.z; }

// ---- floats

#define INLAY_DIALECT_FUNCTION(name) \
  __device__ inline float name(float x) { return name##f(x); }
INLAY_DIALECT_FUNCTION(ceil)
INLAY_DIALECT_FUNCTION(cos)
INLAY_DIALECT_FUNCTION(erfc)
INLAY_DIALECT_FUNCTION(exp)
INLAY_DIALECT_FUNCTION(expm1)
INLAY_DIALECT_FUNCTION(fabs)
INLAY_DIALECT_FUNCTION(floor)
INLAY_DIALECT_FUNCTION(log)
INLAY_DIALECT_FUNCTION(rint)
INLAY_DIALECT_FUNCTION(sin)
INLAY_DIALECT_FUNCTION(sqrt)
INLAY_DIALECT_FUNCTION(tanh)
#undef INLAY_DIALECT_FUNCTION
__device__ inline float atan2(float y, float x) { return atan2f(y, x); }
__device__ inline float fma(float a, float b, float c) { return fmaf(a, b, c); }
__device__ inline float fmax(float a, float b) { return fmaxf(a, b); }
__device__ inline float fmin(float a, float b) { return fminf(a, b); }
__device__ inline float fmod(float a, float b) { return fmodf(a, b); }
__device__ inline float pow(float x, float y) { return powf(x, y); }
__device__ inline bool isnan(float v) { return v != v; }
__device__ inline bool isfinite(float v) { return v - v == 0.0f; }

// ---- numbers of any type

template <typename T>
__device__ inline T min(T a, T b) {
  return b < a ? b : a;
}
template <typename T>
__device__ inline T max(T a, T b) {
  return a < b ? b : a;
}
template <typename T>
__device__ inline T clamp(T v, T low, T high) {
  return min(max(v, low), high);
}
__device__ inline float clamp(float v, float low, float high) { return fmin(fmax(v, low), high); }

// ---- conversions

template <typename T>
__device__ inline float convert_float_rte(T v) {
  return static_cast<float>(v);
}
__device__ inline float convert_float(float v) { return v; }
/// Of v beyond the range of int: the nearest int; of what is no number, 0.
__device__ inline int convert_int_rte(float v) { return __float2int_rn(v); }

/// Rounds towards 0. `end`: 1 above the highest value, a power of two.
template <typename T>
__device__ inline T saturated(float v, T lowest, T highest, float end) {
  if (v >= end) return highest;
  return v > static_cast<float>(lowest) ? static_cast<T>(v) : lowest;
}
#define INLAY_DIALECT_SATURATE(name, type, lowest, highest, end) \
  __device__ inline type convert_##name##_sat_rtz(float v) { return saturated<type>(v, lowest, highest, end); }
INLAY_DIALECT_SATURATE(char, signed char, SCHAR_MIN, SCHAR_MAX, 128.0f)
INLAY_DIALECT_SATURATE(uchar, uchar, 0, UCHAR_MAX, 256.0f)
INLAY_DIALECT_SATURATE(short, short, SHRT_MIN, SHRT_MAX, 32768.0f)
INLAY_DIALECT_SATURATE(ushort, ushort, 0, USHRT_MAX, 65536.0f)
INLAY_DIALECT_SATURATE(int, int, INT_MIN, INT_MAX, 2147483648.0f)
INLAY_DIALECT_SATURATE(uint, uint, 0, UINT_MAX, 4294967296.0f)
INLAY_DIALECT_SATURATE(long, long, LONG_MIN, LONG_MAX, 9223372036854775808.0f)
#undef INLAY_DIALECT_SATURATE

__device__ inline float as_float(int bits) { return __int_as_float(bits); }

template <typename T>
__device__ inline int4 convert_int4(Vector4<T> v) {
  return {v.x, v.y, v.z, v.w};
}
#define INLAY_DIALECT_NARROW(type, element)                                                                        \
  __device__ inline type convert_##type(int4 v) {                                                                  \
    return {static_cast<element>(v.x), static_cast<element>(v.y), static_cast<element>(v.z), static_cast<element>(v.w)}; \
  }
INLAY_DIALECT_NARROW(char4, signed char)
INLAY_DIALECT_NARROW(uchar4, uchar)
#undef INLAY_DIALECT_NARROW

// ---- memory

#ifdef INLAY_CUDA_EMULATOR
__device__ inline float vload_half(size_t i, const half* p) { return emulator::half_value(p[i].bits); }
__device__ inline void vstore_half_rte(float v, size_t i, half* p) { p[i].bits = emulator::half_bits(v); }
#else
// By two instructions of PTX, which saves 10,000 lines of CUDA's headers.
__device__ inline float vload_half(size_t i, const half* p) {
  float v;
  asm("cvt.f32.f16 %0, %1;" : "=f"(v) : "h"(p[i].bits));
  return v;
}
__device__ inline void vstore_half_rte(float v, size_t i, half* p) { asm("cvt.rn.f16.f32 %0, %1;" : "=h"(p[i].bits) : "f"(v)); }
#endif

/// OpenCL asks for the alignment of an element, this for that of the vector: tensors begin at multiples of 16 bytes.
template <typename T>
__device__ inline Vector4<T> vload4(size_t i, const T* p) {
  return reinterpret_cast<const Vector4<T>*>(p)[i];
}
template <typename T>
__device__ inline void vstore4(Vector4<T> v, size_t i, T* p) {
  reinterpret_cast<Vector4<T>*>(p)[i] = v;
}
__device__ inline float4 vload_half4(size_t i, const half* p) {
  const half* from = p + 4 * i;
  return {vload_half(0, from), vload_half(1, from), vload_half(2, from), vload_half(3, from)};
}
__device__ inline void vstore_half4_rte(float4 v, size_t i, half* p) {
  half* to = p + 4 * i;
  vstore_half_rte(v.x, 0, to);
  vstore_half_rte(v.y, 1, to);
  vstore_half_rte(v.z, 2, to);
  vstore_half_rte(v.w, 3, to);
}
// NOLINTEND

}  // namespace inlay::cuda::shared

// ---- the language

#define INLAY_DIALECT 1  // for kernels/common.cl
#define DEVICE __device__ inline
#define GROUP_OF(x, y, z) __launch_bounds__((x) * (y) * (z))
#define MAKE_UINT4(x, y, z, w) (uint4{x, y, z, w})
#ifdef INLAY_CUDA_EMULATOR
#define ROLLED
#define INDEXED const
#else
#define INDEXED const __grid_constant__  // else every thread first copies it to a stack in memory, 104 bytes for each sum of two
#define ROLLED _Pragma("unroll 1")  // nvcc would unroll them all: a third more time to compile and as much more code
#endif

#define __kernel __global__
#define __global
#define __local __shared__
#define char signed char  // plain char of ARM's compilers has no sign
#undef CHAR_MAX
#define CHAR_MAX SCHAR_MAX

#define CLK_LOCAL_MEM_FENCE 0
#define barrier(fence) __syncthreads()
