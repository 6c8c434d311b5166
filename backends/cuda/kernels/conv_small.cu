// SPDX-License-Identifier: Apache-2.0
// What surrounds conv_gemm: the sum of its splits, and products with a few rows, which are as fast as the weights come.
#include "kernels/conv_gemm.cuh"

namespace inlay::cuda {
namespace {

/// Adds up the splits of each value in their order. partials: [groups][splits][pixels][group_out]. A thread to a value. other: of the
/// output's shape, or NULL.
template <typename T>
__global__ void __launch_bounds__(256)
    sum_splits(const float* partials, const T* bias, const T* other, T* out, Conv s, ConvGemm g) {
  const int pixels = s.batch * s.rows * s.columns;
  const unsigned id = blockIdx.x * blockDim.x + threadIdx.x;
  const int channel = static_cast<int>(id % static_cast<unsigned>(s.out_c)),
            pixel = static_cast<int>(id / static_cast<unsigned>(s.out_c));
  if (pixel >= pixels) return;
  const int group = channel / s.group_out;
  const size_t each = static_cast<size_t>(pixels) * static_cast<size_t>(s.group_out);
  const float* from = partials + static_cast<size_t>(group * g.splits) * each +
                      static_cast<size_t>(pixel) * static_cast<size_t>(s.group_out) + (channel - group * s.group_out);
  float sum = 0.0f;
  for (int i = 0; i < g.splits; ++i) sum += from[static_cast<size_t>(i) * each];
  const PixelPlaces places = {&s, pixels};
  const int at = places.of(pixel) + channel;
  if (bias != nullptr) sum += to_float(bias[channel]);
  out[at] = from_float<T>(finished(sum, other != nullptr ? other + at : nullptr, g.finish));
}

/// A warp to an output channel and up to kRows rows: in [rows][depth], weights [channels][depth] as the model has them. other:
/// [rows][channels], or NULL.
template <typename T, int kVector, int kRows>
__global__ void __launch_bounds__(256)
    few_rows(const T* in, const T* weights, const T* bias, const T* other, T* out, int rows, int depth, int channels,
             FloatFinish finish) {
  const int channel = static_cast<int>(blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32),
            lane = static_cast<int>(threadIdx.x) % 32;
  const int first = static_cast<int>(blockIdx.y) * kRows;
  if (channel >= channels) return;
  const T* w = weights + static_cast<size_t>(channel) * static_cast<size_t>(depth);
  float sums[kRows] = {};
  for (int k = lane * kVector; k < depth; k += 32 * kVector) {
    Floats<T, kVector> weight;
    weight.load(w + k);
    INLAY_CUDA_UNROLL
    for (int r = 0; r < kRows; ++r) {
      Floats<T, kVector> value;
      value.load(in + static_cast<size_t>(min(first + r, rows - 1)) * static_cast<size_t>(depth) + k);
      INLAY_CUDA_UNROLL
      for (int e = 0; e < kVector; ++e) sums[r] += value.v[e] * weight.v[e];
    }
  }
  INLAY_CUDA_UNROLL
  for (int r = 0; r < kRows; ++r) {
    for (int step = 16; step > 0; step /= 2) sums[r] += __shfl_xor_sync(0xffffffffu, sums[r], step);
    const float sum = bias != nullptr ? sums[r] + to_float(bias[channel]) : sums[r];
    if (lane == r && first + r < rows) {
      const size_t at = static_cast<size_t>(first + r) * static_cast<size_t>(channels) + static_cast<size_t>(channel);
      out[at] = from_float<T>(finished(sum, other != nullptr ? other + at : nullptr, finish));
    }
  }
}

const Kernel entries[] = {
    INLAY_CUDA_KERNEL("conv_small", "-DREAL=float", "sum_splits", sum_splits<float>),
    INLAY_CUDA_KERNEL("conv_small", "-DREAL=half", "sum_splits", sum_splits<__half>),
    INLAY_CUDA_KERNEL("conv_small", "-DREAL=float -DVECTOR=4 -DROWS=1", "few_rows", few_rows<float, 4, 1>),
    INLAY_CUDA_KERNEL("conv_small", "-DREAL=float -DVECTOR=4 -DROWS=4", "few_rows", few_rows<float, 4, 4>),
    INLAY_CUDA_KERNEL("conv_small", "-DREAL=float -DVECTOR=1 -DROWS=1", "few_rows", few_rows<float, 1, 1>),
    INLAY_CUDA_KERNEL("conv_small", "-DREAL=float -DVECTOR=1 -DROWS=4", "few_rows", few_rows<float, 1, 4>),
    INLAY_CUDA_KERNEL("conv_small", "-DREAL=half -DVECTOR=8 -DROWS=1", "few_rows", few_rows<__half, 8, 1>),
    INLAY_CUDA_KERNEL("conv_small", "-DREAL=half -DVECTOR=8 -DROWS=4", "few_rows", few_rows<__half, 8, 4>),
    INLAY_CUDA_KERNEL("conv_small", "-DREAL=half -DVECTOR=1 -DROWS=1", "few_rows", few_rows<__half, 1, 1>),
    INLAY_CUDA_KERNEL("conv_small", "-DREAL=half -DVECTOR=1 -DROWS=4", "few_rows", few_rows<__half, 1, 4>),
};

}  // namespace

INLAY_CUDA_KERNEL_LIST(conv_small, entries)

}  // namespace inlay::cuda
