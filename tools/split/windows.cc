// SPDX-License-Identifier: Apache-2.0
// Parts of ops that look at the pixels around: which rows they read, and the pads that stand for those outside of the image.
#include <algorithm>
#include <cstring>

#include "tools/split/parting.h"

namespace inlay::tools {
namespace {

/// One dim of a window: the range of the input, and the pads of the part.
void need_window(Parting& p, inlay_window* w, int32_t filter, bool rows) {
  int32_t& before = rows ? w->pad_top : w->pad_left;
  int32_t& after = rows ? w->pad_bottom : w->pad_right;
  const int64_t stride = rows ? w->stride_h : w->stride_w, dilation = rows ? w->dilation_h : w->dilation_w;
  const int64_t size = dim(p.input(0), p.axis);
  const int64_t first = p.out.begin * stride - before;
  const int64_t last = (p.out.end - 1) * stride - before + (filter - 1) * dilation + 1;
  const int64_t begin = std::clamp<int64_t>(first, 0, size), end = std::clamp<int64_t>(last, 0, size);
  if (begin >= end) return p.refuse("a part would lie wholly in the padding");
  before = static_cast<int32_t>(begin - first);
  after = static_cast<int32_t>(last - end);
  p.need(0, p.axis, {static_cast<int32_t>(begin), static_cast<int32_t>(end)});
}

/// The same of a transposed one: rows of the input that reach into the part, and what of theirs is cut off. Behind the last row there
/// may be less than nothing to cut off: pixels that hold the bias.
void need_transposed(Parting& p, inlay_window* w, int32_t filter, bool rows) {
  int32_t& before = rows ? w->pad_top : w->pad_left;
  int32_t& after = rows ? w->pad_bottom : w->pad_right;
  const int64_t stride = rows ? w->stride_h : w->stride_w;
  const int64_t first = p.out.begin + before, last = p.out.end - 1 + before;
  const int64_t begin = std::min(std::max<int64_t>(first - filter + stride, 0) / stride, first / stride);
  const int64_t end = std::min<int64_t>(last / stride + 1, dim(p.input(0), p.axis));
  if (begin >= end) return p.refuse("a part would have pixels of the bias alone");
  before = static_cast<int32_t>(first - begin * stride);
  after = static_cast<int32_t>((end - begin - 1) * stride + filter - before - p.out.size());
  p.need(0, p.axis, {static_cast<int32_t>(begin), static_cast<int32_t>(end)});
}

bool sees_one_pixel(const Parting& p, const inlay_window& w, int32_t filter_h, int32_t filter_w) {
  const bool pads = w.pad_top != 0 || w.pad_bottom != 0 || w.pad_left != 0 || w.pad_right != 0;
  return filter_h == 1 && filter_w == 1 && w.stride_h == 1 && w.stride_w == 1 && !pads && rank_of(p.input(0)) == 4;
}

/// Rows, columns, images and pixels of a window; features are another matter.
void part_image(Parting& p, int32_t filter_h, int32_t filter_w, decltype(need_window)* reach) {
  auto* w = std::get_if<inlay_window>(&p.part.params);
  if (w == nullptr || rank_of(p.output()) != 4 || rank_of(p.input(0)) != 4) return p.refuse("its options are not those of a window");
  if (p.axis == kPixelAxis) {
    if (!sees_one_pixel(p, *w, filter_h, filter_w)) return p.refuse("it looks at more than one pixel");
    return p.need(0, kPixelAxis, p.out);
  }
  if (p.axis == 0) return p.need(0, 0, p.out);
  reach(p, w, p.axis == 1 ? filter_h : filter_w, p.axis == 1);
}

/// True, and refused, for what is no convolution over images in parts.
bool no_conv(Parting& p) {
  if (std::get_if<inlay_window>(&p.part.params) == nullptr || rank_of(p.input(1)) != 4) {
    p.refuse("its options are not those of a window");
  } else if (!p.by_features() && p.axis > 0 && by_image(p)) {
    p.refuse("its input is quantized by the whole image");
  }
  return !p.part.refusal.empty();
}

constexpr int32_t kMostScale = 1024, kMostRows = 8192;  // floats hold such coordinates to the last bit

/// A resize that makes an image `scale` times as large, of the distances between corners where these are aligned.
struct Resizing {
  bool nearest, align, half;
  int32_t in, scale;

