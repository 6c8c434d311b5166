// SPDX-License-Identifier: Apache-2.0
// What ops that only move elements share: they describe a walk, and the widest elements that fit it are chosen here.
#pragma once
#include "gpu/op.h"
#include "kernels/strided_copy.h"

namespace inlay::gpu {

/// Macros for elements of 1, 2, 4, 8 or 16 bytes.
std::string element_macro(uint32_t bytes);

/// A tensor's bytes as they are, left out where both have one place.
void plan_copy(const Node& node, int32_t from, Recipe* recipe);
/// All bytes of the output are zero.
void plan_zeros(const Node& node, Recipe* recipe);

/// A walk of strides from tensor `from` to the output. `copy` counts bytes, with the element's bytes on the device; `to`: the
/// byte of the output that the first element goes to. `table`: NULL, or what each of 256 bytes becomes.
struct Move {
  int32_t from;
  kernels::StridedCopy copy;
  int64_t to = 0;
  const std::vector<uint8_t>* table = nullptr;
};
void plan_move(const Node& node, const Move& move, Recipe* recipe);
/// Neighbours of both sides may be swapped by way of local memory. Worth it from 8 x 8 elements on.
bool can_tile(const kernels::StridedCopy& copy);
void plan_tiled(const Node& node, const Move& move, Recipe* recipe);

/// A walk whose places in the input come from tables: see copy_tabled in kernels/copy.cl. Dims are added from the innermost one
/// outwards, all numbers count elements.
class TabledMove {
 public:
  TabledMove(const Node& node, int32_t from) : node_(node), from_(from) {}
  /// Of a 1-, 2-, 4- or 8-byte element where tables say so; the low bytes of `value`, 8 bytes with its sign extended.
  void set_filling(int64_t value) { filling_ = value; }
  void add_dim(int64_t size, int64_t in_stride, int64_t out_stride) {
    dims_.push_back({size, in_stride, out_stride, 0, false, {}});
  }
  /// Adds to the key of the next dim with a table.
  void add_key(int64_t size, int64_t out_stride, int64_t key_stride) {
    dims_.push_back({size, 0, out_stride, key_stride, false, {}});
  }
  void add_table(int64_t size, int64_t in_stride, int64_t out_stride, int64_t key_stride, std::vector<int32_t> table) {
    dims_.push_back({size, in_stride, out_stride, key_stride, true, std::move(table)});
  }
  void plan(Recipe* recipe);

 private:
  struct Dim {
    int64_t size, in_stride, out_stride, key_stride;
    bool tabled;
    std::vector<int32_t> table;
  };
  int64_t elements_at_once() const;

  const Node& node_;
  int32_t from_;
  int64_t filling_ = 0;
  std::vector<Dim> dims_;
};

/// The numbers of a constant tensor of int16, int32 or int64.
std::vector<int64_t> integers_of(const inlay_tensor& t);

}  // namespace inlay::gpu
