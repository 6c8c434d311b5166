// SPDX-License-Identifier: Apache-2.0
// Ops of two inputs that broadcast.
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

}  // namespace inlay::tools::tflite_import
