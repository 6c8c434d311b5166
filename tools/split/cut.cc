// SPDX-License-Identifier: Apache-2.0
#include "tools/split/cut.h"

#include <algorithm>

namespace inlay::tools {
namespace {

int32_t first_dim(const Tensor& t) {
  const auto above = std::find_if(t.shape.begin(), t.shape.end(), [](int32_t dim) { return dim > 1; });
  return above == t.shape.end() ? -1 : static_cast<int32_t>(above - t.shape.begin());
}

}  // namespace

const char* name_of(Cut cut) { return cut == Cut::kRows ? "rows" : cut == Cut::kPixels ? "pixels" : "features"; }

int32_t axis_of(const Tensor& tensor, Cut cut) {
  const int32_t first = first_dim(tensor), last = rank_of(tensor) - 1;
  if (cut == Cut::kRows || first < 0) return first;
  if (cut == Cut::kFeatures) return first < last && tensor.shape.back() > 1 ? last : -1;
  const auto real = std::count_if(tensor.shape.begin(), tensor.shape.end() - 1, [](int32_t dim) { return dim > 1; });
  return real >= 2 ? kPixelAxis : -1;
}

int32_t extent_of(const Tensor& tensor, int32_t axis) {
  if (axis != kPixelAxis) return tensor.shape[static_cast<size_t>(axis)];
  int32_t pixels = 1;
  for (size_t d = 0; d + 1 < tensor.shape.size(); ++d) pixels *= tensor.shape[d];
  return pixels;
}

std::vector<int32_t> shape_of(const Tensor& tensor, const Need& need) {
  std::vector<int32_t> shape = tensor.shape;
  if (need.axis == kPixelAxis) {
    std::fill(shape.begin(), shape.end() - 1, 1);
    shape[shape.size() - 2] = need.range.size();
  } else if (need.axis >= 0) {
    shape[static_cast<size_t>(need.axis)] = need.range.size();
  }
  return shape;
}

bool is_run(const Tensor& tensor, const Need& need) {
  const int32_t outer = need.axis == kPixelAxis ? 0 : need.axis;
  return std::all_of(tensor.shape.begin(), tensor.shape.begin() + std::max(outer, 0), [](int32_t dim) { return dim == 1; });
}

}  // namespace inlay::tools
