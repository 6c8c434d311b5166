// SPDX-License-Identifier: Apache-2.0
// Ops with a state, which the file holds as variable tensors among their inputs.
#include "tools/import/tflite/chain.h"

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

inlay_slice columns(int32_t rows, int32_t first, int32_t count) {
  inlay_slice s = {};
  s.begin[1] = first;
  s.size[0] = rows;
  s.size[1] = count;
  s.stride[0] = s.stride[1] = 1;
  return s;
}

/// Gives output `i` of the file's op the value of a node of its own.
void give(OpReader& r, size_t i, uint16_t kind, std::vector<int32_t> inputs, Params params = {}) {
  Node node;
  node.kind = kind;
  node.inputs = std::move(inputs);
  node.outputs = {r.node.outputs[i]};
  node.params = std::move(params);
  r.emit(std::move(node));
}

/// LSTM of the BASIC kernel, one step: a fully connected layer of input and last output gives four gates (Hochreiter and
/// Schmidhuber 1997, doi:10.1162/neco.1997.9.8.1735, with forget gate); the caller carries the state.
/// Inputs: x [batch, n], last output [batch, cells], weights [4 cells, n + cells], bias, state [batch, cells]. Outputs: output,
/// state, and two that only lend memory to TFLite's kernel: the joined inputs and the gates before their functions.
void read_basic_lstm(OpReader& r) {
  if (r.node.inputs.size() != 5 || r.node.outputs.size() != 4) r.fail("its BASIC kernel has 5 inputs and 4 outputs");
  for (size_t i = 0; i < 5; ++i) {
    if (r.input(i).dtype != INLAY_FLOAT32) r.fail("its BASIC kernel is supported for float32 only; export the LSTM with the FULL one");
  }
  if (r.input(0).shape.size() != 2 || r.input(4).shape.size() != 2) r.fail("its input and state must have 2 dims");
  const int32_t rows = r.input(4).shape[0], cells = r.input(4).shape[1];
  const std::vector<int32_t> in = r.node.inputs;
  Chain chain(r);
  give(r, 2, INLAY_OP_CONCATENATION, {in[0], in[1]}, inlay_axis{1, 0, 0});
  inlay_matmul plain = {};
  give(r, 3, INLAY_OP_FULLY_CONNECTED, {r.node.outputs[2], in[2], in[3]}, plain);
  const int32_t gates = r.node.outputs[3];
  if (chain.shape(gates) != std::vector<int32_t>{rows, 4 * cells}) r.fail("its weights do not give 4 gates of the state's shape");
  const auto gate = [&](int32_t i, uint16_t kind) {
    return chain.then(kind, {chain.then(INLAY_OP_SLICE, {gates}, columns(rows, i * cells, cells))});
  };
  const int32_t input = gate(0, INLAY_OP_LOGISTIC), fresh = gate(1, INLAY_OP_TANH);
  const int32_t forget = gate(2, INLAY_OP_LOGISTIC), output = gate(3, INLAY_OP_LOGISTIC);
  give(r, 1, INLAY_OP_ADD, {chain.then(INLAY_OP_MUL, {input, fresh}), chain.then(INLAY_OP_MUL, {forget, in[4]})});
  give(r, 0, INLAY_OP_MUL, {output, chain.then(INLAY_OP_TANH, {r.node.outputs[1]})});
  r.become_nothing();
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
  if (o.kernel_type() == tfl::LSTMKernelType::BASIC) return read_basic_lstm(r);
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
