// SPDX-License-Identifier: Apache-2.0
// Ops of one value at a time, and softmax.
#include "tools/import/tflite/op_reader.h"

namespace inlay::tools::tflite_import {
namespace {

void plain(OpReader& r, uint16_t kind, uint8_t activation = INLAY_ACT_NONE) {
  r.node.kind = kind;
  r.node.activation = activation;
}

}  // namespace

void read_relu(OpReader& r) { plain(r, INLAY_OP_RELU, INLAY_ACT_RELU); }
void read_relu6(OpReader& r) { plain(r, INLAY_OP_RELU, INLAY_ACT_RELU6); }
void read_relu_n1_to_1(OpReader& r) { plain(r, INLAY_OP_RELU, INLAY_ACT_RELU_N1_TO_1); }
void read_logistic(OpReader& r) { plain(r, INLAY_OP_LOGISTIC); }
void read_prelu(OpReader& r) { plain(r, INLAY_OP_PRELU); }
void read_quantize(OpReader& r) { plain(r, INLAY_OP_QUANTIZE); }
void read_dequantize(OpReader& r) { plain(r, INLAY_OP_DEQUANTIZE); }

void read_softmax(OpReader& r) {
  plain(r, INLAY_OP_SOFTMAX);
  inlay_scalars s = {};
  s.alpha = r.options<tfl::SoftmaxOptions>().beta();
  r.node.params = s;
}

}  // namespace inlay::tools::tflite_import
