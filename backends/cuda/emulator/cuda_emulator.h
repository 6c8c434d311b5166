// SPDX-License-Identifier: Apache-2.0
// CUDA C++ for g++: put in front of every source of kernels by -include, it gives them the keywords, types and functions that
// they use. Tensor-core instructions are in emulator/tensor_cores.h, launches in emulator/launch.h.
//
// What kernels must write otherwise than for nvcc alone: dynamic shared memory is INLAY_CUDA_DYNAMIC_SHARED(type, name) of
// kernels/cuda.cuh, and inline assembly stands in wrappers (kernels/mma.cuh) that call the emulator where INLAY_CUDA_EMULATOR is
// defined.
#pragma once
#define INLAY_CUDA_EMULATOR 1

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "emulator/halves.h"
#include "emulator/machine.h"
#include "emulator/vector_types.h"

// NOLINTBEGIN: names are CUDA's
#define __global__
#define __device__
#define __host__
#define __constant__ const
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __align__(n) __attribute__((aligned(n)))
#define __grid_constant__
/// Blocks follow one another, and launches too.
#define __shared__ static

inline uint3 threadIdx, blockIdx;
inline dim3 blockDim, gridDim;
constexpr int warpSize = 32;

#define __syncthreads() ::inlay::cuda::emulator::block_barrier(__FILE__, __LINE__)
inline void __syncwarp(unsigned mask = 0xffffffffu) { inlay::cuda::emulator::meet(mask, "__syncwarp", nullptr, nullptr); }
inline void __threadfence() {}
inline void __threadfence_block() {}
// NOLINTEND

#include "emulator/intrinsics.h"
#include "emulator/shuffles.h"
