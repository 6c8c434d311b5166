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

void read_cast(OpReader& r) {
  // A complex number cast to a real one is its real part.
  const bool real_part = r.input(0).dtype == INLAY_COMPLEX64 && r.output(0).dtype == INLAY_FLOAT32;
  r.node.kind = real_part ? INLAY_OP_REAL : INLAY_OP_CAST;
}

void read_relu_0_to_1(OpReader& r) {
  r.node.kind = INLAY_OP_RELU;
  r.node.activation = INLAY_ACT_RELU_0_TO_1;
}

void read_log_softmax(OpReader& r) { r.node.kind = INLAY_OP_LOG_SOFTMAX; }

void read_l2_normalization(OpReader& r) {
  const auto* o = r.options_or_null<tfl::L2NormOptions>();
  if (o != nullptr) r.activation(o->fused_activation_function());
  r.node.kind = INLAY_OP_L2_NORMALIZATION;
}

void read_local_response_normalization(OpReader& r) {
  const auto& o = r.options<tfl::LocalResponseNormalizationOptions>();
  r.node.kind = INLAY_OP_LOCAL_RESPONSE_NORMALIZATION;
  r.node.params = inlay_scalars{o.alpha(), o.beta(), o.bias(), o.radius()};
}

}  // namespace inlay::tools::tflite_import
