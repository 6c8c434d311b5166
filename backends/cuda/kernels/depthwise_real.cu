// SPDX-License-Identifier: Apache-2.0
// Depthwise convolutions of floats, one output channel to each input channel: a thread makes 16 bytes of channels (or one
// channel) of kPixels output pixels side by side, and reads each weight once for all of them. Filters of 3 and 5 are unrolled, so
// that the input columns that windows share are read once; others go tap by tap. Weights lie as the model has them.
#include "kernels/conv_gemm.cuh"

namespace inlay::cuda {
namespace {

/// The part of one filter row, of kFilter taps one column apart, where an input row holds kStride columns to a pixel.
template <typename T, int kVector, int kPixels, int kFilter, int kStride>
__device__ __forceinline__ void add_row(Floats<T, kVector> (&sums)[kPixels], const T* row, const T* weights, int left,
                                        const Conv& s) {
  constexpr int kColumns = (kPixels - 1) * kStride + kFilter;
  Floats<T, kVector> weight[kFilter];
  INLAY_CUDA_UNROLL
  for (int b = 0; b < kFilter; ++b) weight[b].load(weights + b * s.w_column);
  INLAY_CUDA_UNROLL
  for (int i = 0; i < kColumns; ++i) {
    const int x = left + i;
    Floats<T, kVector> value;
    if (static_cast<unsigned>(x) < static_cast<unsigned>(s.in_w)) {
      value.load(row + static_cast<size_t>(x) * static_cast<size_t>(s.in_c));
    } else {
      value.fill(0.0f);
    }
    INLAY_CUDA_UNROLL
    for (int p = 0; p < kPixels; ++p) {
      const int b = i - p * kStride;
      if (b < 0 || b >= kFilter) continue;
      INLAY_CUDA_UNROLL
      for (int e = 0; e < kVector; ++e) sums[p].v[e] += value.v[e] * weight[b].v[e];
    }
  }
}

/// The same of any filter.
template <typename T, int kVector, int kPixels>
__device__ __forceinline__ void add_any_row(Floats<T, kVector> (&sums)[kPixels], const T* row, const T* weights, int left,
                                            const Conv& s) {
  for (int b = 0; b < s.filter_w; ++b) {
    Floats<T, kVector> weight;
    weight.load(weights + b * s.w_column);
    INLAY_CUDA_UNROLL
    for (int p = 0; p < kPixels; ++p) {
      const int x = left + p * s.stride_x + b * s.step_x;
      if (static_cast<unsigned>(x) >= static_cast<unsigned>(s.in_w)) continue;
      Floats<T, kVector> value;
      value.load(row + static_cast<size_t>(x) * static_cast<size_t>(s.in_c));
      INLAY_CUDA_UNROLL
      for (int e = 0; e < kVector; ++e) sums[p].v[e] += value.v[e] * weight.v[e];
    }
  }
}

/// kFilter 0: any filter and stride. A thread to a vector of channels, kPixels pixels and an output row. other: of the output's shape, or
/// NULL.
template <typename T, int kVector, int kPixels, int kFilter, int kStride>
__global__ void __launch_bounds__(128)
    depthwise_real(const T* in, const T* weights, const T* bias, const T* other, T* out, Conv s, FloatFinish finish) {
  const int vectors = s.out_c / kVector, pieces = (s.columns + kPixels - 1) / kPixels;
  const unsigned id = blockIdx.x * blockDim.x + threadIdx.x;
  const int c = static_cast<int>(id % static_cast<unsigned>(vectors)) * kVector;
  const int place = static_cast<int>(id / static_cast<unsigned>(vectors));
  const int line = place / pieces, first = (place - line * pieces) * kPixels, image = line / s.rows, qy = line - image * s.rows;
  if (image >= s.batch) return;
  Floats<T, kVector> sums[kPixels];
  INLAY_CUDA_UNROLL
  for (int p = 0; p < kPixels; ++p) {
    if (bias != nullptr) {
      sums[p].load(bias + c);
    } else {
      sums[p].fill(0.0f);
    }
  }
  const int left = s.origin_x + first * s.stride_x, top = s.origin_y + qy * s.stride_y;
  INLAY_CUDA_UNROLL
  for (int a = 0; a < (kFilter != 0 ? kFilter : s.filter_h); ++a) {
    const int y = top + a * s.step_y;
    if (static_cast<unsigned>(y) >= static_cast<unsigned>(s.in_h)) continue;
    const T* row = in + static_cast<size_t>(image * s.in_h + y) * static_cast<size_t>(s.in_w) * static_cast<size_t>(s.in_c) + c;
    const T* w = weights + s.w_first + a * s.w_row + c;
    if constexpr (kFilter != 0) {
      add_row<T, kVector, kPixels, kFilter, kStride>(sums, row, w, left, s);
    } else {
      add_any_row<T, kVector, kPixels>(sums, row, w, left, s);
    }
  }
  INLAY_CUDA_UNROLL
  for (int p = 0; p < kPixels; ++p) {
    if (first + p >= s.columns) break;
    const size_t at = static_cast<size_t>((image * s.out_h + qy) * s.out_w + first + p) * static_cast<size_t>(s.out_c) +
                      static_cast<size_t>(c);
    Floats<T, kVector> addend;
    if (other != nullptr) addend.load(other + at);
    INLAY_CUDA_UNROLL
    for (int e = 0; e < kVector; ++e) {
      sums[p].v[e] = finished(sums[p].v[e], other != nullptr ? &addend.v[e] : nullptr, finish);
    }
    sums[p].store(out + at);
  }
}

#define INLAY_CUDA_DEPTHWISE(T, name, vector, pixels, filter, stride)                                                   \
  INLAY_CUDA_KERNEL("depthwise_real",                                                                                   \
                    "-DREAL=" name " -DVECTOR=" #vector " -DPIXELS=" #pixels " -DFILTER=" #filter " -DSTRIDE=" #stride, \
                    "depthwise_real", depthwise_real<T, vector, pixels, filter, stride>)
#define INLAY_CUDA_DEPTHWISE_FILTERS(T, name, vector, pixels)                                                   \
  INLAY_CUDA_DEPTHWISE(T, name, vector, pixels, 0, 0), INLAY_CUDA_DEPTHWISE(T, name, vector, pixels, 3, 1),     \
      INLAY_CUDA_DEPTHWISE(T, name, vector, pixels, 3, 2), INLAY_CUDA_DEPTHWISE(T, name, vector, pixels, 5, 1), \
      INLAY_CUDA_DEPTHWISE(T, name, vector, pixels, 5, 2)

const Kernel entries[] = {
    INLAY_CUDA_DEPTHWISE_FILTERS(float, "float", 4, 1), INLAY_CUDA_DEPTHWISE_FILTERS(float, "float", 4, 2),
    INLAY_CUDA_DEPTHWISE_FILTERS(float, "float", 4, 4), INLAY_CUDA_DEPTHWISE(float, "float", 1, 1, 0, 0),
    INLAY_CUDA_DEPTHWISE_FILTERS(__half, "half", 8, 1), INLAY_CUDA_DEPTHWISE_FILTERS(__half, "half", 8, 2),
    INLAY_CUDA_DEPTHWISE_FILTERS(__half, "half", 8, 4), INLAY_CUDA_DEPTHWISE(__half, "half", 1, 1, 0, 0),
};

}  // namespace

INLAY_CUDA_KERNEL_LIST(depthwise_real, entries)

}  // namespace inlay::cuda
