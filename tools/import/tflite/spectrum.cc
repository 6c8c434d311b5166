// SPDX-License-Identifier: Apache-2.0
// Fourier transforms and complex numbers.
#include "tools/import/tflite/op_reader.h"

namespace inlay::tools::tflite_import {

void read_complex_abs(OpReader& r) { r.node.kind = INLAY_OP_COMPLEX_ABS; }
void read_real(OpReader& r) { r.node.kind = INLAY_OP_REAL; }
void read_imag(OpReader& r) { r.node.kind = INLAY_OP_IMAG; }

void read_rfft2d(OpReader& r) {
  const std::vector<int32_t> lengths = r.constant_ints(1, "the length of the transform", 2);
  if (lengths.size() != 2) r.fail("the length of the transform has " + std::to_string(lengths.size()) + " values, expected 2");
  inlay_dims dims = {};
  dims.rank = 2;
  dims.dims[0] = lengths[0];
  dims.dims[1] = lengths[1];
  r.node.kind = INLAY_OP_RFFT2D;
  r.node.params = dims;
  r.keep_inputs(1);
}

}  // namespace inlay::tools::tflite_import
