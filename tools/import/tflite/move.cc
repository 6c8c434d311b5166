// SPDX-License-Identifier: Apache-2.0
// Ops that put elements elsewhere, by places known at import.
#include <algorithm>

#include "tools/import/tflite/op_reader.h"

namespace inlay::tools::tflite_import {
namespace {

/// The node becomes `kind` of input 0 with a constant list, input 1 of the file, as its params.
void with_list(OpReader& r, uint16_t kind, const char* what) {
  r.node.params = dims_of(r, r.constant_ints(1, what));
  r.node.kind = kind;
  r.keep_inputs(1);
}

}  // namespace

void read_transpose(OpReader& r) {
  std::vector<int32_t> order = r.constant_ints(1, "the permutation");
  for (int32_t& d : order) d = r.axis(d, order.size());
  r.node.params = dims_of(r, order);
  r.node.kind = INLAY_OP_TRANSPOSE;
  r.keep_inputs(1);
}

void read_tile(OpReader& r) { with_list(r, INLAY_OP_TILE, "the multiples"); }
void read_broadcast_to(OpReader& r) { with_list(r, INLAY_OP_BROADCAST_TO, "the target shape"); }

void read_reverse_sequence(OpReader& r) {
  const auto& o = r.options<tfl::ReverseSequenceOptions>();
  const size_t rank = r.input(0).shape.size();
  r.node.kind = INLAY_OP_REVERSE_SEQUENCE;
  r.node.params = inlay_axis{r.axis(o.seq_dim(), rank), r.axis(o.batch_dim(), rank), 0};
}

void read_pack(OpReader& r) {
  const auto& o = r.options<tfl::PackOptions>();
  std::vector<int32_t> shape = r.input(0).shape;
  const int32_t axis = r.axis(o.axis(), shape.size() + 1);
  shape.insert(shape.begin() + axis, 1);
  const inlay_dims dims = dims_of(r, shape);
  Node step;
  step.kind = INLAY_OP_RESHAPE;
  step.params = dims;
  if (r.node.inputs.size() > 1) {
    for (size_t i = 0; i < r.node.inputs.size(); ++i) {
      step.inputs = {r.node.inputs[i]};
      const std::string name = r.output(0).name + "/part" + std::to_string(i);
      step.outputs = {r.add_tensor(name, r.input(i).dtype, r.input(i).quant)};
      r.emit(step);
      r.node.inputs[i] = step.outputs[0];
    }
    r.node.kind = INLAY_OP_CONCATENATION;
    r.node.params = inlay_axis{axis, 0, 0};
  } else {
    r.node.kind = INLAY_OP_RESHAPE;
    r.node.params = dims;
  }
}

void read_fill(OpReader& r) {
  if (!r.input(1).shape.empty()) r.fail("its value must be a scalar");
  r.node.params = dims_of(r, r.constant_ints(0, "the dims"));
  r.node.kind = INLAY_OP_BROADCAST_TO;
  r.node.inputs = {r.node.inputs[1]};
}

}  // namespace inlay::tools::tflite_import
