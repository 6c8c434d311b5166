// SPDX-License-Identifier: Apache-2.0
// Panels: the rows of an operand that a block multiplies next, in shared memory, and how they get there.
//
// A row of a panel is a run of the product's depth (k), 16 bytes to a chunk. Chunks of a row are permuted by the row's number, so that
// both eight lanes that read one chunk of eight rows, as ldmatrix does, and lanes that fill a row, meet all 32 banks.
#pragma once
#include <type_traits>

#include "kernels/cuda.cuh"
#include "kernels/float_types.cuh"
#include "kernels/mma.cuh"

namespace inlay::cuda {

constexpr int kChunkBytes = 16;

template <int kRows, int kChunks>
struct Panel {
  static_assert(kChunks == 2 || kChunks == 4 || kChunks == 8, "a row is a part of the 128 bytes that all banks hold");
  static constexpr int kBytes = kRows * kChunks * kChunkBytes;
  /// Where a chunk lies, in bytes.
  static __device__ int at(int row, int chunk) {
    constexpr int kRowsOfLine = 8 / kChunks;
    return (row * kChunks + (chunk ^ (row / kRowsOfLine % kChunks))) * kChunkBytes;
  }
};

/// Rows of a matrix in memory: element (row, k) lies at row * stride + k * step. kVector: step is 1, and every chunk is 16 bytes at a
/// multiple of 16 that lie in the matrix as a whole or not at all. kRowsFirst: neighbours in memory are neighbouring rows.
template <typename T, bool kVector_, bool kRowsFirst_ = false>
struct MatrixSource {
  using Element = T;
  static constexpr bool kVector = kVector_, kRowsFirst = kRowsFirst_;
  const T* first;
  int rows, depth, stride, step;
  struct Row {
    const T* first;  ///< NULL behind the last row
  };
  __device__ Row row(int r) const { return {r < rows ? first + static_cast<size_t>(r) * static_cast<size_t>(stride) : nullptr}; }
  /// Element k of the row, or NULL: a zero.
  __device__ const T* at(const Row& r, int k) const {
    return r.first != nullptr && k < depth ? r.first + (kVector ? k : k * step) : nullptr;
  }
};

/// A thread's share of filling one panel after another. A row of k's is taken chunk by chunk by neighbours, or rows by neighbours.
template <int kThreads, int kRows, int kChunks, class Source>
class PanelLoader {
 public:
  using T = typename Source::Element;
  using Place = Panel<kRows, kChunks>;
  static constexpr int kPerChunk = kChunkBytes / static_cast<int>(sizeof(T)), kDepth = kChunks * kPerChunk;
  static_assert(kThreads % kChunks == 0 && (!Source::kRowsFirst || kThreads % kRows == 0 || kRows % kThreads == 0), "shares are alike");

  /// Rows `first_row` and following.
  __device__ PanelLoader(const Source& source, int first_row, int thread) : source_(source) {
    INLAY_CUDA_UNROLL
    for (int i = 0; i < kShares; ++i) {
      row_[i] = static_cast<short>(row_of(thread, i));
      chunk_[i] = static_cast<short>(chunk_of(thread, i));
      rows_[i] = source.row(first_row + row_[i]);
    }
  }

  /// Begins to fill `panel` with depth first_k .. first_k + kDepth - 1; done once the copies were waited for.
  __device__ void load(SharedAddress panel, int first_k) const {
    INLAY_CUDA_UNROLL
    for (int i = 0; i < kShares; ++i) {
      if (kRows * kChunks % kThreads != 0 && (row_[i] >= kRows || chunk_[i] >= kChunks)) break;
      const SharedAddress to = panel + Place::at(row_[i], chunk_[i]);
      const int k = first_k + chunk_[i] * kPerChunk;
      if (Source::kVector) {
        const T* from = source_.at(rows_[i], k);
        copy_async<16>(to, from != nullptr ? from : fallback(), from != nullptr);
      } else {
        load_elements(to, rows_[i], k);
      }
    }
  }

 private:
  static constexpr int kShares = (kRows * kChunks + kThreads - 1) / kThreads;
  static __device__ int row_of(int thread, int i) {
    const int index = thread + i * kThreads;
    return Source::kRowsFirst ? index % kRows : index / kChunks;
  }
  static __device__ int chunk_of(int thread, int i) {
    const int index = thread + i * kThreads;
    return Source::kRowsFirst ? index / kRows : index % kChunks;
  }
  /// An address that a copy of nothing may name.
  __device__ const T* fallback() const { return source_.first; }

  __device__ void load_elements(SharedAddress to, const typename Source::Row& row, int k) const {
    if constexpr (sizeof(T) == 4) {
      INLAY_CUDA_UNROLL
      for (int e = 0; e < kPerChunk; ++e) {
        const T* from = source_.at(row, k + e);
        copy_async<4>(to + 4 * e, from != nullptr ? from : fallback(), from != nullptr);
      }
    } else {  // there is no cp.async of 2 bytes
      INLAY_CUDA_UNROLL
      for (int e = 0; e < kPerChunk; e += 2) {
        const T* low = source_.at(row, k + e);
        const T* high = source_.at(row, k + e + 1);
        store_shared(to + 2 * e, (low != nullptr ? bits_of_half(*low) : 0u) | (high != nullptr ? bits_of_half(*high) : 0u) << 16);
      }
    }
  }

  Source source_;
  typename Source::Row rows_[kShares];
  short row_[kShares], chunk_[kShares];
};

}  // namespace inlay::cuda
