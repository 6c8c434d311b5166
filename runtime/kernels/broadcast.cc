// SPDX-License-Identifier: Apache-2.0
#include "kernels/broadcast.h"

#include "core/checked.h"

namespace inlay::kernels {

bool make_broadcast(const int32_t* a_dims, int32_t a_rank, const int32_t* b_dims, int32_t b_rank, Broadcast* plan, int32_t* out_dims,
                    int32_t* out_rank) {
  const int32_t rank = a_rank > b_rank ? a_rank : b_rank;
  if (rank > kBroadcastRank) return false;
  int64_t count = 1;
  for (int32_t d = 0; d < rank; ++d) {
    const int32_t a = d < rank - a_rank ? 1 : a_dims[d - (rank - a_rank)];
    const int32_t b = d < rank - b_rank ? 1 : b_dims[d - (rank - b_rank)];
    if (a != b && a != 1 && b != 1) return false;
    out_dims[d] = a == 1 ? b : a;
    // Each operand fits, but their outer product need not.
    if (out_dims[d] != 0 && (!checked_mul<int64_t>(count, out_dims[d], &count) || count > int64_t{1} << 56)) return false;
  }
  *out_rank = rank;

  // From the innermost dim outwards, into the plan's back; dims of 1 vanish.
  int32_t first = kBroadcastRank;
  int64_t a_step = 1, b_step = 1;
  bool a_runs = false, b_runs = false;
  for (int32_t d = rank - 1; d >= 0; --d) {
    const int32_t size = out_dims[d];
    if (size == 1) continue;
    const bool a_has = d >= rank - a_rank && a_dims[d - (rank - a_rank)] != 1;
    const bool b_has = d >= rank - b_rank && b_dims[d - (rank - b_rank)] != 1;
    if (first < kBroadcastRank && a_has == a_runs && b_has == b_runs) {
      plan->dims[first] *= size;
    } else {
      --first;
      plan->dims[first] = size;
      plan->a_stride[first] = a_has ? a_step : 0;
      plan->b_stride[first] = b_has ? b_step : 0;
      a_runs = a_has;
      b_runs = b_has;
    }
    if (a_has) a_step *= size;
    if (b_has) b_step *= size;
  }
  if (first == kBroadcastRank) {
    --first;
    plan->dims[first] = 1;
    plan->a_stride[first] = plan->b_stride[first] = 1;
  }
  plan->rank = kBroadcastRank - first;
  for (int32_t i = 0; i < plan->rank; ++i) {
    plan->dims[i] = plan->dims[first + i];
    plan->a_stride[i] = plan->a_stride[first + i];
    plan->b_stride[i] = plan->b_stride[first + i];
  }
  return true;
}

}  // namespace inlay::kernels
