// SPDX-License-Identifier: Apache-2.0
// How a block of threads brings pixels of an image into shared memory, a row of 64 bytes of depth to a pixel. A thread has one
// column of `kVector` bytes (4 where kVector is 1) and every so many rows. Depth runs over the taps, for each over the input
// channels of the group.
#pragma once
#include "kernels/conv_tile.cuh"
#include "kernels/q8_types.h"

namespace inlay::cuda {

/// What all loaders share: which column and rows a thread has.
template <typename Tile, int kVector>
struct PixelColumns {
  static constexpr int kBytes = kVector < 4 ? 4 : kVector;
  static constexpr int kColumns = Tile::kSlices * Tile::kRowBytes / kBytes, kStep = Tile::kThreads / kColumns;
  static constexpr int kRows = (Tile::kN + kStep - 1) / kStep;
  static_assert(Tile::kThreads % kColumns == 0, "a thread stays in its column");
  static __device__ __forceinline__ int column() { return static_cast<int>(threadIdx.x) % kColumns; }
  static __device__ __forceinline__ int row(int i) { return static_cast<int>(threadIdx.x) / kColumns + i * kStep; }
  /// From the beginning of a stage's pixels.
  static __device__ __forceinline__ int place(int i) {
    const int at = column() * kBytes, in_row = at % Tile::kRowBytes;
    return at / Tile::kRowBytes * Tile::kPixelBytes + Tile::chunk_at(row(i), in_row / 16) + in_row % 16;
  }
  static __device__ __forceinline__ bool exists(int i) { return Tile::kN % kStep == 0 || row(i) < Tile::kN; }
};

/// Rows of values: pixel p's values begin at p * in_c.
template <typename Tile, int kVector>
class DensePixels : PixelColumns<Tile, kVector> {
  using Columns = PixelColumns<Tile, kVector>;

 public:
  __device__ __forceinline__ DensePixels(const uint8_t* in, const uint8_t* fill, const ConvShape& s, int first_pixel, int group)
      : in_(in + group * s.group_in),
        fill_(fill),
        depth_(s.group_in),
        channels_(s.in_c),
        first_(first_pixel),
        pixels_(s.columns) {
    at_ = Columns::column() * Columns::kBytes;
  }
  /// Leaves out `bytes` of depth.
  __device__ __forceinline__ void skip(int bytes) { at_ += bytes; }
  __device__ __forceinline__ void load(SharedAddress to) {
    INLAY_CUDA_UNROLL
    for (int i = 0; i < Columns::kRows; ++i) {
      if (!Columns::exists(i)) break;
      const int pixel = first_ + Columns::row(i);
      const bool inside = pixel < pixels_ && at_ < depth_;
      copy_async<kVector>(to + Columns::place(i),
                          inside ? in_ + static_cast<size_t>(pixel) * static_cast<size_t>(channels_) + at_ : fill_);
    }
    at_ += Tile::kSlices * Tile::kRowBytes;
  }

 private:
  const uint8_t *in_, *fill_;
  int depth_, channels_, first_, pixels_, at_;
};

/// Where the windows of a thread's rows begin.
template <int kRows>
struct Windows {
  int top[kRows], left[kRows], image[kRows];
  __device__ __forceinline__ void find(int i, int pixel, bool exists, const ConvShape& s) {
    const int row = pixel / s.columns, b = row / s.rows;
    top[i] = s.origin_y + (row - b * s.rows) * s.stride_y;
    left[i] = exists && row < s.batch * s.rows ? s.origin_x + (pixel - row * s.columns) * s.stride_x : kNowhere;
    image[i] = b * s.in_h;
  }
  /// The pixel below a tap, or -1.
  __device__ __forceinline__ int pixel(int i, int tap_y, int tap_x, const ConvShape& s) const {
    const int y = top[i] + tap_y * s.step_y, x = left[i] + tap_x * s.step_x;
    const bool inside = tap_y < s.filter_h && static_cast<unsigned>(y) < static_cast<unsigned>(s.in_h) &&
                        static_cast<unsigned>(x) < static_cast<unsigned>(s.in_w);
    return inside ? (image[i] + y) * s.in_w + x : -1;
  }
  static constexpr int kNowhere = -(1 << 30);  ///< no tap leads from here into an image
};

/// Windows of an image whose groups of channels are multiples of kVector: 16, 8 or 4.
template <typename Tile, int kVector>
class WindowPixels : PixelColumns<Tile, kVector> {
  using Columns = PixelColumns<Tile, kVector>;

