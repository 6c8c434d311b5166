// SPDX-License-Identifier: Apache-2.0
#include "kernels/strided_copy.h"

#include <cstring>

namespace inlay::kernels {
namespace {

/// Copies `unit` bytes: a constant number of them when Unit is not 0, so that the compiler makes one move of it.
template <int64_t Unit>
inline void move(uint8_t* to, const uint8_t* from, int64_t unit) {
  std::memcpy(to, from, static_cast<size_t>(Unit != 0 ? Unit : unit));
}

/// The two innermost dims.
template <int64_t Unit>
void copy_plane(const StridedCopy& c, const uint8_t* in, uint8_t* out) {
  const int32_t row = c.rank - 2, col = c.rank - 1;
  const int64_t unit = Unit != 0 ? Unit : c.unit;
  const int64_t rows = c.dims[row], cols = c.dims[col];
  const int64_t in_row = c.in_stride[row], in_col = c.in_stride[col];
  const int64_t out_row = c.out_stride[row], out_col = c.out_stride[col];
  if (in_row != unit) {
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t i = 0; i < cols; ++i) move<Unit>(out + r * out_row + i * out_col, in + r * in_row + i * in_col, unit);
    }
    return;
  }
  // A transpose: neighbours of the input lie apart in the output. Small tiles keep both sides in the cache.
  constexpr int64_t kCols = 16, kRows = Unit == 0 || Unit >= 16 ? 4 : 64 / (Unit == 0 ? 1 : Unit);
  for (int64_t c0 = 0; c0 < cols; c0 += kCols) {
    const int64_t c1 = c0 + kCols < cols ? c0 + kCols : cols;
    for (int64_t r0 = 0; r0 < rows; r0 += kRows) {
      const int64_t r1 = r0 + kRows < rows ? r0 + kRows : rows;
      for (int64_t r = r0; r < r1; ++r) {
        for (int64_t i = c0; i < c1; ++i) move<Unit>(out + r * out_row + i * out_col, in + r * unit + i * in_col, unit);
      }
    }
  }
}

template <int64_t Unit>
void copy_all(const StridedCopy& c, const uint8_t* in, uint8_t* out) {
  int64_t index[kCopyRank] = {};
  while (true) {
    copy_plane<Unit>(c, in, out);
    int32_t d = c.rank - 3;
    for (; d >= 0; --d) {
      in += c.in_stride[d];
      out += c.out_stride[d];
      if (++index[d] < c.dims[d]) break;
      in -= c.in_stride[d] * c.dims[d];
      out -= c.out_stride[d] * c.dims[d];
      index[d] = 0;
    }
    if (d < 0) return;
  }
}

void swap_values(int64_t* a, int64_t* b) {
  const int64_t kept = *a;
  *a = *b;
  *b = kept;
}

/// Puts dim `from` at place `to` >= from; those between move one outwards.
void move_dim(StridedCopy* c, int32_t from, int32_t to) {
  for (int32_t d = from; d < to; ++d) {
    swap_values(&c->dims[d], &c->dims[d + 1]);
    swap_values(&c->in_stride[d], &c->in_stride[d + 1]);
    swap_values(&c->out_stride[d], &c->out_stride[d + 1]);
  }
}

}  // namespace

void dense_strides(const int32_t* dims, int32_t rank, int64_t* strides) {
  int64_t step = 1;
  for (int32_t d = rank - 1; d >= 0; --d) {
    strides[d] = step;
    step *= dims[d];
  }
}

void make_strided_copy(const int64_t* dims, const int64_t* strides, int32_t rank, int64_t offset, int32_t element_bytes,
                       StridedCopy* copy) {
  StridedCopy& c = *copy;
  c = {};
  c.offset = offset * element_bytes;
  c.unit = element_bytes;
  int32_t n = 0;
  for (int32_t d = 0; d < rank; ++d) {
    if (dims[d] == 1) continue;
    const int64_t stride = strides[d] * element_bytes;
    if (n > 0 && c.in_stride[n - 1] == stride * dims[d]) {
      c.dims[n - 1] *= dims[d];
    } else {
      c.dims[n++] = dims[d];
    }
    c.in_stride[n - 1] = stride;
  }
  if (n > 0 && c.in_stride[n - 1] == c.unit) c.unit *= c.dims[--n];
  int64_t step = c.unit;
  for (int32_t d = n - 1; d >= 0; --d) {
    c.out_stride[d] = step;
    step *= c.dims[d];
  }
  int32_t runs = n - 2;  // the dim along which the input is contiguous comes next to the last: copy_plane transposes the two
  while (runs > 0 && c.in_stride[runs] != c.unit) --runs;
  if (runs >= 0 && c.in_stride[runs] == c.unit) move_dim(copy, runs, n - 2);
  // Two dims at least, so that a plane can be taken; the outer ones of size 1.
  while (n < 2) {
    c.dims[n] = 1;
    c.in_stride[n] = 0;
    c.out_stride[n] = 0;
    move_dim(copy, 0, n++);
  }
  c.rank = n;
}

void reverse_copy(StridedCopy* copy) {
  for (int32_t d = 0; d < copy->rank; ++d) swap_values(&copy->in_stride[d], &copy->out_stride[d]);
  copy->offset = 0;
}

void strided_copy(const StridedCopy& copy, const void* input, void* output) {
  bool one_run = true;
  for (int32_t d = 0; d < copy.rank; ++d) {
    if (copy.dims[d] == 0) return;
    one_run = one_run && copy.dims[d] == 1;
  }
  if (copy.unit == 0) return;
  const uint8_t* const in = static_cast<const uint8_t*>(input) + copy.offset;
  auto* const out = static_cast<uint8_t*>(output);
  if (one_run && in == out) return;
  switch (copy.unit) {
    case 1: return copy_all<1>(copy, in, out);
    case 2: return copy_all<2>(copy, in, out);
    case 4: return copy_all<4>(copy, in, out);
    case 8: return copy_all<8>(copy, in, out);
    case 16: return copy_all<16>(copy, in, out);
    default: return copy_all<0>(copy, in, out);
  }
}

}  // namespace inlay::kernels
