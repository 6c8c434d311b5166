// SPDX-License-Identifier: Apache-2.0
// UNSORTED_SEGMENT_MAX: of the slices of each segment the largest, the lowest value of the dtype where it has none. See unsorted_segment_util.h.
#include <limits>

#include "ops/unsorted_segment_util.h"

namespace inlay {
namespace {

struct Combine {
  template <typename T>
  static T first() {
    return std::numeric_limits<T>::lowest();
  }
  template <typename T>
  static T of(T a, T b) {
    return b > a ? b : a;
  }
};

}  // namespace

INLAY_DEFINE_OP(unsorted_segment_max, UNSORTED_SEGMENT_MAX, NONE, sizeof(kernels::Segments), prepare_segments, eval_segments<Combine>)

}  // namespace inlay
