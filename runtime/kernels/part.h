// SPDX-License-Identifier: Apache-2.0
// How the work of one kernel is cut for several threads.
#pragma once
#include <cstdint>

namespace inlay::kernels {

/// The part of an output that one call computes: parts of one `count` lie apart, and together they are the whole.
struct Part {
  int32_t index, count;
};
constexpr Part kWhole = {0, 1};

/// Items [begin, end).
struct Stretch {
  int64_t begin, end;
};

/// What belongs to a part of n items, whole steps but for the last: parts differ by at most a step. May be empty.
constexpr Stretch stretch_of(int64_t n, int64_t step, Part part) {
  const int64_t steps = (n + step - 1) / step;
  const int64_t begin = steps * part.index / part.count * step;
  const int64_t end = steps * (part.index + 1) / part.count * step;
  return {begin, end < n ? end : n};
}

}  // namespace inlay::kernels
