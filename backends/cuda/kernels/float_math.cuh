// SPDX-License-Identifier: Apache-2.0
// How a block multiplies a panel of a by a panel of b, and where its sums are: by float32 arithmetic, or by tensor cores.
//
// Every way has kRows x kColumns sums, kThreads threads, the element types A and B of memory, how many chunks of a row it takes
// of either at a time, step() for a pair of panels, and finish(), which gives each of a thread's sums to an output. at(i, c) is the sum
// of row row_of(i) and column column_of(c) of kOwnRows x kOwnColumns; kLanesAcross neighbouring lanes of kWarpsAcross warps have parts
// of the same rows.
#pragma once
#include "kernels/float_mma.cuh"
#include "kernels/float_panels.cuh"

namespace inlay::cuda {

/// kTall x kWide sums to a thread, rows and columns kRows / kTall and kColumns / kWide apart, so that a warp's 4 x 8 threads read
/// neighbouring rows of panels.
template <int kRows_, int kColumns_, int kTall, int kWide>
class ScalarMath {
 public:
  using A = float;
  using B = float;
  static constexpr int kRows = kRows_, kColumns = kColumns_, kChunksA = 4, kChunksB = 4;
  static constexpr int kAcross = kColumns / kWide, kDown = kRows / kTall, kThreads = kDown * kAcross;
  static constexpr int kBlocksOfUnit = kTall * kWide >= 64 ? 1 : 384 / kThreads;  ///< as many registers as keep sums from memory
  static constexpr int kOwnRows = kTall, kOwnColumns = kWide, kLanesAcross = 8, kWarpsAcross = kAcross / 8;
  static_assert(kDown % 4 == 0 && kAcross % 8 == 0, "warps of 4 x 8 threads");

  __device__ explicit ScalarMath(int thread) {
    const int warp = thread / 32, lane = thread % 32;
    row_ = warp / (kAcross / 8) * 4 + lane / 8;
    column_ = warp % (kAcross / 8) * 8 + lane % 8;
  }

  __device__ __forceinline__ void step(unsigned char* a, unsigned char* b) {
    // Not unrolled: the registers of four chunks at once would halve the warps of a multiprocessor.
    INLAY_CUDA_NO_UNROLL
    for (int chunk = 0; chunk < kChunksA; ++chunk) {
      float4 x[kTall];
      INLAY_CUDA_UNROLL
      for (int i = 0; i < kTall; ++i) x[i] = *reinterpret_cast<float4*>(a + Panel<kRows, kChunksA>::at(row_ + i * kDown, chunk));
      INLAY_CUDA_UNROLL
      for (int j = 0; j < kWide; ++j) {
        const float4 y = *reinterpret_cast<float4*>(b + Panel<kColumns, kChunksB>::at(column_ + j * kAcross, chunk));
        INLAY_CUDA_UNROLL
        for (int i = 0; i < kTall; ++i) {
          sums_[i][j] += x[i].x * y.x;
          sums_[i][j] += x[i].y * y.y;
          sums_[i][j] += x[i].z * y.z;
          sums_[i][j] += x[i].w * y.w;
        }
      }
    }
  }

  template <class Out>
  __device__ __forceinline__ void finish(const Out& out, int first_row, int first_column) const {
    INLAY_CUDA_UNROLL
    for (int i = 0; i < kTall; ++i) {
      const auto row = out.row(first_row + row_ + i * kDown);
      INLAY_CUDA_UNROLL
      for (int j = 0; j < kWide; ++j) out.one(row, first_column + column_ + j * kAcross, sums_[i][j]);
    }
  }

  __device__ __forceinline__ float& at(int i, int c) { return sums_[i][c]; }
  __device__ __forceinline__ int row_of(int i) const { return row_ + i * kDown; }
  __device__ __forceinline__ int column_of(int c) const { return column_ + c * kAcross; }

