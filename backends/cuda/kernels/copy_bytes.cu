// SPDX-License-Identifier: Apache-2.0
// Copies of bytes that are no tensor's whole: 16 bytes to a thread, single bytes at the end.
#include "kernels/cuda.cuh"

namespace inlay::cuda {
namespace {

/// Grid: ceil(bytes / 16) threads. Both places at multiples of 16.
__global__ void copy_bytes(const uint8_t* from, uint8_t* to, uint32_t bytes) {
  const uint32_t first = (blockIdx.x * blockDim.x + threadIdx.x) * 16;
  if (first + 16 <= bytes) {
    *reinterpret_cast<uint4*>(to + first) = *reinterpret_cast<const uint4*>(from + first);
  } else {
    for (uint32_t i = first; i < bytes; ++i) to[i] = from[i];
  }
}

const Kernel entries[] = {INLAY_CUDA_KERNEL("copy_bytes", "", "copy_bytes", copy_bytes)};

}  // namespace

INLAY_CUDA_KERNEL_LIST(copy_bytes, entries)

}  // namespace inlay::cuda
