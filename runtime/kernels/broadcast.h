// SPDX-License-Identifier: Apache-2.0
// NumPy broadcasting of two or three operands: how the shapes combine, and walks over the rows and elements of the result.
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
  int32_t gap = 0;
};

/// The same of three operands, strides by operand.
struct Broadcast3 {
  int64_t dims[kBroadcastRank];
  int64_t stride[3][kBroadcastRank];
  int32_t rank;
  int32_t gap = 0;
};

/// Combines two shapes of rank 0..8. out_dims gets the larger rank. False when the shapes do not broadcast, or when the
/// result has more elements than a tensor may have.
[[nodiscard]] bool make_broadcast(const int32_t* a_dims, int32_t a_rank, const int32_t* b_dims, int32_t b_rank, Broadcast* plan,
                                  int32_t* out_dims, int32_t* out_rank);

/// The same of three shapes.
[[nodiscard]] bool make_broadcast3(const int32_t* const dims[3], const int32_t rank[3], Broadcast3* plan, int32_t* out_dims,
                                   int32_t* out_rank);

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

/// out[i] = combine(a[i], b[i]) for each element of the result. Rows combine in three ways, each a loop of constant steps that
/// vectorizes. `out` may lie over an operand that has as many elements as the output, of the same size.
template <typename A, typename B, typename Out, typename Combine>
inline void for_each_pair(const Broadcast& plan, const A* a, const B* b, Out* output, Combine combine) {
  for_each_row(plan, [&](int64_t ai, int64_t bi, int64_t oi, int64_t count, int64_t a_step, int64_t b_step) {
    const A* x = a + ai;
    const B* y = b + bi;
    Out* out = output + oi;
    if (a_step != 0 && b_step != 0) {
      for (int64_t i = 0; i < count; ++i) out[i] = combine(x[i], y[i]);
    } else if (a_step != 0) {
      const B same = *y;
      for (int64_t i = 0; i < count; ++i) out[i] = combine(x[i], same);
    } else {
      const A same = *x;
      for (int64_t i = 0; i < count; ++i) out[i] = combine(same, y[i]);
    }
  });
}

}  // namespace inlay::kernels
