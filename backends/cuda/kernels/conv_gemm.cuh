// SPDX-License-Identifier: Apache-2.0
// Convolutions of floats as products of matrices: rows are output pixels, columns the output channels of a group, and the depth
// runs over taps and input channels as a table says. What is read of the input is never written down as a matrix.
#pragma once
#include "kernels/float_gemm.cuh"

namespace inlay::cuda {

/// gpu::ConvLaunch, member by member; gpu/ops/conv.h says what they mean.
struct Conv {
  int batch, in_h, in_w, in_c, out_h, out_w, out_c;
  int rows, columns, first_y, first_x, every_y, every_x;
  int origin_y, origin_x, stride_y, stride_x, step_y, step_x, filter_h, filter_w;
  int group_in, group_out;
  int w_first, w_out, w_row, w_column;
};

/// ConvGemm of ops/gemm_float.h.
struct ConvGemm {
  int depth;        ///< of packed weights: whole panels
  int depth_split;  ///< whole panels that a block sums; more than one block to a tile where it is less than depth
  int splits;
  FloatFinish finish;
};

/// What a depth (or 16 bytes of depths) adds to a pixel's window: rows, columns, elements. Rows far outside: a zero.
struct Tap {
  int y, x, at, unused;
};

/// Windows of output pixels over the input. kVector: chunks of 16 bytes lie within the channels of one tap and one group.
template <typename T, bool kVector_>
struct WindowSource {
  using Element = T;
  static constexpr bool kVector = kVector_, kRowsFirst = false;
  static constexpr int kPerTap = kVector ? kChunkBytes / static_cast<int>(sizeof(T)) : 1;
  const T* first;  ///< of the group
  const Tap* taps;
  int pixels, in_h, in_w;
  const Conv* s;
  struct Row {
    int y, x, at;
  };
  __device__ Row row(int pixel) const {
    if (pixel >= pixels) return {-(1 << 29), 0, 0};
    const int line = pixel / s->columns, image = line / s->rows;
    const int y = s->origin_y + (line - image * s->rows) * s->stride_y,
              x = s->origin_x + (pixel - line * s->columns) * s->stride_x;
    return {y, x, ((image * in_h + y) * in_w + x) * s->in_c};
  }
  __device__ const T* at(const Row& r, int k) const {
    const int4 tap = __ldg(reinterpret_cast<const int4*>(taps + k / kPerTap));
    const bool there = static_cast<unsigned>(r.y + tap.x) < static_cast<unsigned>(in_h) &&
                       static_cast<unsigned>(r.x + tap.y) < static_cast<unsigned>(in_w);
    return there ? first + (r.at + tap.z) : nullptr;
  }
};

/// Where output pixels lie.
struct PixelPlaces {
  const Conv* s;
  int pixels;
  __device__ __forceinline__ int of(int pixel) const {
    if (pixel >= pixels) return -1;
    const int line = pixel / s->columns, image = line / s->rows;
    const int y = s->first_y + (line - image * s->rows) * s->every_y, x = s->first_x + (pixel - line * s->columns) * s->every_x;
    return ((image * s->out_h + y) * s->out_w + x) * s->out_c;
  }
};

// The ways to read the input.
constexpr int kDense = 0;      ///< rows of values side by side
constexpr int kWindows = 1;    ///< windows in chunks of 16 bytes
constexpr int kScattered = 2;  ///< windows element by element

template <class Math, class SourceA>
__device__ __forceinline__ void multiply_conv(const SourceA& a, const typename Math::B* weights, const typename Math::A* bias,
                                              const typename Math::A* other, typename Math::A* out, float* partials,
                                              const Conv& s, const ConvGemm& g) {
  const int group = static_cast<int>(blockIdx.z) / g.splits, split = static_cast<int>(blockIdx.z) % g.splits;
  const int pixels = s.batch * s.rows * s.columns, first_channel = group * s.group_out;
  const int first_row = static_cast<int>(blockIdx.x) * Math::kRows, first_column = static_cast<int>(blockIdx.y) * Math::kColumns;
  const int first_k = split * g.depth_split, last_k = min(g.depth, first_k + g.depth_split);
  const MatrixSource<typename Math::B, true> b = {weights + static_cast<size_t>(first_channel) * static_cast<size_t>(g.depth),
                                                  s.group_out, g.depth, g.depth, 1};
  multiply_panels<Math>(a, b, first_row, first_column, first_k, last_k, [&](const Math& sums) {
    if (g.splits > 1) {
      const size_t at = static_cast<size_t>(blockIdx.z) * static_cast<size_t>(pixels) * static_cast<size_t>(s.group_out);
      sums.finish(PartialOut{partials + at, pixels, s.group_out}, first_row, first_column);
    } else {
      const bool pairs = s.out_c % 2 == 0 && s.group_out % 2 == 0;
      const TensorOut<typename Math::A, PixelPlaces> to = {out + first_channel,
                                                           bias != nullptr ? bias + first_channel : nullptr,
                                                           other != nullptr ? other + first_channel : nullptr,
                                                           s.group_out,
                                                           pairs,
                                                           g.finish,
                                                           {&s, pixels}};
      sums.finish(to, first_row, first_column);
    }
  });
}

/// Grid: tiles of pixels, tiles of a group's channels, groups * splits. weights: [out_c][depth]. partials:
/// [groups][splits][pixels] [group_out] where there is more than one split. taps: one to every depth, or to 16 bytes of depths
/// (kWindows); not for kDense. other: of the output's shape, what is added, or NULL.
template <class Math, int kReads>
__global__ void __launch_bounds__(Math::kThreads, blocks_of_unit<Math>(kReads != kScattered))
    conv_gemm(const typename Math::A* in, const typename Math::B* weights, const typename Math::A* bias,
              const typename Math::A* other, typename Math::A* out, float* partials, const Tap* taps, Conv s, ConvGemm g) {
  const int group = static_cast<int>(blockIdx.z) / g.splits;
  if constexpr (kReads == kDense) {
    const MatrixSource<typename Math::A, true> a = {in, s.columns, s.in_c, s.in_c, 1};
    multiply_conv<Math>(a, weights, bias, other, out, partials, s, g);
  } else {
    const WindowSource<typename Math::A, kReads == kWindows> a = {
        in + group * s.group_in, taps, s.batch * s.rows * s.columns, s.in_h, s.in_w, &s};
    multiply_conv<Math>(a, weights, bias, other, out, partials, s, g);
  }
}

/// The entries of one kind of Math: every tile, every way to read.
#define INLAY_CUDA_CONV_GEMM_TILE(source, MATH, tile)                                                         \
  INLAY_CUDA_KERNEL(#source, "-DTILE=" #tile " -DREADS=0", "conv_gemm", conv_gemm<MATH<tile>, kDense>),       \
      INLAY_CUDA_KERNEL(#source, "-DTILE=" #tile " -DREADS=1", "conv_gemm", conv_gemm<MATH<tile>, kWindows>), \
      INLAY_CUDA_KERNEL(#source, "-DTILE=" #tile " -DREADS=2", "conv_gemm", conv_gemm<MATH<tile>, kScattered>)
#define INLAY_CUDA_CONV_GEMM(source, MATH)                                                \
  INLAY_CUDA_CONV_GEMM_TILE(source, MATH, 0), INLAY_CUDA_CONV_GEMM_TILE(source, MATH, 1), \
      INLAY_CUDA_CONV_GEMM_TILE(source, MATH, 2), INLAY_CUDA_CONV_GEMM_TILE(source, MATH, 3)

}  // namespace inlay::cuda
