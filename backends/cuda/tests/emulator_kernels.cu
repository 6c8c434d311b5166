// SPDX-License-Identifier: Apache-2.0
// Kernels that show what the emulator does, right ones and wrong ones.
#include "emulator/tensor_cores.h"
#include "kernels/wgmma.cuh"
#include "tests/emulator_kernels.h"

namespace inlay::cuda {
namespace {

/// Sums of a block's values, by a tree in shared memory.
__global__ void block_sums(const int* in, int* out) {
  INLAY_CUDA_DYNAMIC_SHARED(int, sums);
  sums[threadIdx.x] = in[blockIdx.x * blockDim.x + threadIdx.x];
  for (unsigned half = blockDim.x / 2; half > 0; half /= 2) {
    __syncthreads();
    if (threadIdx.x < half) sums[threadIdx.x] += sums[threadIdx.x + half];
  }
  if (threadIdx.x == 0) out[blockIdx.x] = sums[0];
}

/// The same where a warp's lanes add up by shuffles, and its sums lie in static shared memory.
__global__ void warp_sums(const int* in, int* out) {
  __shared__ int of_warp[32];
  int v = in[blockIdx.x * blockDim.x + threadIdx.x];
  for (int step = 16; step > 0; step /= 2) v += __shfl_down_sync(0xffffffffu, v, static_cast<unsigned>(step));
  if (threadIdx.x % 32 == 0) of_warp[threadIdx.x / 32] = v;
  __syncthreads();
  if (threadIdx.x != 0) return;
  int sum = 0;
  for (unsigned w = 0; w < blockDim.x / 32; ++w) sum += of_warp[w];
  out[blockIdx.x] = sum;
}

/// Every thread gives its neighbour's value; the barrier in between is left out where `broken`.
__global__ void neighbours(const int* in, int* out, int broken) {
  INLAY_CUDA_DYNAMIC_SHARED(int, values);
  const unsigned at = blockIdx.x * blockDim.x + threadIdx.x;
  values[threadIdx.x] = in[at];
  if (broken == 0) __syncthreads();
  out[at] = values[(threadIdx.x + 1) % blockDim.x];
}

__global__ void places(uint3* out) {
  const unsigned block = (blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
  const unsigned thread = (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
  out[block * blockDim.x * blockDim.y * blockDim.z + thread] = {blockIdx.x + 10 * threadIdx.x, blockIdx.y + 10 * threadIdx.y,
                                                                blockIdx.z + 10 * threadIdx.z};
}

/// What is wrong in it is chosen by `kind`; 0 is right.
__global__ void wrong(int kind, const int* memory) {
  INLAY_CUDA_DYNAMIC_SHARED(int, shared);
  const unsigned t = threadIdx.x;
  if (kind == 1 && t == 3) return;
  if (kind == 2 && t < 8) {
    __syncthreads();
  } else {
    __syncthreads();
  }
  if (kind == 3 && t >= 16) __syncwarp(0xffff0000u);
  if (kind == 3 && t < 8) __syncwarp(0x0000ffffu);
  if (kind == 4) __shfl_sync(t < 16 ? 0x0000ffffu : 0xffff0000u, 1, 20);
  if (kind == 5) emulator::copy_async(reinterpret_cast<char*>(shared) + 4, memory, 16, 16);
  if (kind == 6) __syncwarp(t == 0 ? 2u : 1u);
  __syncthreads();
}

/// shared[0] is read before the copy was waited for where `early`.
__global__ void copies(const int* memory, int* out, int early) {
  INLAY_CUDA_DYNAMIC_SHARED(int, shared);
  emulator::copy_async(shared, memory, 16, 8);
  emulator::commit_copies();
  emulator::copy_async(shared + 4, memory + 4, 4, 4);
  emulator::commit_copies();
  emulator::wait_copies(early != 0 ? 2 : 1);
  for (int i = 0; i < 5; ++i) out[i] = shared[i];
  emulator::wait_copies(0);
  out[5] = shared[4];
}

/// One product of a group of four warps, out[64][128] of a[64][128 of depth] and b[128][128 of depth]. `broken` leaves one thing
/// out.
__global__ void group_product(const int8_t* a, const int8_t* b, int* out, int broken) {
  INLAY_CUDA_DYNAMIC_SHARED(unsigned char, memory);
  unsigned char* const rows = align_to_swizzle(memory);
  const int t = static_cast<int>(threadIdx.x);
  for (int i = t; i < (64 + 128) * 8; i += 128) {
    const int row = i / 8, chunk = i % 8;
    const int8_t* const from = row < 64 ? a + row * 128 : b + (row - 64) * 128;
    copy_async<16>(rows + row * 128 + ((chunk ^ (row % 8)) << 4), from + chunk * 16);
  }
  commit_copies();
  if (broken != 1) wait_copies<0>();
  if (broken != 2) fence_async_proxy();
  if (broken != 3) __syncthreads();
  int sums[16][4] = {};
  if (broken != 4) fence_sums();
  const uint32_t place = shared_place(rows) + (broken == 7 ? 128 : 0);
  const uint64_t of_a = descriptor_of(place), of_b = descriptor_of(place + 64 * 128 + (broken == 8 && t >= 32 ? 1024u : 0u));
  for (unsigned k = 0; k < 4; ++k) start_product(sums, of_a + 2 * k, of_b + 2 * k);
  commit_products();
  if (broken == 5) copy_async<16>(rows + t * 16, a);
  if (broken != 6) wait_products<0>();
  for (int i = 0; i < 64; ++i) {
    const int row = t / 32 * 16 + t % 32 / 4 + i % 4 / 2 * 8, column = i / 4 * 8 + t % 4 * 2 + i % 2;
    out[row * 128 + column] = sums[i / 4][i % 4];
  }
}

const Kernel entries[] = {
    INLAY_CUDA_KERNEL("tests", "", "block_sums", block_sums),
    INLAY_CUDA_KERNEL("tests", "", "warp_sums", warp_sums),
    INLAY_CUDA_KERNEL("tests", "", "neighbours", neighbours),
    INLAY_CUDA_KERNEL("tests", "", "places", places),
    INLAY_CUDA_KERNEL("tests", "", "wrong", wrong),
    INLAY_CUDA_KERNEL("tests", "", "copies", copies),
    INLAY_CUDA_KERNEL("tests", "", "group_product", group_product),
};

}  // namespace

const Kernel& test_kernel(const char* name) {
  for (const Kernel& k : entries) {
    if (std::strcmp(k.name, name) == 0) return k;
  }
  std::abort();
}

}  // namespace inlay::cuda
