// SPDX-License-Identifier: Apache-2.0
// Ops with a state, which the file holds as variable tensors among their inputs.
#include "tools/import/tflite/op_reader.h"

namespace inlay::tools::tflite_import {
namespace {

constexpr size_t kLstmInputs = 24;  ///< of the file's op; Inlay's has one more

inlay_recurrent clips(float cell, float projection, bool asymmetric) {
  inlay_recurrent r = {};
  r.cell_clip = cell;
  r.projection_clip = projection;
  r.asymmetric = asymmetric ? 1 : 0;
  return r;
}

/// The quantization that the file keeps in tensors without values, as the constant that the op reads.
void add_intermediates(OpReader& r) {
  const std::vector<int32_t> ids = r.intermediates();
  if (ids.empty() || r.input(0).dtype == INLAY_FLOAT32) return;
  if (ids.size() != 5) r.fail("has " + std::to_string(ids.size()) + " intermediate tensors, expected 5 (8-bit cell states are not supported)");
  std::vector<float> rows;
  for (const int32_t id : ids) {
    const Quant& q = r.graph().tensors[static_cast<size_t>(id)].quant;
    if (q.scales.size() > 1) r.fail("an intermediate tensor has more than one scale");
    if (q.empty() && id == ids.back()) r.fail("the hidden state (the last intermediate tensor) has no scale");
    rows.push_back(q.empty() ? 1.0f : q.scales[0]);  // of the gates it counts with normalization only, and is left out without
    rows.push_back(q.empty() ? 0.0f : static_cast<float>(q.zero_points[0]));
  }
  const auto* bytes = reinterpret_cast<const uint8_t*>(rows.data());
  const int32_t id = r.add_constant(r.node.name + "/intermediates", INLAY_FLOAT32, {5, 2}, Bytes(bytes, bytes + rows.size() * sizeof(float)));
  r.node.inputs.resize(kLstmInputs, -1);
  r.node.inputs.push_back(id);
}

void become_lstm(OpReader& r, const inlay_recurrent& params, tfl::ActivationFunctionType activation) {
  if (r.node.inputs.size() > kLstmInputs) r.fail("has " + std::to_string(r.node.inputs.size()) + " inputs, expected at most 24");
  r.node.kind = INLAY_OP_UNIDIRECTIONAL_SEQUENCE_LSTM;
  r.node.params = params;
  r.activation(activation);
  add_intermediates(r);
}

}  // namespace

void read_unidirectional_sequence_lstm(OpReader& r) {
  const auto& o = r.options<tfl::UnidirectionalSequenceLSTMOptions>();
  if (o.diagonal_recurrent_tensors()) r.fail("its recurrent weights are diagonals, which is not supported");
  inlay_recurrent params = clips(o.cell_clip(), o.proj_clip(), o.asymmetric_quantize_inputs());
  params.time_major = o.time_major() ? 1 : 0;
  become_lstm(r, params, o.fused_activation_function());
}

void read_lstm(OpReader& r) {
  const auto& o = r.options<tfl::LSTMOptions>();
  if (o.kernel_type() != tfl::LSTMKernelType::FULL || r.node.outputs.size() != 1) {
    r.fail("its BASIC kernel is not supported; export the LSTM with the FULL one");
  }
  become_lstm(r, clips(o.cell_clip(), o.proj_clip(), o.asymmetric_quantize_inputs()), o.fused_activation_function());
}

void read_unidirectional_sequence_rnn(OpReader& r) {
  const auto& o = r.options<tfl::SequenceRNNOptions>();
  inlay_recurrent params = clips(0.0f, 0.0f, o.asymmetric_quantize_inputs());
  params.time_major = o.time_major() ? 1 : 0;
  r.node.kind = INLAY_OP_UNIDIRECTIONAL_SEQUENCE_RNN;
  r.node.params = params;
  r.activation(o.fused_activation_function());
}

void read_rnn(OpReader& r) {
  const auto& o = r.options<tfl::RNNOptions>();
  r.node.kind = INLAY_OP_UNIDIRECTIONAL_SEQUENCE_RNN;
  r.node.params = clips(0.0f, 0.0f, o.asymmetric_quantize_inputs());
  r.activation(o.fused_activation_function());
}

void read_svdf(OpReader& r) {
  const auto& o = r.options<tfl::SVDFOptions>();
  inlay_recurrent params = clips(0.0f, 0.0f, o.asymmetric_quantize_inputs());
  params.rank = o.rank();
  r.node.kind = INLAY_OP_SVDF;
  r.node.params = params;
  r.activation(o.fused_activation_function());
}

}  // namespace inlay::tools::tflite_import