  /// The input's row that output row i shows, or the one above it.
  int32_t low(int32_t i) const {
    const int32_t twice = 2 * i + (nearest ? (align ? scale : half ? 1 : 0) : half ? 1 - scale : 0);  // of 1 / scale
    return std::min(std::max(twice, 0) / (2 * scale), in - 1);
  }
  int32_t high(int32_t i) const { return nearest ? low(i) : std::min(low(i) + 1, in - 1); }
};

/// With a scale that is a power of two all coordinates are sums of such powers, without rounding: a part that begins at a row of the input
/// has the whole's, moved by that row. Only rows whose neighbours it has are wanted of it; the others are computed and dropped.
bool need_resized(Parting& p, Resizing r) {
  const int32_t out = dim(p.output(), p.axis), corner = r.align ? 1 : 0;
  r.in = dim(p.input(0), p.axis);
  p.need(0, p.axis, {0, r.in});
  if (r.in == 1) return true;  // every row shows it
  r.scale = (out - corner) / (r.in - corner);
  if (r.scale < 1 || r.scale * (r.in - corner) != out - corner || (r.scale & (r.scale - 1)) != 0) return false;
  if (r.scale > kMostScale || out > kMostRows) return false;
  int32_t begin = r.low(p.out.begin), end = r.high(p.out.end - 1) + 1;
  while (begin * r.scale > p.out.begin) --begin;
  while ((end - corner) * r.scale + corner < p.out.end) ++end;
  p.need(0, p.axis, {begin, end});
  p.part.computes = {begin * r.scale, (end - corner) * r.scale + corner};
  return true;
}

}  // namespace

void need_features(Parting& p, int32_t along) {
  p.need(1, along, p.out);
  if (!p.has(2)) return;
  const int32_t features = split_axis(p.input(2));
  if (features >= 0) p.need(2, features, p.out);
}

void part_conv(Parting& p) {
  if (no_conv(p)) return;
  if (!p.by_features()) return part_image(p, dim(p.input(1), 1), dim(p.input(1), 2), need_window);
  if (std::get<inlay_window>(p.part.params).groups != 1) return p.refuse("its features read different channels");
  need_features(p, 0);
}

void part_depthwise(Parting& p) {
  if (no_conv(p)) return;
  if (!p.by_features()) return part_image(p, dim(p.input(1), 1), dim(p.input(1), 2), need_window);
  if (by_image(p)) return p.refuse("its input is quantized by the whole image");
  if (dim(p.input(0), 3) != dim(p.output(), 3)) return p.refuse("several of its features read one channel");
  p.need(0, 3, p.out);
  need_features(p, 3);
}

void part_pool(Parting& p) {
  const auto* w = std::get_if<inlay_window>(&p.part.params);
  if (w != nullptr && p.by_features() && rank_of(p.input(0)) == 4) return p.need(0, 3, p.out);
  part_image(p, w != nullptr ? w->filter_h : 0, w != nullptr ? w->filter_w : 0, need_window);
}

void part_transpose_conv(Parting& p) {
  if (no_conv(p)) return;
  if (p.by_features()) return need_features(p, 0);
  part_image(p, dim(p.input(1), 1), dim(p.input(1), 2), need_transposed);
}

void part_resize(Parting& p) {
  const auto* options = p.options<inlay_resize>();
  if (options == nullptr) return;
  if (p.axis == 0 || p.axis == 3) return p.need(0, p.axis, p.out);
  const bool nearest = p.node.kind == INLAY_OP_RESIZE_NEAREST_NEIGHBOR;
  if (p.axis == kPixelAxis || !need_resized(p, {nearest, options->align_corners != 0, options->half_pixel_centers != 0, 1, 1}))
    return p.refuse("its rows have other coordinates in a smaller image");
  const Tensor& size = p.input(1);
  if (!size.is_constant() || size.data->size() != 2 * sizeof(int32_t)) return p.refuse("its size is no constant");
  Bytes bytes = *size.data;
  const int32_t rows = p.part.computes.size();
  std::memcpy(bytes.data() + static_cast<size_t>(p.axis - 1) * sizeof(rows), &rows, sizeof(rows));
  p.part.constants[1] = std::make_shared<const Bytes>(std::move(bytes));
}

}  // namespace inlay::tools
