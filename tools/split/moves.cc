// SPDX-License-Identifier: Apache-2.0
// Parts of ops that move elements, or reduce dims that are not cut.
#include <algorithm>

#include "tools/split/parting.h"

namespace inlay::tools {
namespace {

/// The dim of the input behind dim `axis` of the output, where the dims of a mask are gone.
int32_t kept_dim(const Tensor& in, uint32_t gone, int32_t axis) {
  for (int32_t d = 0; d < rank_of(in); ++d) {
    if ((gone >> d & 1u) == 0 && axis-- == 0) return d;
  }
  return -1;
}

void need_kept(Parting& p, uint32_t gone) {
  const int32_t along = p.axis == kPixelAxis ? -1 : kept_dim(p.input(0), gone, p.axis);
  if (along < 0) return p.refuse("its pixels are no dim of its input");
  p.need(0, along, p.out);
}

/// The elements of one index of an axis.
int64_t inner_of(const Tensor& t, int32_t axis) {
  int64_t inner = 1;
  for (size_t d = static_cast<size_t>(axis) + 1; d < t.shape.size(); ++d) inner *= t.shape[d];
  return inner;
}

}  // namespace

void part_pad(Parting& p) {
  auto* pad = p.options<inlay_pad>();
  if (pad == nullptr) return;
  if (p.axis == kPixelAxis) return p.refuse("its pixels are not those of its input");
  int32_t& before = pad->before[p.axis];
  int32_t& after = pad->after[p.axis];
  const int32_t size = dim(p.input(0), p.axis);
  if (before == 0 && after == 0) return p.need(0, p.axis, p.out);
  if (pad->mode != 0) return p.refuse("its padding mirrors rows");
  const Range in = {std::max(p.out.begin - before, 0), std::min(p.out.end - before, size)};
  if (in.begin >= in.end) return p.refuse("a part would lie wholly in the padding");
  after = std::max(p.out.end - before - size, 0);
  before = std::max(before - p.out.begin, 0);
  p.need(0, p.axis, in);
}

void part_reduction(Parting& p) {
  const auto* axes = p.options<inlay_axes>();
  if (axes != nullptr) need_kept(p, axes->keep_dims != 0 ? 0 : static_cast<uint32_t>(axes->mask));
}

void part_arg(Parting& p) {
  const auto* along = p.options<inlay_axis>();
  if (along != nullptr) need_kept(p, 1u << along->axis);
}

void part_slice(Parting& p) {
  auto* slice = p.options<inlay_slice>();
  if (slice == nullptr) return;
  if (p.axis == kPixelAxis) return p.refuse("its pixels are not those of its input");
  const int32_t stride = slice->stride[p.axis], begin = slice->begin[p.axis];
  if (stride < 1) return p.refuse("it reads backwards");
  p.need(0, p.axis, {begin + stride * p.out.begin, begin + stride * (p.out.end - 1) + 1});
  slice->begin[p.axis] = 0;
  slice->size[p.axis] = p.out.size();
}

void part_transpose(Parting& p) {
  const auto* order = p.options<inlay_dims>();
  if (order == nullptr) return;
  if (p.axis == kPixelAxis) return p.refuse("its pixels are not those of its input");
  p.need(0, order->dims[p.axis], p.out);
}

/// The outermost indices of both sides count the same bytes.
void part_reshape(Parting& p) {
  auto* to = p.options<inlay_dims>();
  if (to == nullptr) return;
  const Tensor &in = p.input(0), &out = p.output();
  const int64_t inner = p.axis == kPixelAxis ? out.shape.back() : inner_of(out, p.axis);
  const int32_t rows = split_axis(in);
  if (!is_run(out, {p.axis, p.out}) || rows < 0) return p.refuse("its features are not those of its input");
  if (inner_of(in, rows) == inner && p.axis != kPixelAxis) {
    p.need(0, rows, p.out);
  } else if (rank_of(in) >= 2 && in.shape.back() == inner) {
    p.need(0, kPixelAxis, p.out);
  } else {
    return p.refuse("its rows are not those of its input");
  }
  const std::vector<int32_t> shape = shape_of(out, {p.axis, p.out});
  std::copy(shape.begin(), shape.end(), to->dims);
}

void part_space_to_depth(Parting& p) {
  const auto* block = p.options<inlay_block_params>();
  if (block == nullptr) return;
  if (p.axis == 0) return p.need(0, 0, p.out);
  if (p.axis > 2) return p.refuse("its features read different channels");
  p.need(0, p.axis, {p.out.begin * block->block_h, p.out.end * block->block_h});
}

/// Whole blocks; what is not wanted of the first and the last is dropped.
void part_depth_to_space(Parting& p) {
  const auto* block = p.options<inlay_block_params>();
  if (block == nullptr) return;
  if (p.axis == 0) return p.need(0, 0, p.out);
  if (p.axis > 2) return p.refuse("its features read different channels");
  const int32_t size = block->block_h;
  const Range in = {p.out.begin / size, (p.out.end + size - 1) / size};
  p.part.computes = {in.begin * size, in.end * size};
  p.need(0, p.axis, in);
}

}  // namespace inlay::tools
