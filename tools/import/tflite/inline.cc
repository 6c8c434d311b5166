// SPDX-License-Identifier: Apache-2.0
// Calls of a subgraph without a condition: its nodes take the place of the call.
#include "tools/import/tflite/op_reader.h"

namespace inlay::tools::tflite_import {
namespace {

/// Where each tensor of `callee` lies in the caller: its inputs are the call's, everything else is new there.
std::vector<int32_t> adopt_tensors(OpReader& r, const Graph& callee, const std::vector<int32_t>& inputs) {
  std::vector<int32_t> places(callee.tensors.size(), -1);
  for (size_t i = 0; i < inputs.size(); ++i) {
    // A tensor may stand among the inputs twice; the call then gives the first.
    int32_t& place = places[static_cast<size_t>(callee.inputs[i])];
    if (place < 0) place = inputs[i];
  }
  for (size_t i = 0; i < places.size(); ++i) {
    if (places[i] < 0) places[i] = r.graph().add(callee.tensors[i]);
  }
  return places;
}

void inline_call(OpReader& r, int64_t index) {
  if (index <= 0) r.fail("names the main graph as the one it calls");
  const std::vector<int32_t> inputs = r.node.inputs, outputs = r.node.outputs;
  std::vector<Tensor> values;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (is_resource(r.input(i))) r.fail("passes a variable to the subgraph it calls, which is not supported");
    values.push_back(r.input(i));
  }
  const Graph callee = import_graph(r.context, static_cast<uint32_t>(index), &values);
  if (callee.outputs.size() != outputs.size() || callee.inputs.size() != inputs.size()) {
    r.fail("has " + std::to_string(outputs.size()) + " outputs, the subgraph it calls " + std::to_string(callee.outputs.size()));
  }
  const std::vector<int32_t> places = adopt_tensors(r, callee, inputs);
  const auto move = [&](std::vector<int32_t>* ids) {
    for (int32_t& id : *ids) id = id < 0 ? -1 : places[static_cast<size_t>(id)];
  };
  for (Node node : callee.nodes) {
    move(&node.inputs);
    move(&node.outputs);
    r.emit(std::move(node));
  }
  // The call's outputs are those of the subgraph under another name.
  for (size_t i = 0; i < outputs.size(); ++i) {
    const int32_t from = places[static_cast<size_t>(callee.outputs[i])];
    const Tensor& result = r.graph().tensors[static_cast<size_t>(from)];
    if (result.dtype != r.output(i).dtype) r.fail("output " + std::to_string(i) + " has another dtype than the subgraph gives");
    inlay_dims dims = {};
    dims.rank = static_cast<int32_t>(result.shape.size());
    for (size_t d = 0; d < result.shape.size(); ++d) dims.dims[d] = result.shape[d];
    Node same;
    same.kind = INLAY_OP_RESHAPE;
    same.inputs = {from};
    same.outputs = {outputs[i]};
    same.params = dims;
    r.emit(std::move(same));
  }
  r.become_nothing();
}

}  // namespace

void read_call(OpReader& r) { inline_call(r, r.options<tfl::CallOptions>().subgraph()); }

/// The subgraph says in plain ops what the named composite means.
void read_stablehlo_composite(OpReader& r) { inline_call(r, r.options_2<tfl::StableHLOCompositeOptions>().decomposition_subgraph_index()); }

}  // namespace inlay::tools::tflite_import