 private:
  int row_, column_;
  float sums_[kTall][kWide] = {};
};

// What tensor cores multiply. A step takes kStepA and kStepB chunks of a row of a and b; a() and b() make the registers of 16
// rows of it from what ldmatrix gives: r[4 * pair + 2 * (chunk % 2) + (row >= 8)], two chunks to a pair. Which k of the product
// stands where in a register does not matter as long as it is the same in a and b.

struct Fp16Kind {
  using A = __half;
  using B = __half;
  static constexpr int kChunksA = 4, kChunksB = 4, kStepA = 2, kStepB = 2;
  static __device__ __forceinline__ void a(const uint32_t* r, uint32_t (&o)[4]) {
    o[0] = r[0], o[1] = r[1], o[2] = r[2], o[3] = r[3];
  }
  static __device__ __forceinline__ void b(const uint32_t* r, uint32_t (&o)[4]) { a(r, o); }
  static __device__ __forceinline__ void multiply(float (&c)[4], const uint32_t (&x)[4], const uint32_t (&y)[2]) {
    mma_f16(c, x, y);
  }
};

struct Tf32Kind {
  using A = float;
  using B = float;
  static constexpr int kChunksA = 4, kChunksB = 4, kStepA = 2, kStepB = 2;
  static __device__ __forceinline__ void a(const uint32_t* r, uint32_t (&o)[4]) {
    INLAY_CUDA_UNROLL
    for (int i = 0; i < 4; ++i) o[i] = to_tf32(r[i]);
  }
  static __device__ __forceinline__ void b(const uint32_t* r, uint32_t (&o)[4]) { a(r, o); }
  static __device__ __forceinline__ void multiply(float (&c)[4], const uint32_t (&x)[4], const uint32_t (&y)[2]) {
    mma_tf32(c, x, y);
  }
};

/// a is float32 in memory; b, too, or bf16 in the order of pack_weights() (ops/gemm_float.h): a register pairs k with k + 4.
template <typename T>
struct Bf16Kind {
  using A = float;
  using B = T;
  static constexpr bool kPacked = sizeof(T) == 2;
  static constexpr int kChunksA = 4, kChunksB = kPacked ? 2 : 4, kStepA = 4, kStepB = kChunksB;
  static __device__ __forceinline__ void a(const uint32_t* r, uint32_t (&o)[4]) {
    INLAY_CUDA_UNROLL
    for (int i = 0; i < 4; ++i) o[i] = to_bf16_pair(r[i / 2 * 4 + i % 2], r[i / 2 * 4 + i % 2 + 2]);
  }
  static __device__ __forceinline__ void b(const uint32_t* r, uint32_t (&o)[4]) {
    if constexpr (kPacked) {
      o[0] = r[0], o[1] = r[1], o[2] = r[2], o[3] = r[3];
    } else {
      a(r, o);
    }
  }
  static __device__ __forceinline__ void multiply(float (&c)[4], const uint32_t (&x)[4], const uint32_t (&y)[2]) {
    mma_bf16(c, x, y);
  }
};

/// Warps of kTall x kWide sums each, multiples of 16.
template <class Kind, int kRows_, int kColumns_, int kTall, int kWide>
class TensorMath {
 public:
  using A = typename Kind::A;
  using B = typename Kind::B;
  static constexpr int kRows = kRows_, kColumns = kColumns_, kChunksA = Kind::kChunksA, kChunksB = Kind::kChunksB;
  static constexpr int kAcross = kColumns / kWide, kThreads = kRows / kTall * kAcross * 32;
  static constexpr int kBlocksOfUnit = 512 / kThreads;  ///< 128 registers to a thread
  static constexpr int kOwnRows = kTall / 8, kOwnColumns = kWide / 4, kLanesAcross = 4, kWarpsAcross = kAcross;

  __device__ explicit TensorMath(int thread) {
    const int warp = thread / 32;
    lane_ = thread % 32;
    row_ = warp / kAcross * kTall;
    column_ = warp % kAcross * kWide;
  }

  __device__ __forceinline__ void step(unsigned char* a_panel, unsigned char* b_panel) {
    const SharedAddress a = shared_address(a_panel), b = shared_address(b_panel);
    INLAY_CUDA_UNROLL
    for (int s = 0; s < kChunksA / Kind::kStepA; ++s) {
      uint32_t x[kTall / 16][4];
      INLAY_CUDA_UNROLL
      for (int i = 0; i < kTall / 16; ++i) {
        uint32_t r[2 * Kind::kStepA];
        load_rows<Panel<kRows, kChunksA>, Kind::kStepA>(r, a, row_ + 16 * i, s);
        Kind::a(r, x[i]);
      }
      INLAY_CUDA_UNROLL
      for (int j = 0; j < kWide / 16; ++j) {
        uint32_t r[2 * Kind::kStepB], y[4];
        load_rows<Panel<kColumns, kChunksB>, Kind::kStepB>(r, b, column_ + 16 * j, s);
        Kind::b(r, y);
        const uint32_t left[2] = {y[0], y[2]}, right[2] = {y[1], y[3]};
        INLAY_CUDA_UNROLL
        for (int i = 0; i < kTall / 16; ++i) {
          Kind::multiply(sums_[i][2 * j], x[i], left);
          Kind::multiply(sums_[i][2 * j + 1], x[i], right);
        }
      }
    }
  }

  template <class Out>
  __device__ __forceinline__ void finish(const Out& out, int first_row, int first_column) const {
    INLAY_CUDA_UNROLL
    for (int i = 0; i < kTall / 8; ++i) {
      const auto row = out.row(first_row + row_ + 8 * i + lane_ / 4);
      INLAY_CUDA_UNROLL
      for (int j = 0; j < kWide / 8; ++j) {
        const float* c = sums_[i / 2][j] + i % 2 * 2;
        out.two(row, first_column + column_ + 8 * j + lane_ % 4 * 2, c[0], c[1]);
      }
    }
  }

  __device__ __forceinline__ float& at(int i, int c) { return sums_[i / 2][c / 2][i % 2 * 2 + c % 2]; }
  __device__ __forceinline__ int row_of(int i) const { return row_ + 8 * i + lane_ / 4; }
  __device__ __forceinline__ int column_of(int c) const { return column_ + 8 * (c / 2) + lane_ % 4 * 2 + c % 2; }

 private:
  /// kChunks chunks of 16 rows, from chunk step * kChunks on.
  template <class Place, int kChunks>
  __device__ __forceinline__ void load_rows(uint32_t* r, SharedAddress panel, int row, int step) const {
    INLAY_CUDA_UNROLL
    for (int pair = 0; pair < kChunks / 2; ++pair) {
      load_matrices<4>(r + 4 * pair, panel + Place::at(row + lane_ % 16, step * kChunks + 2 * pair + lane_ / 16));
    }
  }

  int lane_, row_, column_;
  float sums_[kTall / 16][kWide / 8][4] = {};
};

}  // namespace inlay::cuda
