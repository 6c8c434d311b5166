// SPDX-License-Identifier: Apache-2.0
// How a block brings rows of an operand of a product of 8-bit matrices into shared memory: 64 values of depth to a row and slice, as
// kernels/conv_tile.cuh lays them. Tensor cores want the depth side by side, so that an operand whose rows are side by side in memory
// (the values of attention, say) is turned on the way, 4 x 4 bytes at a time in registers.
#pragma once
#include "kernels/conv_tile.cuh"
#include "kernels/q8_types.h"

namespace inlay::cuda {

/// An operand: value (row, k) at first + row * stride + k * step.
struct Q8Rows {
  const uint8_t* first;
  int rows, depth, stride, step;
  int reads;  ///< RowReads
};

/// Chunks of 16 bytes, by asynchronous copies.
template <typename Tile, int kRows>
class ChunkRows {
 public:
  __device__ __forceinline__ ChunkRows(const Q8Rows& of, int first_row) : of_(of), first_row_(first_row) {}
  /// Starts to fill `to` with depth step `step`; what lies behind the last row or depth is zeros.
  __device__ __forceinline__ void begin(SharedAddress to, int step) {
    INLAY_CUDA_UNROLL
    for (int share = 0; share < kShares; ++share) {
      const int i = share * Tile::kThreads + static_cast<int>(threadIdx.x);
      if (kAll % Tile::kThreads != 0 && i >= kAll) break;
      const int row = i / kColumns, column = i % kColumns, at = first_row_ + row, k = (step * kColumns + column) * 16;
      const bool there = at < of_.rows && k < of_.depth;
      const uint8_t* from = there ? of_.first + static_cast<size_t>(at) * static_cast<size_t>(of_.stride) + k : of_.first;
      copy_async<16>(to + column / 4 * (kRows * kDepthBlock) + chunk_at(row, column % 4), from, there);
    }
  }
  /// What is left to do when the copies of begin() are under way.
  __device__ __forceinline__ void end(SharedAddress) {}

 private:
  static constexpr int kColumns = Tile::kSlices * 4, kAll = kRows * kColumns;
  static constexpr int kShares = (kAll + Tile::kThreads - 1) / Tile::kThreads;
  Q8Rows of_;
  int first_row_;
};

/// Words of 4 depths of 4 rows: copied, turned, or put together from bytes. kReads: how, kAnyReads: as Q8Rows says. Words that go
/// through registers are read in begin() and written in end(), so that a product's time lies between.
template <typename Tile, int kRows, int kReads>
class WordRows {
 public:
  __device__ __forceinline__ WordRows(const Q8Rows& of, int first_row) : of_(of), first_row_(first_row) {}
  __device__ __forceinline__ void begin(SharedAddress to, int step) {
    INLAY_CUDA_UNROLL
    for (int share = 0; share < kShares; ++share) {
      const Place at(share);
      if (!at.exists()) break;
      const int row = first_row_ + 4 * at.group, k = (step * kWords + at.word) * 4;
      if (reads() == kTurnedReads) {
        read_turned(words_[share], row, k);
      } else if (reads() == kWordReads) {
        copy_words(to, at, row, k);
      } else {
        read_bytes(words_[share], row, k);
      }
    }
  }
  __device__ __forceinline__ void end(SharedAddress to) {
    if (reads() == kWordReads) return;
    INLAY_CUDA_UNROLL
    for (int share = 0; share < kShares; ++share) {
      const Place at(share);
      if (!at.exists()) break;
      uint32_t* const w = words_[share];
      if (reads() == kTurnedReads) turn(w);
      INLAY_CUDA_UNROLL
      for (int r = 0; r < 4; ++r) store_shared(to + at.of_row(r), w[r]);
    }
  }

 private:
  static constexpr int kWords = Tile::kSlices * kDepthBlock / 4, kGroups = kRows / 4, kAll = kWords * kGroups;
  static constexpr int kShares = (kAll + Tile::kThreads - 1) / Tile::kThreads;

  /// Which word of which rows a share is: a warp has 8 words side by side of 4 groups of rows, so that it meets whole sectors of
  /// memory in either order, and half of the banks of shared memory.
  struct Place {
    int index, word, group;
    __device__ __forceinline__ explicit Place(int share)
        : index(share * Tile::kThreads + static_cast<int>(threadIdx.x)),
          word(index / 8 / kGroups * 8 + index % 8),
          group(index / 8 % kGroups) {}
    __device__ __forceinline__ bool exists() const { return kAll % Tile::kThreads == 0 || index < kAll; }
    __device__ __forceinline__ int of_row(int r) const {
      return word / 16 * (kRows * kDepthBlock) + chunk_at(4 * group + r, word % 16 / 4) + word % 4 * 4;
    }
  };

  __device__ __forceinline__ int reads() const { return kReads == kAnyReads ? of_.reads : kReads; }
  __device__ __forceinline__ const uint8_t* at(int row, int k) const {
    return of_.first + static_cast<size_t>(row) * static_cast<size_t>(of_.stride) + static_cast<size_t>(k) * static_cast<size_t>(of_.step);
  }
  __device__ __forceinline__ void copy_words(SharedAddress to, const Place& place, int row, int k) const {
    INLAY_CUDA_UNROLL
    for (int r = 0; r < 4; ++r) {
      const bool there = row + r < of_.rows && k < of_.depth;
      copy_async<4>(to + place.of_row(r), there ? at(row + r, k) : of_.first, there);
    }
  }
  __device__ __forceinline__ void read_turned(uint32_t (&w)[4], int row, int k) const {
    INLAY_CUDA_UNROLL
    for (int i = 0; i < 4; ++i) {
      const bool there = row < of_.rows && k + i < of_.depth;
      w[i] = there ? __ldg(reinterpret_cast<const uint32_t*>(at(row, k + i))) : 0u;
    }
  }
  __device__ __forceinline__ void read_bytes(uint32_t (&w)[4], int row, int k) const {
    INLAY_CUDA_UNROLL
    for (int r = 0; r < 4; ++r) {
      w[r] = 0;
      INLAY_CUDA_UNROLL
      for (int i = 0; i < 4; ++i) {
        const bool there = row + r < of_.rows && k + i < of_.depth;
        w[r] |= (there ? static_cast<uint32_t>(__ldg(at(row + r, k + i))) : 0u) << (8 * i);
      }
    }
  }
  /// Byte j of word i to byte i of word j.
  static __device__ __forceinline__ void turn(uint32_t* w) {
    const uint32_t low_a = __byte_perm(w[0], w[1], 0x5140), high_a = __byte_perm(w[0], w[1], 0x7362);
    const uint32_t low_b = __byte_perm(w[2], w[3], 0x5140), high_b = __byte_perm(w[2], w[3], 0x7362);
    w[0] = __byte_perm(low_a, low_b, 0x5410), w[1] = __byte_perm(low_a, low_b, 0x7632);
    w[2] = __byte_perm(high_a, high_b, 0x5410), w[3] = __byte_perm(high_a, high_b, 0x7632);
  }

  Q8Rows of_;
  int first_row_;
  uint32_t words_[kShares][4];
};

template <typename Tile, int kRows, int kReads>
using RowLoader = typename std::conditional<kReads == kChunkReads, ChunkRows<Tile, kRows>, WordRows<Tile, kRows, kReads>>::type;

}  // namespace inlay::cuda
