// SPDX-License-Identifier: Apache-2.0
// In front of all kernels: what nvcc and the emulator (backends/cuda/emulator) write differently.
#pragma once
#include "kernel_table.h"

#ifdef INLAY_CUDA_EMULATOR
/// The block's dynamic shared memory as an array of `type`.
#define INLAY_CUDA_DYNAMIC_SHARED(type, name) type* const name = static_cast<type*>(::inlay::cuda::emulator::dynamic_shared())
#define INLAY_CUDA_UNROLL
#else
#include <cstdint>

namespace inlay::cuda {
extern __shared__ __align__(128) unsigned char dynamic_shared_memory[];
}
#define INLAY_CUDA_DYNAMIC_SHARED(type, name) type* const name = reinterpret_cast<type*>(::inlay::cuda::dynamic_shared_memory)
#define INLAY_CUDA_UNROLL _Pragma("unroll")
#endif
