// SPDX-License-Identifier: Apache-2.0
// How a tensor falls into parts.
#pragma once
#include <vector>

#include "tools/graph/ir.h"

namespace inlay::tools {

inline int32_t rank_of(const Tensor& t) { return static_cast<int32_t>(t.shape.size()); }

/// Indices [begin, end) of one dim of a tensor.
struct Range {
  int32_t begin, end;

  int32_t size() const { return end - begin; }
  bool operator==(const Range& o) const { return begin == o.begin && end == o.end; }
  bool operator<(const Range& o) const { return begin != o.begin ? begin < o.begin : end < o.end; }
};

/// The axis of a Need that counts pixels: all dims but the last one, taken as one.
constexpr int32_t kPixelAxis = INLAY_MAX_RANK;

/// A range of a tensor along one axis; axis -1: all of it.
struct Need {
  int32_t axis = -1;
  Range range = {0, 0};

  bool operator<(const Need& o) const { return axis != o.axis ? axis < o.axis : range < o.range; }
  bool operator==(const Need& o) const { return axis == o.axis && range == o.range; }
};

enum class Cut : uint8_t {
  kRows,      ///< along the first dim above 1: every part is one run of bytes
  kPixels,    ///< at any pixel: runs of bytes, too, for ops that look at one pixel alone
  kFeatures,  ///< along the last dim of a tensor with rows: what is joined is copied
};
/// "rows", "pixels", "features".
const char* name_of(Cut cut);

/// With so many rows any ratio is met well enough; other cuts are looked at below.
constexpr int32_t kManyRows = 32;

/// The axis along which a tensor is cut so; -1: that would be no other cut than by rows, or it has one index.
int32_t axis_of(const Tensor& tensor, Cut cut);
inline int32_t split_axis(const Tensor& tensor) { return axis_of(tensor, Cut::kRows); }

/// How many indices an axis has, that of pixels included.
int32_t extent_of(const Tensor& tensor, int32_t axis);
/// The shape of a range. One of pixels has them in the dim before the last, and 1 in those before.
std::vector<int32_t> shape_of(const Tensor& tensor, const Need& need);
/// Are the bytes of such a range one run?
bool is_run(const Tensor& tensor, const Need& need);
/// Some of it, not all.
inline bool is_part(const Tensor& tensor, const Need& need) { return need.axis >= 0 && need.range.size() < extent_of(tensor, need.axis); }

}  // namespace inlay::tools
