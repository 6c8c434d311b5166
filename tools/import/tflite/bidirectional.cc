// SPDX-License-Identifier: Apache-2.0
// Bidirectional layers become two layers, the second one walking backwards, and a CONCATENATION when the outputs are merged.
#include "tools/import/tflite/op_reader.h"

namespace inlay::tools::tflite_import {
namespace {

constexpr int32_t kTimeMajor = 1, kBackward = 2;  ///< inlay_recurrent.time_major

/// The source's inputs by number, -1 where left out.
struct Inputs {
  const std::vector<int32_t>& ids;
  int32_t operator[](size_t i) const { return i < ids.size() ? ids[i] : -1; }
  void append(size_t first, size_t count, std::vector<int32_t>* to) const {
    for (size_t i = first; i < first + count; ++i) to->push_back((*this)[i]);
  }
};

/// `forward` and `backward` are complete but for outputs and names.
void become_pair(OpReader& r, Node forward, Node backward, bool merge) {
  const size_t outputs = merge ? 1 : 2;
  if (r.node.outputs.size() != outputs) r.fail("expected " + std::to_string(outputs) + " outputs");
  forward.name = r.node.name + "/forward";
  backward.name = r.node.name + "/backward";
  if (!merge) {
    forward.outputs = {r.node.outputs[0]};
    backward.outputs = {r.node.outputs[1]};
    r.emit(std::move(forward));
    r.emit(std::move(backward));
    r.become_nothing();
    return;
  }
  const inlay_dtype dtype = r.output(0).dtype;
  const Quant quant = r.output(0).quant;
  const auto last = static_cast<int32_t>(r.input(0).shape.size()) - 1;
  const int32_t first = r.add_tensor(forward.name, dtype, quant), second = r.add_tensor(backward.name, dtype, quant);
  forward.outputs = {first};
  backward.outputs = {second};
  r.emit(std::move(forward));
  r.emit(std::move(backward));
  r.node.kind = INLAY_OP_CONCATENATION;
  r.node.activation = INLAY_ACT_NONE;
  r.node.params = inlay_axis{last, 0, 0};
  r.node.inputs = {first, second};
}

void refuse_auxiliary_weights(const OpReader& r, const Inputs& in, size_t first, size_t count) {
  for (size_t i = first; i < first + count; ++i) {
    if (in[i] >= 0) r.fail("has weights of an auxiliary input, which are not supported");
  }
}

}  // namespace

void read_bidirectional_sequence_lstm(OpReader& r) {
  constexpr size_t kForward = 1, kBackwardFirst = 18, kWeights = 17, kStates = 35, kAuxiliary = 39, kAuxiliaryWeights = 40;
  const auto& o = r.options<tfl::BidirectionalSequenceLSTMOptions>();
  if (r.input(0).dtype != INLAY_FLOAT32) r.fail("its activations are not float32, which is not supported");
  const Inputs in = {r.node.inputs};
  inlay_recurrent params = {};
  params.cell_clip = o.cell_clip();
  params.projection_clip = o.proj_clip();
  params.asymmetric = o.asymmetric_quantize_inputs() ? 1 : 0;
  params.time_major = o.time_major() ? kTimeMajor : 0;
  r.activation(o.fused_activation_function());

  Node forward, backward;
  forward.kind = backward.kind = INLAY_OP_UNIDIRECTIONAL_SEQUENCE_LSTM;
  forward.activation = backward.activation = r.node.activation;
  forward.params = params;
  params.time_major |= kBackward;
  backward.params = params;
  forward.inputs = {in[0]};
  in.append(kForward, kWeights, &forward.inputs);
  in.append(kStates, 2, &forward.inputs);
  refuse_auxiliary_weights(r, in, kAuxiliaryWeights, 8);
  // An auxiliary input without weights of its own is the input of the backward layer.
  backward.inputs = {in[kAuxiliary] >= 0 ? in[kAuxiliary] : in[0]};
  in.append(kBackwardFirst, kWeights, &backward.inputs);
  in.append(kStates + 2, 2, &backward.inputs);
  become_pair(r, std::move(forward), std::move(backward), o.merge_outputs());
}

void read_bidirectional_sequence_rnn(OpReader& r) {
  constexpr size_t kForward = 1, kBackwardFirst = 5, kEach = 4, kAuxiliaryWeights = 10;
  const auto& o = r.options<tfl::BidirectionalSequenceRNNOptions>();
  const Inputs in = {r.node.inputs};
  inlay_recurrent params = {};
  params.asymmetric = o.asymmetric_quantize_inputs() ? 1 : 0;
  params.time_major = o.time_major() ? kTimeMajor : 0;
  r.activation(o.fused_activation_function());

  Node forward, backward;
  forward.kind = backward.kind = INLAY_OP_UNIDIRECTIONAL_SEQUENCE_RNN;
  forward.activation = backward.activation = r.node.activation;
  forward.params = params;
  params.time_major |= kBackward;
  backward.params = params;
  forward.inputs = {in[0]};
  in.append(kForward, kEach, &forward.inputs);
  refuse_auxiliary_weights(r, in, kAuxiliaryWeights, 2);
  backward.inputs = {in[0]};  // unlike the LSTM's: LiteRT does not read an auxiliary input that has no weights
  in.append(kBackwardFirst, kEach, &backward.inputs);
  become_pair(r, std::move(forward), std::move(backward), o.merge_outputs());
}

}  // namespace inlay::tools::tflite_import
