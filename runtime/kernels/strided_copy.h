// SPDX-License-Identifier: Apache-2.0
// Copies of elements between shapes: transposes, slices, tiles and broadcasts are all one walk with strides.
#pragma once
#include <cstdint>

namespace inlay::kernels {

/// Dims that a copy may have before neighbours merge: a tile or a block splits each of eight dims in two.
constexpr int32_t kCopyRank = 16;

/// Element [i0, i1, ...] of a dense output is input byte offset + i0 * in_stride[0] + ... Made by make_strided_copy, which
/// merges neighbours; the innermost contiguous run is one `unit`. rank >= 2.
struct StridedCopy {
  int64_t dims[kCopyRank];
  int64_t in_stride[kCopyRank];   ///< bytes; 0 repeats, negative runs backwards
  int64_t out_stride[kCopyRank];  ///< bytes
  int64_t offset;                 ///< bytes from the start of the input to output element 0
  int64_t unit;                   ///< bytes copied at once
  int32_t rank;
  int32_t gap = 0;
};

/// strides[d]: elements of the input between neighbours along dim d of the output; offset in elements; 0 <= rank <= kCopyRank.
void make_strided_copy(const int64_t* dims, const int64_t* strides, int32_t rank, int64_t offset, int32_t element_bytes,
                       StridedCopy* copy);

/// Turns the copy round: from a dense input into the places that the copy read. `offset` goes; the caller adds it to the output.
void reverse_copy(StridedCopy* copy);

/// Elements between neighbours along each dim of a dense tensor.
void dense_strides(const int32_t* dims, int32_t rank, int64_t* strides);

/// Does nothing where one contiguous run already lies at `output`. Else input and output do not overlap.
void strided_copy(const StridedCopy& copy, const void* input, void* output);

}  // namespace inlay::kernels
