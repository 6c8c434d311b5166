// SPDX-License-Identifier: Apache-2.0
#include "kernels/select.h"

namespace inlay::kernels {
namespace {

/// One row; constant steps, so that it vectorizes.
template <int kAStep, int kBStep, typename T>
inline void row(int64_t count, const uint8_t* c, const T* a, const T* b, T* out) {
  const T first_a = *a, first_b = *b;
  for (int64_t i = 0; i < count; ++i) {
    const T x = kAStep != 0 ? a[i] : first_a, y = kBStep != 0 ? b[i] : first_b;
    out[i] = c[i] != 0 ? x : y;
  }
}

template <typename T>
inline void copy(int64_t count, const T* from, int64_t step, T* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = from[i * step];
}

}  // namespace

template <typename T>
void select(const Broadcast3& p, const uint8_t* condition, const T* a, const T* b, T* output) {
  for (int32_t d = 0; d < p.rank; ++d) {
    if (p.dims[d] == 0) return;
  }
  const int32_t last = p.rank - 1;
  const int64_t count = p.dims[last], a_step = p.stride[1][last], b_step = p.stride[2][last];
  int64_t index[kBroadcastRank] = {}, at[3] = {};
  while (true) {
    const uint8_t* c = condition + at[0];
    const T *x = a + at[1], *y = b + at[2];
    if (p.stride[0][last] == 0) {
      *c != 0 ? copy(count, x, a_step, output) : copy(count, y, b_step, output);
    } else if (a_step != 0) {
      b_step != 0 ? row<1, 1>(count, c, x, y, output) : row<1, 0>(count, c, x, y, output);
    } else {
      b_step != 0 ? row<0, 1>(count, c, x, y, output) : row<0, 0>(count, c, x, y, output);
    }
    output += count;
    int32_t d = last - 1;
    for (; d >= 0; --d) {
      for (int k = 0; k < 3; ++k) at[k] += p.stride[k][d];
      if (++index[d] < p.dims[d]) break;
      for (int k = 0; k < 3; ++k) at[k] -= p.stride[k][d] * p.dims[d];
      index[d] = 0;
    }
    if (d < 0) return;
  }
}

template void select(const Broadcast3&, const uint8_t*, const uint8_t*, const uint8_t*, uint8_t*);
template void select(const Broadcast3&, const uint8_t*, const uint16_t*, const uint16_t*, uint16_t*);
template void select(const Broadcast3&, const uint8_t*, const uint32_t*, const uint32_t*, uint32_t*);
template void select(const Broadcast3&, const uint8_t*, const uint64_t*, const uint64_t*, uint64_t*);

}  // namespace inlay::kernels
