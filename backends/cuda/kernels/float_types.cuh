// SPDX-License-Identifier: Apache-2.0
// Floats as memory holds them, in vectors of 16 bytes where they are aligned so; kernels compute in float.
#pragma once
#include "kernels/cuda.cuh"

#ifdef INLAY_CUDA_EMULATOR
#define INLAY_CUDA_NO_UNROLL
#else
#define INLAY_CUDA_NO_UNROLL _Pragma("unroll 1")
#endif

namespace inlay::cuda {

__device__ __forceinline__ float to_float(float v) { return v; }
__device__ __forceinline__ float to_float(__half v) { return __half2float(v); }
__device__ __forceinline__ uint32_t bits_of_half(__half v) { return __half_as_ushort(v); }
__device__ __forceinline__ uint32_t bits_of_half(__nv_bfloat16 v) { return __bfloat16_as_ushort(v); }

template <typename T>
__device__ __forceinline__ T from_float(float v) {
  if constexpr (sizeof(T) == 4) {
    return v;
  } else {
    return __float2half_rn(v);
  }
}

/// v, or the bound that it is beyond; what is no number stays so.
__device__ __forceinline__ float clamp_real(float v, float low, float high) { return v < low ? low : v > high ? high : v; }

/// FloatFinish of ops/gemm_float.h: the bounds of results, and those of their sums with another tensor.
struct FloatFinish {
  float low, high, sum_low, sum_high;
};
/// What is stored of a result. other: where the value lies that is added to it; NULL: none is.
template <typename T>
__device__ __forceinline__ float finished(float v, const T* other, const FloatFinish& f) {
  const float own = clamp_real(v, f.low, f.high);
  return other != nullptr ? clamp_real(own + to_float(*other), f.sum_low, f.sum_high) : own;
}

/// kCount elements side by side: the whole of 16 bytes, or one.
template <typename T, int kCount>
struct Floats {
  static_assert(kCount == 1 || kCount * sizeof(T) == 16, "one load");
  float v[kCount];

  __device__ __forceinline__ void load(const T* from) {
    if constexpr (kCount == 1) {
      v[0] = to_float(*from);
    } else if constexpr (sizeof(T) == 4) {
      const float4 f = *reinterpret_cast<const float4*>(from);
      v[0] = f.x, v[1] = f.y, v[2] = f.z, v[3] = f.w;
    } else {
      const uint4 u = *reinterpret_cast<const uint4*>(from);
      const uint32_t words[4] = {u.x, u.y, u.z, u.w};
      INLAY_CUDA_UNROLL
      for (int i = 0; i < kCount; ++i) {
        v[i] = __half2float(__ushort_as_half(static_cast<unsigned short>(words[i / 2] >> (i % 2 * 16))));
      }
    }
  }
  __device__ __forceinline__ void fill(float value) {
    INLAY_CUDA_UNROLL
    for (int i = 0; i < kCount; ++i) v[i] = value;
  }
  __device__ __forceinline__ void store(T* to) const {
    if constexpr (kCount == 1) {
      *to = from_float<T>(v[0]);
    } else if constexpr (sizeof(T) == 4) {
      *reinterpret_cast<float4*>(to) = make_float4(v[0], v[1], v[2], v[3]);
    } else {
      uint32_t words[4] = {};
      INLAY_CUDA_UNROLL
      for (int i = 0; i < kCount; ++i) words[i / 2] |= bits_of_half(__float2half_rn(v[i])) << (i % 2 * 16);
      *reinterpret_cast<uint4*>(to) = make_uint4(words[0], words[1], words[2], words[3]);
    }
  }
};

}  // namespace inlay::cuda
