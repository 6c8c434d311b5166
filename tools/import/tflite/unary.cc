// SPDX-License-Identifier: Apache-2.0
// Functions of one value.
#include "tools/import/tflite/op_reader.h"

namespace inlay::tools::tflite_import {
namespace {

void with_alpha(OpReader& r, uint16_t kind, float alpha) {
  inlay_scalars s = {};
  s.alpha = alpha;
  r.node.kind = kind;
  r.node.params = s;
}

}  // namespace

void read_abs(OpReader& r) { r.node.kind = INLAY_OP_ABS; }
void read_ceil(OpReader& r) { r.node.kind = INLAY_OP_CEIL; }
void read_cos(OpReader& r) { r.node.kind = INLAY_OP_COS; }
void read_elu(OpReader& r) { r.node.kind = INLAY_OP_ELU; }
void read_exp(OpReader& r) { r.node.kind = INLAY_OP_EXP; }
void read_floor(OpReader& r) { r.node.kind = INLAY_OP_FLOOR; }
void read_hard_swish(OpReader& r) { r.node.kind = INLAY_OP_HARD_SWISH; }
void read_log(OpReader& r) { r.node.kind = INLAY_OP_LOG; }
void read_logical_not(OpReader& r) { r.node.kind = INLAY_OP_LOGICAL_NOT; }
void read_neg(OpReader& r) { r.node.kind = INLAY_OP_NEG; }
void read_round(OpReader& r) { r.node.kind = INLAY_OP_ROUND; }
void read_rsqrt(OpReader& r) { r.node.kind = INLAY_OP_RSQRT; }
void read_sign(OpReader& r) { r.node.kind = INLAY_OP_SIGN; }
void read_sin(OpReader& r) { r.node.kind = INLAY_OP_SIN; }
void read_sqrt(OpReader& r) { r.node.kind = INLAY_OP_SQRT; }
void read_square(OpReader& r) { r.node.kind = INLAY_OP_SQUARE; }
void read_tanh(OpReader& r) { r.node.kind = INLAY_OP_TANH; }

void read_gelu(OpReader& r) {
  const auto* o = r.options_or_null<tfl::GeluOptions>();
  with_alpha(r, INLAY_OP_GELU, o != nullptr && o->approximate() ? 1.0f : 0.0f);
}

void read_leaky_relu(OpReader& r) { with_alpha(r, INLAY_OP_LEAKY_RELU, r.options<tfl::LeakyReluOptions>().alpha()); }

}  // namespace inlay::tools::tflite_import
