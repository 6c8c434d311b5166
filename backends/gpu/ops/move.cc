// SPDX-License-Identifier: Apache-2.0
#include "gpu/ops/move.h"

#include <algorithm>
#include <numeric>

namespace inlay::gpu {
namespace {

constexpr int64_t kWidest = 16;  // bytes of the largest element; every tensor lies at a multiple of it
constexpr int64_t kTile = 16, kTileRows = 4;

int32_t narrow(int64_t v) { return static_cast<int32_t>(v); }

/// As kernels see it.
struct Box {
  int32_t count = 1, rank = 0, from = 0, to = 0;
  int32_t dims[kernels::kCopyRank] = {}, in_stride[kernels::kCopyRank] = {}, out_stride[kernels::kCopyRank] = {};
};
struct TabledBox {
  int32_t count = 1, rank = 0;
  uint32_t low = 0, high = 0;
  int32_t dims[INLAY_MAX_RANK] = {}, in_stride[INLAY_MAX_RANK] = {}, out_stride[INLAY_MAX_RANK] = {},
          key_stride[INLAY_MAX_RANK] = {}, table[INLAY_MAX_RANK] = {};
};

void add_dim(Box* box, int64_t size, int64_t in_stride, int64_t out_stride) {
  if (size == 1) return;
  box->dims[box->rank] = narrow(size);
  box->in_stride[box->rank] = narrow(in_stride);
  box->out_stride[box->rank++] = narrow(out_stride);
  box->count *= narrow(size);
}

/// The largest power of two that divides all of it, at most kWidest.
int64_t widest(const Move& move) {
  int64_t all = std::gcd(kWidest, std::gcd(move.copy.unit, std::gcd(move.copy.offset, move.to)));
  for (int32_t d = 0; d < move.copy.rank; ++d) {
    if (move.copy.dims[d] != 1) all = std::gcd(all, std::gcd(move.copy.in_stride[d], move.copy.out_stride[d]));
  }
  return all;
}

bool empty(const kernels::StridedCopy& copy) { return copy.unit == 0 || std::count(copy.dims, copy.dims + copy.rank, 0) != 0; }

}  // namespace

std::string element_macro(uint32_t bytes) {
  static constexpr const char* kNames[] = {"uchar", "ushort", "uint", "ulong", "uint4"};
  int32_t log = 0;
  while (1u << log < bytes) ++log;
  return std::string("-DELEM=") + kNames[log] + define("ELEM_BYTES", bytes);
}

void plan_copy(const Node& node, int32_t from, Recipe* recipe) {
  const int64_t bytes = element_count(node.output()) * node.element_bytes(node.output());
  const int64_t each = std::gcd(kWidest, bytes);
  const int32_t count = narrow(bytes / each);
  recipe->launch("copy", element_macro(static_cast<uint32_t>(each)), "copy")
      .tensor(from)
      .tensor(node.output_id())
      .value(count)
      .grid(static_cast<size_t>(count))
      .unless_same_place(from, node.output_id());
}

void plan_zeros(const Node& node, Recipe* recipe) {
  const int64_t bytes = element_count(node.output()) * node.element_bytes(node.output());
  const int64_t each = std::gcd(kWidest, bytes);
  const int32_t count = narrow(bytes / each);
  recipe->launch("copy", element_macro(static_cast<uint32_t>(each)), "fill")
      .tensor(node.output_id())
      .value(uint32_t{0})
      .value(uint32_t{0})
      .value(count)
      .grid(static_cast<size_t>(count));
}

void plan_move(const Node& node, const Move& move, Recipe* recipe) {
  if (empty(move.copy)) return;
  const int64_t each = move.table != nullptr ? 1 : widest(move);
  Box box;
  box.from = narrow(move.copy.offset / each);
  box.to = narrow(move.to / each);
  add_dim(&box, move.copy.unit / each, 1, 1);
  for (int32_t d = move.copy.rank - 1; d >= 0; --d) {
    add_dim(&box, move.copy.dims[d], move.copy.in_stride[d] / each, move.copy.out_stride[d] / each);
  }
  Launch& launch =
      recipe->launch("copy", element_macro(static_cast<uint32_t>(each)) + (move.table != nullptr ? " -DLOOKUP" : ""), "copy_box");
  launch.tensor(move.from).tensor(node.output_id());
  if (move.table != nullptr) launch.constant(*move.table);
  launch.value(box).grid(static_cast<size_t>(box.count));
}

bool can_tile(const kernels::StridedCopy& copy) {
  const int32_t along_in = copy.rank - 2, along_out = copy.rank - 1;
  const bool power = copy.unit <= kWidest && (copy.unit & (copy.unit - 1)) == 0;
  return !empty(copy) && power && copy.in_stride[along_in] == copy.unit && copy.out_stride[along_out] == copy.unit &&
         copy.dims[along_in] > 1 && copy.dims[along_out] > 1;
}

void plan_tiled(const Node& node, const Move& move, Recipe* recipe) {
  const kernels::StridedCopy& copy = move.copy;
  const int64_t each = copy.unit;
  Box box;
  box.from = narrow(copy.offset / each);
  box.to = narrow(move.to / each);
  for (int32_t d : {copy.rank - 2, copy.rank - 1})
    add_dim(&box, copy.dims[d], copy.in_stride[d] / each, copy.out_stride[d] / each);
  for (int32_t d = copy.rank - 3; d >= 0; --d) add_dim(&box, copy.dims[d], copy.in_stride[d] / each, copy.out_stride[d] / each);
  const auto side = static_cast<size_t>(kTile), wide = static_cast<size_t>(box.dims[0]), high = static_cast<size_t>(box.dims[1]);
  recipe->launch("transpose", element_macro(static_cast<uint32_t>(each)), "transpose")
      .tensor(move.from)
      .tensor(node.output_id())
      .value(box)
      .grid(round_up(wide, side), round_up(high, side) / side * kTileRows, static_cast<size_t>(box.count) / (wide * high))
      .group(side, kTileRows);
}

/// A power of two of elements that lie together on both sides all along the walk.
int64_t TabledMove::elements_at_once() const {
  const Dim& first = dims_.front();
  if (first.tabled || first.key_stride != 0 || first.in_stride != 1 || first.out_stride != 1) return 1;
  int64_t all = std::gcd(kWidest / node_.element_bytes(node_.output()), first.size);
  for (size_t d = 1; d < dims_.size(); ++d) {
    if (dims_[d].size != 1) all = std::gcd(all, std::gcd(dims_[d].in_stride, dims_[d].out_stride));
    for (const int32_t step : dims_[d].table) all = step < 0 ? all : std::gcd(all, int64_t{step});
  }
  return all;
}

void TabledMove::plan(Recipe* recipe) {
  const uint32_t bytes = node_.element_bytes(node_.output());
  const int64_t each = elements_at_once();
  TabledBox box;
  uint64_t filling = static_cast<uint64_t>(filling_);
  if (bytes < 8) filling &= (uint64_t{1} << bytes * 8) - 1;
  for (uint32_t filled = bytes; filled < 8; filled *= 2) filling |= filling << filled * 8;
  box.low = static_cast<uint32_t>(filling);
  box.high = static_cast<uint32_t>(filling >> 32);
  std::vector<int32_t> tables;
  for (size_t d = 0; d < dims_.size(); ++d) {
    const Dim& dim = dims_[d];
    const bool unit = d == 0 && each != 1;
    box.dims[d] = narrow(unit ? dim.size / each : dim.size);
    box.in_stride[d] = narrow(unit ? 1 : dim.in_stride / each);
    box.out_stride[d] = narrow(unit ? 1 : dim.out_stride / each);
    box.key_stride[d] = narrow(dim.key_stride);
    box.table[d] = dim.tabled ? narrow(static_cast<int64_t>(tables.size())) : -1;
    for (const int32_t step : dim.table) tables.push_back(step < 0 ? step : narrow(step / each));
    box.count *= box.dims[d];
  }
  box.rank = narrow(static_cast<int64_t>(dims_.size()));
  if (tables.empty()) tables.push_back(0);
  recipe->launch("copy", element_macro(static_cast<uint32_t>(each) * bytes), "copy_tabled")
      .tensor(from_)
      .tensor(node_.output_id())
      .constant(tables)
      .value(box)
      .grid(static_cast<size_t>(box.count));
}

std::vector<int64_t> integers_of(const inlay_tensor& t) {
  std::vector<int64_t> out(static_cast<size_t>(element_count(t)));
  const auto* from = static_cast<const uint8_t*>(t.data);
  const size_t each = inlay_dtype_bits(static_cast<inlay_dtype>(t.dtype)) / 8;
  for (size_t i = 0; i < out.size(); ++i, from += each) {
    int16_t s16 = 0;
    int32_t s32 = 0;
    if (each == 8) {
      std::memcpy(&out[i], from, each);
    } else if (each == 4) {
      std::memcpy(&s32, from, each);
      out[i] = s32;
    } else {
      std::memcpy(&s16, from, each);
      out[i] = s16;
    }
  }
  return out;
}

}  // namespace inlay::gpu
