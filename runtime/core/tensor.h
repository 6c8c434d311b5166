// SPDX-License-Identifier: Apache-2.0
// Small questions about tensors.
#pragma once
#include "core/checked.h"
#include "inlay/graph.h"

namespace inlay {

/// Elements of dims[0..rank); the dims are known to be >= 0 and their product to fit (the model was verified).
inline int64_t element_count(const int32_t* dims, int32_t rank) {
  int64_t count = 1;
  for (int32_t i = 0; i < rank; ++i) count *= dims[i];
  return count;
}
inline int64_t element_count(const inlay_tensor& t) { return element_count(t.dims, t.rank); }

/// Bytes of `count` elements, densely packed; 4-bit elements two to a byte. False when it does not fit or dtype is unknown.
[[nodiscard]] bool tensor_bytes(uint32_t dtype, const int32_t* dims, int32_t rank, uint64_t* out);

inline bool same_shape(const inlay_tensor& a, const inlay_tensor& b) {
  if (a.rank != b.rank) return false;
  for (int i = 0; i < a.rank; ++i) {
    if (a.dims[i] != b.dims[i]) return false;
  }
  return true;
}

/// Size of the last dim, 1 for a scalar.
inline int32_t last_dim(const inlay_tensor& t) { return t.rank == 0 ? 1 : t.dims[t.rank - 1]; }

inline bool is_quantized_dtype(uint32_t dtype) {
  return dtype == INLAY_INT8 || dtype == INLAY_UINT8 || dtype == INLAY_INT16 || dtype == INLAY_INT4;
}

inline float scale_of(const inlay_tensor* t) { return t->quant.count > 0 ? t->quant.scales[0] : 1.0f; }
inline int32_t zero_point_of(const inlay_tensor* t) {
  return t->quant.count > 0 && t->quant.zero_points != nullptr ? t->quant.zero_points[0] : 0;
}

/// Bytes that move unchanged from `a` to `b` mean the same: equal scale and zero point, or not quantized at all.
inline bool same_quant(const inlay_tensor* a, const inlay_tensor* b) {
  if (!is_quantized_dtype(a->dtype)) return true;
  if (a->quant.count == 0 && b->quant.count == 0) return true;
  return a->quant.count == 1 && b->quant.count == 1 && scale_of(a) == scale_of(b) && zero_point_of(a) == zero_point_of(b);
}

}  // namespace inlay
