// SPDX-License-Identifier: Apache-2.0
// A block's part of a product of matrices of floats: a pipeline of panels, and where sums go.
#pragma once
#include "kernels/float_math.cuh"

namespace inlay::cuda {

/// Panels on their way: so many as 48 KiB hold, which need no leave of the driver, and at most four.
template <class Math>
struct Stages {
  static constexpr int kBytesA = Panel<Math::kRows, Math::kChunksA>::kBytes,
                       kBytesB = Panel<Math::kColumns, Math::kChunksB>::kBytes;
  static constexpr int kFit = 48 * 1024 / (kBytesA + kBytesB);
  static constexpr int kCount = kFit < 4 ? kFit : 4;
  static_assert(kCount >= 2, "one panel is filled while another is read");
};

/// For __launch_bounds__. Reading element by element takes more registers than reading in chunks.
template <class Math>
constexpr int blocks_of_unit(bool in_chunks) {
  return in_chunks || Math::kBlocksOfUnit == 1 ? Math::kBlocksOfUnit : Math::kBlocksOfUnit * 3 / 4;
}

/// Adds rows first_row.. of a by rows first_column.. of b over depths [first_k, last_k) to what `math` has. panels: kCount pairs of
/// them, those of a first; nobody reads or writes them before, nor, until the next barrier, behind.
template <int kCount, class Math, class SourceA, class SourceB>
__device__ __forceinline__ void add_panels(unsigned char* panels, Math& math, const SourceA& a, const SourceB& b, int first_row,
                                           int first_column, int first_k, int last_k) {
  using Of = Stages<Math>;
  unsigned char* const panels_b = panels + kCount * Of::kBytesA;
  const int thread = static_cast<int>(threadIdx.x);
  const PanelLoader<Math::kThreads, Math::kRows, Math::kChunksA, SourceA> load_a(a, first_row, thread);
  const PanelLoader<Math::kThreads, Math::kColumns, Math::kChunksB, SourceB> load_b(b, first_column, thread);
  constexpr int kDepth = decltype(load_a)::kDepth;
  static_assert(kDepth == decltype(load_b)::kDepth, "panels are equally deep");
  const SharedAddress to_a = shared_address(panels), to_b = shared_address(panels_b);

  INLAY_CUDA_UNROLL
  for (int stage = 0; stage < kCount - 1; ++stage) {
    const int k = first_k + stage * kDepth;
    if (k < last_k) {
      load_a.load(to_a + stage * Of::kBytesA, k);
      load_b.load(to_b + stage * Of::kBytesB, k);
    }
    commit_copies();
  }
  int stage = 0, next = kCount - 1;
  for (int k = first_k; k < last_k; k += kDepth) {
    wait_copies<kCount - 2>();
    __syncthreads();  // everybody's copies are there, and everybody has left the panels that are filled now
    const int ahead = k + (kCount - 1) * kDepth;
    if (ahead < last_k) {
      load_a.load(to_a + next * Of::kBytesA, ahead);
      load_b.load(to_b + next * Of::kBytesB, ahead);
    }
    commit_copies();
    math.step(panels + stage * Of::kBytesA, panels_b + stage * Of::kBytesB);
    stage = stage + 1 == kCount ? 0 : stage + 1;
    next = next + 1 == kCount ? 0 : next + 1;
  }
}

/// Sums rows first_row.. of a by rows first_column.. of b over depths [first_k, last_k), and hands the Math that has the sums to
/// `finish`.
template <class Math, class SourceA, class SourceB, class Finish>
__device__ __forceinline__ void multiply_panels(const SourceA& a, const SourceB& b, int first_row, int first_column, int first_k,
                                                int last_k, const Finish& finish) {
  using Of = Stages<Math>;
  __align__(128) __shared__ unsigned char panels[Of::kCount * (Of::kBytesA + Of::kBytesB)];
  Math math(static_cast<int>(threadIdx.x));
  add_panels<Of::kCount>(panels, math, a, b, first_row, first_column, first_k, last_k);
  finish(math);
}

/// Sums as they are: [rows][columns] float32.
struct PartialOut {
  float* first;
  int rows, columns;
  struct Row {
    float* first;
  };
  __device__ __forceinline__ Row row(int r) const {
    return {r < rows ? first + static_cast<size_t>(r) * static_cast<size_t>(columns) : nullptr};
  }
  __device__ __forceinline__ void one(const Row& r, int column, float v) const {
    if (r.first != nullptr && column < columns) r.first[column] = v;
  }
  __device__ __forceinline__ void two(const Row& r, int column, float v, float w) const {
    one(r, column, v);
    one(r, column + 1, w);
  }
};

/// Rows of a tensor, with bias, clamp and what else is added. Places: where row r begins, in elements, -1: nowhere.
template <typename T, class Places>
struct TensorOut {
  T* first;
  const T* bias;   ///< of column 0, or NULL
  const T* other;  ///< a tensor that lies alike, or NULL
  int columns;
  bool pairs;  ///< every even column lies at an even place
  FloatFinish finish;
  Places places;
  struct Row {
    int at;
  };
  __device__ __forceinline__ Row row(int r) const { return {places.of(r)}; }
  __device__ __forceinline__ float result(const Row& r, int column, float v) const {
    return finished(bias != nullptr ? v + to_float(bias[column]) : v, other != nullptr ? other + r.at + column : nullptr, finish);
  }
  __device__ __forceinline__ void one(const Row& r, int column, float v) const {
    if (r.at >= 0 && column < columns) first[r.at + column] = from_float<T>(result(r, column, v));
  }
  /// `column` is even.
  __device__ __forceinline__ void two(const Row& r, int column, float v, float w) const {
    if (!pairs || column + 1 >= columns) {
      one(r, column, v);
      one(r, column + 1, w);
    } else if (r.at >= 0) {
      const float x = result(r, column, v), y = result(r, column + 1, w);
      if constexpr (sizeof(T) == 4) {
        *reinterpret_cast<float2*>(first + r.at + column) = make_float2(x, y);
      } else {
        *reinterpret_cast<__half2*>(first + r.at + column) = __floats2half2_rn(x, y);
      }
    }
  }
};

/// [rows][stride]
struct RowPlaces {
  int rows, stride;
  __device__ __forceinline__ int of(int r) const { return r < rows ? r * stride : -1; }
};

// The tiles that kernels exist in, as Tile of ops/gemm_float.h lists them; both have the same numbers.
template <int kTile>
using ScalarTile =
    typename std::conditional<kTile == 0, ScalarMath<128, 128, 8, 8>,
                              typename std::conditional<kTile == 1, ScalarMath<64, 64, 8, 4>,
                                                        typename std::conditional<kTile == 2, ScalarMath<128, 32, 8, 4>,
                                                                                  ScalarMath<32, 32, 4, 2>>::type>::type>::type;
template <class Kind, int kTile>
using TensorTile = typename std::conditional<
    kTile == 0, TensorMath<Kind, 128, 128, 64, 32>,
    typename std::conditional<kTile == 1, TensorMath<Kind, 64, 64, 32, 32>,
                              typename std::conditional<kTile == 2, TensorMath<Kind, 128, 32, 32, 32>,
                                                        TensorMath<Kind, 32, 32, 16, 16>>::type>::type>::type;

}  // namespace inlay::cuda