 public:
  __device__ __forceinline__ WindowPixels(const uint8_t* in, const uint8_t* fill, const ConvShape& s, int first_pixel, int group)
      : in_(in + group * s.group_in), fill_(fill), s_(s), channel_(0), tap_y_(0), tap_x_(0) {
    INLAY_CUDA_UNROLL
    for (int i = 0; i < Columns::kRows; ++i) windows_.find(i, first_pixel + Columns::row(i), Columns::exists(i), s);
    advance(Columns::column() * Columns::kBytes);
  }
  /// Leaves out `bytes` of depth.
  __device__ __forceinline__ void skip(int bytes) { advance(bytes); }
  __device__ __forceinline__ void load(SharedAddress to) {
    INLAY_CUDA_UNROLL
    for (int i = 0; i < Columns::kRows; ++i) {
      if (!Columns::exists(i)) break;
      const int pixel = windows_.pixel(i, tap_y_, tap_x_, s_);
      copy_async<kVector>(to + Columns::place(i), pixel >= 0 ? in_ + pixel * s_.in_c + channel_ : fill_);
    }
    advance(Tile::kSlices * Tile::kRowBytes);
  }

 private:
  __device__ __forceinline__ void advance(int bytes) {
    for (channel_ += bytes; channel_ >= s_.group_in; channel_ -= s_.group_in) {
      if (++tap_x_ == s_.filter_w) tap_x_ = 0, ++tap_y_;
    }
  }
  const uint8_t *in_, *fill_;
  const ConvShape& s_;
  Windows<Columns::kRows> windows_;
  int channel_, tap_y_, tap_x_;
};

/// Windows of any image, byte by byte through registers: first layers, whose depth is short.
template <typename Tile, int kVector>
class BytePixels : PixelColumns<Tile, kVector> {
  using Columns = PixelColumns<Tile, kVector>;
  static_assert(kVector == 1, "a byte at a time");

 public:
  __device__ __forceinline__ BytePixels(const uint8_t* in, const uint8_t* fill, const ConvShape& s, int first_pixel, int group)
      : in_(in + group * s.group_in), fill_(*fill), s_(s), at_(Columns::column() * 4) {
    INLAY_CUDA_UNROLL
    for (int i = 0; i < Columns::kRows; ++i) windows_.find(i, first_pixel + Columns::row(i), Columns::exists(i), s);
  }
  __device__ __forceinline__ void load(SharedAddress to) {
    int tap_y[4], tap_x[4], channel[4];
    INLAY_CUDA_UNROLL
    for (int byte = 0; byte < 4; ++byte) {
      const int tap = (at_ + byte) / s_.group_in;
      channel[byte] = at_ + byte - tap * s_.group_in;
      tap_y[byte] = tap / s_.filter_w;
      tap_x[byte] = tap - tap_y[byte] * s_.filter_w;
    }
    INLAY_CUDA_UNROLL
    for (int i = 0; i < Columns::kRows; ++i) {
      if (!Columns::exists(i)) break;
      uint32_t word = 0;
      INLAY_CUDA_UNROLL
      for (int byte = 0; byte < 4; ++byte) {
        const int pixel = windows_.pixel(i, tap_y[byte], tap_x[byte], s_);
        word |= static_cast<uint32_t>(pixel >= 0 ? __ldg(in_ + pixel * s_.in_c + channel[byte]) : fill_) << (8 * byte);
      }
      store_shared(to + Columns::place(i), word);
    }
    at_ += Tile::kSlices * Tile::kRowBytes;
  }

 private:
  const uint8_t* in_;
  uint8_t fill_;
  const ConvShape& s_;
  Windows<Columns::kRows> windows_;
  int at_;
};

}  // namespace inlay::cuda
