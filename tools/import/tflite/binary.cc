// SPDX-License-Identifier: Apache-2.0
// Ops of two inputs that broadcast.
#include <algorithm>

#include "tools/import/tflite/op_reader.h"

namespace inlay::tools::tflite_import {
namespace {

/// An op whose options hold nothing but the activation, if they are there at all.
template <typename Options>
void with_activation(OpReader& r, uint16_t kind) {
  r.node.kind = kind;
  const auto* o = r.options_or_null<Options>();
  if (o != nullptr) r.activation(o->fused_activation_function());
}

}  // namespace

void read_add(OpReader& r) { with_activation<tfl::AddOptions>(r, INLAY_OP_ADD); }
void read_sub(OpReader& r) { with_activation<tfl::SubOptions>(r, INLAY_OP_SUB); }
void read_mul(OpReader& r) { with_activation<tfl::MulOptions>(r, INLAY_OP_MUL); }
void read_div(OpReader& r) { with_activation<tfl::DivOptions>(r, INLAY_OP_DIV); }

void read_maximum(OpReader& r) { r.node.kind = INLAY_OP_MAXIMUM; }
void read_minimum(OpReader& r) { r.node.kind = INLAY_OP_MINIMUM; }
void read_squared_difference(OpReader& r) { r.node.kind = INLAY_OP_SQUARED_DIFFERENCE; }
void read_pow(OpReader& r) { r.node.kind = INLAY_OP_POW; }

void read_floor_div(OpReader& r) { r.node.kind = INLAY_OP_FLOOR_DIV; }
void read_floor_mod(OpReader& r) { r.node.kind = INLAY_OP_FLOOR_MOD; }
void read_equal(OpReader& r) { r.node.kind = INLAY_OP_EQUAL; }
void read_not_equal(OpReader& r) { r.node.kind = INLAY_OP_NOT_EQUAL; }
void read_greater(OpReader& r) { r.node.kind = INLAY_OP_GREATER; }
void read_greater_equal(OpReader& r) { r.node.kind = INLAY_OP_GREATER_EQUAL; }
void read_less(OpReader& r) { r.node.kind = INLAY_OP_LESS; }
void read_less_equal(OpReader& r) { r.node.kind = INLAY_OP_LESS_EQUAL; }
void read_logical_and(OpReader& r) { r.node.kind = INLAY_OP_LOGICAL_AND; }
void read_logical_or(OpReader& r) { r.node.kind = INLAY_OP_LOGICAL_OR; }
void read_bitwise_xor(OpReader& r) { r.node.kind = INLAY_OP_BITWISE_XOR; }
void read_right_shift(OpReader& r) { r.node.kind = INLAY_OP_RIGHT_SHIFT; }
void read_atan2(OpReader& r) { r.node.kind = INLAY_OP_ATAN2; }

void read_select_v2(OpReader& r) { r.node.kind = INLAY_OP_SELECT; }

/// A condition of rank 1 chooses whole slices of the first dim: as [n, 1, ...] it broadcasts to that.
void read_select(OpReader& r) {
  r.node.kind = INLAY_OP_SELECT;
  const std::vector<int32_t> condition = r.input(0).shape;
  const size_t rank = r.input(1).shape.size();
  if (condition.size() != 1 || rank < 2 || rank > INLAY_MAX_RANK) return;
  inlay_dims dims = {};
  dims.rank = static_cast<int32_t>(rank);
  std::fill_n(dims.dims, rank, 1);
  dims.dims[0] = condition[0];
  const int32_t column = r.add_tensor(r.input(0).name + "/column", INLAY_BOOL);
  Node reshape;
  reshape.kind = INLAY_OP_RESHAPE;
  reshape.inputs = {r.node.inputs[0]};
  reshape.outputs = {column};
  reshape.params = dims;
  r.emit(std::move(reshape));
  r.node.inputs[0] = column;
}

}  // namespace inlay::tools::tflite_import
