// SPDX-License-Identifier: Apache-2.0
// Slices found by index vectors that are only known at run time: reading them (gather) and writing them (scatter).
#pragma once
#include <cstdint>
#include <cstring>

#include "inlay/graph.h"

namespace inlay::kernels {

/// `count` vectors of `depth` indices into the leading dims of a tensor; each names a slice of `slice` elements.
struct IndexVectors {
  int64_t dims[INLAY_MAX_RANK];
  int64_t count, slice;
  int32_t depth;
  int32_t gap = 0;
};

/// The slice that a vector names, counted from the start; -1 when an index lies outside.
template <typename Index>
inline int64_t slice_of(const IndexVectors& v, const Index* vector) {
  int64_t at = 0;
  for (int32_t d = 0; d < v.depth; ++d) {
    if (vector[d] < 0 || vector[d] >= v.dims[d]) return -1;
    at = at * v.dims[d] + static_cast<int64_t>(vector[d]);
  }
  return at;
}

/// Output [count, slice] elements of `element_bytes`. False when an index lies outside.
template <typename Index>
bool gather_nd(const IndexVectors& v, int64_t element_bytes, const void* table, const Index* indices, void* output) {
  const int64_t bytes = v.slice * element_bytes;
  for (int64_t i = 0; i < v.count; ++i) {
    const int64_t at = slice_of(v, indices + i * v.depth);
    if (at < 0) return false;
    std::memcpy(static_cast<uint8_t*>(output) + i * bytes, static_cast<const uint8_t*>(table) + at * bytes, static_cast<size_t>(bytes));
  }
  return true;
}

/// output = combine(output, update) for updates [count, slice]. False when an index lies outside.
template <typename T, typename Index, typename Combine>
bool scatter_nd(const IndexVectors& v, const Index* indices, const T* updates, T* output, Combine combine) {
  for (int64_t i = 0; i < v.count; ++i, updates += v.slice) {
    const int64_t at = slice_of(v, indices + i * v.depth);
    if (at < 0) return false;
    for (int64_t k = 0; k < v.slice; ++k) output[at * v.slice + k] = combine(output[at * v.slice + k], updates[k]);
  }
  return true;
}

}  // namespace inlay::kernels
