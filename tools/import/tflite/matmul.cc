// SPDX-License-Identifier: Apache-2.0
#include "tools/import/tflite/op_reader.h"

namespace inlay::tools::tflite_import {

void read_fully_connected(OpReader& r) {
  const auto& o = r.options<tfl::FullyConnectedOptions>();
  if (o.weights_format() != tfl::FullyConnectedOptionsWeightsFormat::DEFAULT) {
    r.fail("its weights are shuffled, which is not supported; export them in the DEFAULT format");
  }
  inlay_matmul m = {};
  m.transpose_a = o.keep_num_dims() ? 1 : 0;  // the op's documented use of the field: keep the leading dims
  m.asymmetric = o.asymmetric_quantize_inputs() ? 1 : 0;
  r.node.kind = INLAY_OP_FULLY_CONNECTED;
  r.node.params = m;
  r.activation(o.fused_activation_function());
}

void read_batch_matmul(OpReader& r) {
  const auto& o = r.options<tfl::BatchMatMulOptions>();
  inlay_matmul m = {};
  m.transpose_a = o.adj_x() ? 1 : 0;
  m.transpose_b = o.adj_y() ? 1 : 0;
  m.asymmetric = o.asymmetric_quantize_inputs() ? 1 : 0;
  r.node.kind = INLAY_OP_BATCH_MATMUL;
  r.node.params = m;
}

}  // namespace inlay::tools::tflite_import
