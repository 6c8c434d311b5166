// SPDX-License-Identifier: Apache-2.0
// UNSORTED_SEGMENT_SUM: of the slices of each segment the sum, 0 where it has none. See unsorted_segment_util.h.
#include "ops/unsorted_segment_util.h"

namespace inlay {
namespace {

struct Combine {
  template <typename T>
  static T first() {
    return T(0);
  }
  static float of(float a, float b) { return a + b; }
  static int32_t of(int32_t a, int32_t b) {
    return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));  // wraps around
  }
};

}  // namespace

INLAY_DEFINE_OP(unsorted_segment_sum, UNSORTED_SEGMENT_SUM, NONE, sizeof(kernels::Segments), prepare_segments, eval_segments<Combine>)

}  // namespace inlay
