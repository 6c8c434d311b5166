// SPDX-License-Identifier: Apache-2.0
// What the 8-bit convolutions share whose threads work by themselves: vectors of bytes, and which outputs a thread makes.
#pragma once
#include "kernels/q8.cuh"

namespace inlay::cuda {

/// kBytes values of memory, as words; their place is a multiple of kBytes, or of 16 where kBytes is more.
template <int kBytes>
struct Bytes {
  uint32_t word[(kBytes + 3) / 4];
  __device__ __forceinline__ void load(const uint8_t* p) {
    if constexpr (kBytes >= 16) {
      INLAY_CUDA_UNROLL
      for (int i = 0; i < kBytes / 16; ++i) {
        const uint4 v = __ldg(reinterpret_cast<const uint4*>(p) + i);
        word[4 * i] = v.x, word[4 * i + 1] = v.y, word[4 * i + 2] = v.z, word[4 * i + 3] = v.w;
      }
    } else if constexpr (kBytes == 4) {
      word[0] = __ldg(reinterpret_cast<const uint32_t*>(p));
    } else {
      static_assert(kBytes == 1, "1, 4 or a multiple of 16");
      word[0] = __ldg(p);
    }
  }
  __device__ __forceinline__ void store(uint8_t* p) const {
    if constexpr (kBytes == 16) {
      *reinterpret_cast<uint4*>(p) = make_uint4(word[0], word[1], word[2], word[3]);
    } else if constexpr (kBytes == 8) {
      *reinterpret_cast<uint2*>(p) = make_uint2(word[0], word[1]);
    } else if constexpr (kBytes == 4) {
      *reinterpret_cast<uint32_t*>(p) = word[0];
    } else {
      static_assert(kBytes == 1, "1, 4, 8 or 16");
      *p = static_cast<uint8_t>(word[0]);
    }
  }
  /// -128..127
  __device__ __forceinline__ int32_t at(int i) const { return static_cast<int8_t>(word[i / 4] >> (8 * (i % 4))); }
};

/// Which of `blocks` blocks of channels a thread makes, and from where on kPixels neighbours of a row.
struct Place {
  int block, image, row, column;  ///< of the first pixel
  bool exists;
  template <int kPixels>
  __device__ __forceinline__ static Place find(const ConvShape& s, int blocks) {
    const int runs = (s.columns + kPixels - 1) / kPixels;
    const unsigned id = blockIdx.x * blockDim.x + threadIdx.x;
    const int run = static_cast<int>(id / static_cast<unsigned>(blocks)), row = run / runs, image = row / s.rows;
    return {static_cast<int>(id % static_cast<unsigned>(blocks)), image, row - image * s.rows, (run - row * runs) * kPixels,
            image < s.batch};
  }
};

}  // namespace inlay::cuda
