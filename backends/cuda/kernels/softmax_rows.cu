// SPDX-License-Identifier: Apache-2.0
// SOFTMAX of floats along rows, a warp to a row; the output may lie over the input. The formulas are those of gpu/kernels/rows.cl; a row's
// sum is taken in another order.
#include "kernels/float_types.cuh"

namespace inlay::cuda {
namespace {

constexpr int kRowsOfBlock = 4;

__device__ __forceinline__ float largest_of_lanes(float v) {
  for (int step = 16; step > 0; step /= 2) v = fmaxf(v, __shfl_xor_sync(0xffffffffu, v, step));
  return v;
}

__device__ __forceinline__ float sum_of_lanes(float v) {
  for (int step = 16; step > 0; step /= 2) v += __shfl_xor_sync(0xffffffffu, v, step);
  return v;
}

/// Grid: ceil(rows / 4) blocks of 4 warps. kHeld: numbers of a row that a lane keeps in registers, so that a row of up to 32 * kHeld is
/// read once; 0: any depth.
template <typename T, int kHeld>
__global__ void __launch_bounds__(32 * kRowsOfBlock) softmax_rows(const T* in, T* out, int rows, int depth, float beta) {
  const int row = static_cast<int>(blockIdx.x) * kRowsOfBlock + static_cast<int>(threadIdx.x) / 32, lane = static_cast<int>(threadIdx.x) % 32;
  if (row >= rows) return;
  const T* from = in + static_cast<size_t>(row) * static_cast<size_t>(depth);
  T* to = out + static_cast<size_t>(row) * static_cast<size_t>(depth);
  float largest = -INFINITY, sum = 0.0f;
  if constexpr (kHeld > 0) {
    float v[kHeld];
    INLAY_CUDA_UNROLL
    for (int i = 0; i < kHeld; ++i) {
      v[i] = lane + 32 * i < depth ? to_float(from[lane + 32 * i]) : -INFINITY;
      largest = fmaxf(largest, v[i]);
    }
    largest = largest_of_lanes(largest);
    INLAY_CUDA_UNROLL
    for (int i = 0; i < kHeld; ++i) {
      if (lane + 32 * i >= depth) continue;
      v[i] = expf((v[i] - largest) * beta);
      sum += v[i];
    }
    const float factor = 1.0f / sum_of_lanes(sum);
    INLAY_CUDA_UNROLL
    for (int i = 0; i < kHeld; ++i) {
      if (lane + 32 * i < depth) to[lane + 32 * i] = from_float<T>(v[i] * factor);
    }
  } else {
    for (int i = lane; i < depth; i += 32) largest = fmaxf(largest, to_float(from[i]));
    largest = largest_of_lanes(largest);
    for (int i = lane; i < depth; i += 32) sum += expf((to_float(from[i]) - largest) * beta);
    const float factor = 1.0f / sum_of_lanes(sum);
    for (int i = lane; i < depth; i += 32) to[i] = from_float<T>(expf((to_float(from[i]) - largest) * beta) * factor);
  }
}

#define INLAY_CUDA_SOFTMAX(T, name, held) \
  INLAY_CUDA_KERNEL("softmax_rows", "-DREAL=" name " -DHELD=" #held, "softmax_rows", softmax_rows<T, held>)

const Kernel entries[] = {
    INLAY_CUDA_SOFTMAX(float, "float", 0),  INLAY_CUDA_SOFTMAX(float, "float", 4),  INLAY_CUDA_SOFTMAX(float, "float", 32),
    INLAY_CUDA_SOFTMAX(__half, "half", 0),  INLAY_CUDA_SOFTMAX(__half, "half", 4),  INLAY_CUDA_SOFTMAX(__half, "half", 32),
};

}  // namespace

INLAY_CUDA_KERNEL_LIST(softmax_rows, entries)

}  // namespace inlay::cuda
