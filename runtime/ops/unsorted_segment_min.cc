// SPDX-License-Identifier: Apache-2.0
// UNSORTED_SEGMENT_MIN: of the slices of each segment the smallest, the highest value of the dtype where it has none. See unsorted_segment_util.h.
#include <limits>

#include "ops/unsorted_segment_util.h"

namespace inlay {
namespace {

struct Combine {
  template <typename T>
  static T first() {
    return std::numeric_limits<T>::max();
  }
  template <typename T>
  static T of(T a, T b) {
    return b < a ? b : a;
  }
};

}  // namespace

INLAY_DEFINE_OP(unsorted_segment_min, UNSORTED_SEGMENT_MIN, NONE, sizeof(kernels::Segments), prepare_segments, eval_segments<Combine>)

}  // namespace inlay
