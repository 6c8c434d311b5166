// SPDX-License-Identifier: Apache-2.0
// STRIDED_SLICE: an index expression as in NumPy, x[a:b:c, ..., newaxis, i], becomes a SLICE and, where dims come or go, a RESHAPE.
#include <algorithm>

#include "tools/import/tflite/op_reader.h"

namespace inlay::tools::tflite_import {
namespace {

/// The lists and masks of the op; bit i of a mask speaks of term i of the index expression.
struct Terms {
  std::vector<int32_t> begin, end, stride;
  uint32_t begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_mask;
  bool end_is_length;

  bool has(uint32_t mask, size_t i) const { return (mask >> i & 1u) != 0; }
  bool ellipsis(size_t i) const { return has(ellipsis_mask, i); }
  bool new_axis(size_t i) const { return !ellipsis(i) && has(new_axis_mask, i); }
  bool shrinks(size_t i) const { return has(shrink_mask, i); }
};

Terms read_terms(const OpReader& r) {
  const auto& o = r.options<tfl::StridedSliceOptions>();
  constexpr size_t kMost = 2 * INLAY_MAX_RANK;  // new axes do not count against the input's rank
  Terms t = {r.constant_ints(1, "the begin", kMost), r.constant_ints(2, "the end", kMost), r.constant_ints(3, "the strides", kMost),
             static_cast<uint32_t>(o.begin_mask()), static_cast<uint32_t>(o.end_mask()), static_cast<uint32_t>(o.ellipsis_mask()),
             static_cast<uint32_t>(o.new_axis_mask()), static_cast<uint32_t>(o.shrink_axis_mask()), o.offset()};
  if (t.end.size() != t.begin.size() || t.stride.size() != t.begin.size()) r.fail("begin, end and strides differ in length");
  return t;
}

int32_t clamp_index(int64_t index, int32_t low, int32_t high) {
  return static_cast<int32_t>(std::clamp<int64_t>(index, low, high));
}

/// What term `i` takes of a dim of `size`.
void take(const OpReader& r, const Terms& t, size_t i, int32_t size, int32_t* begin, int32_t* count, int32_t* stride) {
  const int64_t from_end = t.begin[i] < 0 ? size : 0;
  if (t.shrinks(i)) {
    const int64_t at = t.has(t.begin_mask, i) ? 0 : t.begin[i] + from_end;
    if (at < 0 || at >= size) r.fail("index " + std::to_string(t.begin[i]) + " lies outside a dim of " + std::to_string(size));
    *begin = static_cast<int32_t>(at);
    *count = *stride = 1;
    return;
  }
  const int64_t step = t.stride[i];
  if (step == 0) r.fail("a stride is 0");
  // Running backwards, the places before the first and behind the last element lie one lower.
  const int32_t low = step > 0 ? 0 : -1, high = step > 0 ? size : size - 1;
  const int32_t first = t.has(t.begin_mask, i) ? (step > 0 ? low : high) : clamp_index(t.begin[i] + from_end, low, high);
  int64_t stop = t.end_is_length ? static_cast<int64_t>(t.begin[i]) + from_end + t.end[i] : t.end[i] + int64_t{t.end[i] < 0 ? size : 0};
  if (t.has(t.end_mask, i)) stop = step > 0 ? high : low;
  const int64_t span = (clamp_index(stop, low, high) - int64_t{first}) * (step > 0 ? 1 : -1), pace = step > 0 ? step : -step;
  *count = span <= 0 ? 0 : static_cast<int32_t>((span + pace - 1) / pace);
  *begin = *count > 0 ? first : 0;
  *stride = t.stride[i];
}

/// How many dims the ellipsis, or the end of a short expression, stands for.
size_t dims_left(const OpReader& r, const Terms& t, size_t rank) {
  size_t named = 0, dots = 0;
  for (size_t i = 0; i < t.begin.size(); ++i) {
    dots += t.ellipsis(i) ? 1 : 0;
    named += t.ellipsis(i) || t.new_axis(i) ? 0 : 1;
  }
  if (dots > 1) r.fail("has more than one ellipsis");
  if (named > rank) r.fail("names " + std::to_string(named) + " dims of an input of " + std::to_string(rank));
  return rank - named;
}

}  // namespace

void read_strided_slice(OpReader& r) {
  const std::vector<int32_t> in = r.input(0).shape;
  const Terms t = read_terms(r);
  const size_t left = dims_left(r, t, in.size());
  inlay_slice s = {};
  std::vector<int32_t> shape;
  size_t d = 0;
  const auto take_all = [&](size_t count) {
    for (; count > 0; --count, ++d) {
      s.size[d] = in[d];
      s.stride[d] = 1;
      shape.push_back(in[d]);
    }
  };
  for (size_t i = 0; i < t.begin.size(); ++i) {
    if (t.ellipsis(i)) {
      take_all(left);
    } else if (t.new_axis(i)) {
      shape.push_back(1);
    } else {
      take(r, t, i, in[d], &s.begin[d], &s.size[d], &s.stride[d]);
      if (!t.shrinks(i)) shape.push_back(s.size[d]);
      ++d;
    }
  }
  take_all(in.size() - d);
  r.keep_inputs(1);
  r.node.kind = INLAY_OP_SLICE;
  r.node.params = s;
  if (std::equal(shape.begin(), shape.end(), s.size, s.size + in.size())) return;
  if (shape.size() > INLAY_MAX_RANK) r.fail("its result has " + std::to_string(shape.size()) + " dims, at most 8 are supported");
  Node cut = r.node;
  cut.outputs = {r.add_tensor(r.output(0).name + "/slice", r.output(0).dtype, r.output(0).quant)};
  r.node.inputs = cut.outputs;
  r.emit(std::move(cut));
  inlay_dims dims = {};
  dims.rank = static_cast<int32_t>(shape.size());
  std::copy(shape.begin(), shape.end(), dims.dims);
  r.node.kind = INLAY_OP_RESHAPE;
  r.node.params = dims;
}

}  // namespace inlay::tools::tflite_import
