// SPDX-License-Identifier: Apache-2.0
// NumPy broadcasting of two operands: how the shapes combine, and a walk over the rows of the result.
#pragma once
#include <cstdint>

namespace inlay::kernels {

constexpr int32_t kBroadcastRank = 8;

/// The result's dims with neighbours merged wherever both operands run through them alike; strides in elements, 0 where an
/// operand repeats. The innermost strides are 0 or 1. rank >= 1.
struct Broadcast {
  int64_t dims[kBroadcastRank];
  int64_t a_stride[kBroadcastRank];
  int64_t b_stride[kBroadcastRank];
  int32_t rank;
};

/// Combines two shapes of rank 0..8. out_dims gets the larger rank. False when the shapes do not broadcast, or when the
/// result has more elements than a tensor may have.
[[nodiscard]] bool make_broadcast(const int32_t* a_dims, int32_t a_rank, const int32_t* b_dims, int32_t b_rank, Broadcast* plan,
                                  int32_t* out_dims, int32_t* out_rank);

/// Calls row(a offset, b offset, out offset, count, a step, b step) for each innermost row, in order of the output.
template <typename Row>
inline void for_each_row(const Broadcast& p, Row row) {
  for (int32_t d = 0; d < p.rank; ++d) {
    if (p.dims[d] == 0) return;
  }
  const int32_t last = p.rank - 1;
  int64_t index[kBroadcastRank] = {};
  int64_t a = 0, b = 0, out = 0;
  while (true) {
    row(a, b, out, p.dims[last], p.a_stride[last], p.b_stride[last]);
    out += p.dims[last];
    int32_t d = last - 1;
    for (; d >= 0; --d) {
      a += p.a_stride[d];
      b += p.b_stride[d];
      if (++index[d] < p.dims[d]) break;
      a -= p.a_stride[d] * p.dims[d];
      b -= p.b_stride[d] * p.dims[d];
      index[d] = 0;
    }
    if (d < 0) return;
  }
}

}  // namespace inlay::kernels
