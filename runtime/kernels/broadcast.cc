// SPDX-License-Identifier: Apache-2.0
#include "kernels/broadcast.h"

#include "core/checked.h"

namespace inlay::kernels {
namespace {

struct Operand {
  const int32_t* dims;
  int32_t rank;
  int64_t* stride;  ///< of the plan

  /// Its size along dim `d` of a result of rank `rank`.
  int32_t size(int32_t d, int32_t result_rank) const { return d < result_rank - rank ? 1 : dims[d - (result_rank - rank)]; }
};

bool combine_shapes(const Operand* operands, int32_t count, int32_t* out_dims, int32_t* out_rank) {
  int32_t rank = 0;
  for (int32_t k = 0; k < count; ++k) rank = operands[k].rank > rank ? operands[k].rank : rank;
  if (rank > kBroadcastRank) return false;
  int64_t elements = 1;
  for (int32_t d = 0; d < rank; ++d) {
    int32_t size = 1;
    for (int32_t k = 0; k < count; ++k) {
      const int32_t own = operands[k].size(d, rank);
      if (own == 1) continue;
      if (size != 1 && own != size) return false;
      size = own;
    }
    out_dims[d] = size;
    // Each operand fits, but their outer product need not.
    if (size != 0 && (!checked_mul<int64_t>(elements, size, &elements) || elements > int64_t{1} << 56)) return false;
  }
  *out_rank = rank;
  return true;
}

/// Fills the plan's dims and the operands' strides, and returns the plan's rank.
int32_t merge_dims(const Operand* operands, int32_t count, const int32_t* out_dims, int32_t rank, int64_t* dims) {
  // From the innermost dim outwards, into the plan's back; dims of 1 vanish.
  int32_t first = kBroadcastRank;
  int64_t step[3] = {1, 1, 1};
  uint32_t runs = 0;  // the operands that do not repeat along dim `first`
  for (int32_t d = rank - 1; d >= 0; --d) {
    const int32_t size = out_dims[d];
    if (size == 1) continue;
    uint32_t has = 0;
    for (int32_t k = 0; k < count; ++k) has |= operands[k].size(d, rank) != 1 ? 1u << k : 0u;
    if (first < kBroadcastRank && has == runs) {
      dims[first] *= size;
    } else {
      dims[--first] = size;
      for (int32_t k = 0; k < count; ++k) operands[k].stride[first] = (has >> k & 1u) != 0 ? step[k] : 0;
      runs = has;
    }
    for (int32_t k = 0; k < count; ++k) step[k] *= (has >> k & 1u) != 0 ? size : 1;
  }
  if (first == kBroadcastRank) {
    dims[--first] = 1;
    for (int32_t k = 0; k < count; ++k) operands[k].stride[first] = 1;
  }
  const int32_t merged = kBroadcastRank - first;
  for (int32_t i = 0; i < merged; ++i) {
    dims[i] = dims[first + i];
    for (int32_t k = 0; k < count; ++k) operands[k].stride[i] = operands[k].stride[first + i];
  }
  return merged;
}

}  // namespace

bool make_broadcast(const int32_t* a_dims, int32_t a_rank, const int32_t* b_dims, int32_t b_rank, Broadcast* plan, int32_t* out_dims,
                    int32_t* out_rank) {
  const Operand operands[2] = {{a_dims, a_rank, plan->a_stride}, {b_dims, b_rank, plan->b_stride}};
  if (!combine_shapes(operands, 2, out_dims, out_rank)) return false;
  plan->rank = merge_dims(operands, 2, out_dims, *out_rank, plan->dims);
  return true;
}

bool make_broadcast3(const int32_t* const dims[3], const int32_t rank[3], Broadcast3* plan, int32_t* out_dims, int32_t* out_rank) {
  const Operand operands[3] = {
      {dims[0], rank[0], plan->stride[0]}, {dims[1], rank[1], plan->stride[1]}, {dims[2], rank[2], plan->stride[2]}};
  if (!combine_shapes(operands, 3, out_dims, out_rank)) return false;
  plan->rank = merge_dims(operands, 3, out_dims, *out_rank, plan->dims);
  return true;
}

}  // namespace inlay::kernels
