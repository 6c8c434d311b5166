// SPDX-License-Identifier: Apache-2.0
// Variables and control flow. A handle of a variable is only a number here: reads become COPYs from a variable tensor, writes
// COPYs to one, and CALL_ONCE the variables' initial contents.
#include <algorithm>

#include "tools/import/tflite/op_reader.h"

namespace inlay::tools::tflite_import {
namespace {

SourceVariable& variable_of(const OpReader& r, size_t input) {
  const Tensor& handle = r.input(input);
  if (!is_resource(handle) || handle.variable < 0) r.fail("input '" + handle.name + "' is no handle of a variable");
  return r.context.variables[static_cast<size_t>(handle.variable)];
}

bool same_value(const Tensor& a, const Tensor& b) {
  return a.dtype == b.dtype && a.shape == b.shape && a.quant.scales == b.quant.scales && a.quant.zero_points == b.quant.zero_points;
}

/// The tensor of this graph that stands for the variable; `like` says what it holds.
int32_t variable_tensor(OpReader& r, int32_t number, const Tensor& like) {
  SourceVariable& v = r.context.variables[static_cast<size_t>(number)];
  if (!v.shaped) {
    v.like = like;
    v.shaped = true;
  }
  if (!same_value(v.like, like)) r.fail("variable '" + v.name + "' is used with two dtypes, shapes or scales");
  for (size_t i = 0; i < r.graph().tensors.size(); ++i) {
    const Tensor& t = r.graph().tensors[i];
    if (t.is_variable && t.variable == number) return static_cast<int32_t>(i);
  }
  Tensor t;
  t.name = v.name;
  t.dtype = like.dtype;
  t.shape = like.shape;
  t.quant = like.quant;
  t.is_variable = true;
  t.variable = number;
  return r.graph().add(std::move(t));
}

std::vector<Tensor> values_of(const OpReader& r, size_t first) {
  std::vector<Tensor> values;
  for (size_t i = first; i < r.node.inputs.size(); ++i) {
    Tensor t = r.input(i);
    t.data.reset();
    values.push_back(std::move(t));
  }
  return values;
}

/// The node's outputs get the shapes of the callee's.
void take_outputs(OpReader& r, const Graph& callee) {
  if (callee.outputs.size() != r.node.outputs.size()) {
    r.fail("has " + std::to_string(r.node.outputs.size()) + " outputs, the subgraph it calls " + std::to_string(callee.outputs.size()));
  }
  for (size_t i = 0; i < callee.outputs.size(); ++i) {
    const Tensor& from = callee.tensors[static_cast<size_t>(callee.outputs[i])];
    Tensor& to = r.graph().tensors[static_cast<size_t>(r.node.outputs[i])];
    if (from.dtype != to.dtype) r.fail("output '" + to.name + "' has another dtype than the subgraph gives");
    to.shape = from.shape;
  }
}

}  // namespace

std::vector<int32_t> callees_of(const tfl::Operator& op) {
  if (const auto* o = op.builtin_options_as_IfOptions()) return {o->then_subgraph_index(), o->else_subgraph_index()};
  if (const auto* o = op.builtin_options_as_WhileOptions()) return {o->cond_subgraph_index(), o->body_subgraph_index()};
  if (const auto* o = op.builtin_options_as_CallOnceOptions()) return {o->init_subgraph_index()};
  if (const auto* o = op.builtin_options_as_CallOptions()) return {static_cast<int32_t>(o->subgraph())};
  if (const auto* o = op.builtin_options_2_as_StableHLOCompositeOptions()) return {o->decomposition_subgraph_index()};
  return {};
}

void read_var_handle(OpReader& r) {
  const auto& o = r.options<tfl::VarHandleOptions>();
  const std::string name = text_of(o.container()).empty() ? text_of(o.shared_name()) : text_of(o.container()) + "/" + text_of(o.shared_name());
  if (!is_resource(r.output(0))) r.fail("its output is not of type RESOURCE");
  auto& all = r.context.variables;
  auto found = std::find_if(all.begin(), all.end(), [&](const SourceVariable& v) { return v.name == name; });
  if (found == all.end()) {
    all.push_back({});
    all.back().name = name;
    found = all.end() - 1;
  }
  r.graph().tensors[static_cast<size_t>(r.node.outputs[0])].variable = static_cast<int32_t>(found - all.begin());
  r.become_nothing();
}

void read_read_variable(OpReader& r) {
  static_cast<void>(variable_of(r, 0));
  const int32_t number = r.input(0).variable;
  const SourceVariable& v = r.context.variables[static_cast<size_t>(number)];
  // The file's shape of a read may be open where what is assigned says it.
  Tensor like = r.output(0);
  if (v.shaped) like.shape = v.like.shape;
  if (std::any_of(like.shape.begin(), like.shape.end(), [](int32_t dim) { return dim < 0; })) {
    r.fail("the shape of variable '" + v.name + "' is not known");
  }
  r.node.kind = INLAY_OP_COPY;
  r.node.inputs = {variable_tensor(r, number, like)};
}

void read_assign_variable(OpReader& r) {
  static_cast<void>(variable_of(r, 0));
  const int32_t number = r.input(0).variable;
  const Tensor like = r.input(1);
  const int32_t value = r.node.inputs[1];
  if (is_resource(like)) r.fail("cannot assign a handle");
  r.node.kind = INLAY_OP_COPY;
  r.node.name = r.context.variables[static_cast<size_t>(number)].name;
  r.node.outputs = {variable_tensor(r, number, like)};
  r.node.inputs = {value};
}

void read_call_once(OpReader& r) {
  const int32_t index = r.options<tfl::CallOnceOptions>().init_subgraph_index();
  if (index <= 0) r.fail("names subgraph " + std::to_string(index) + ", expected one behind the main graph");
  const std::vector<Tensor> none;
  // Reading folds constants, so what is left of a graph that only sets variables are its copies.
  const Graph init = import_graph(r.context, static_cast<uint32_t>(index), &none);
  for (const Node& node : init.nodes) {
    const Tensor* value = node.inputs.empty() || node.inputs[0] < 0 ? nullptr : &init.tensors[static_cast<size_t>(node.inputs[0])];
    const Tensor* state = node.outputs.empty() || node.outputs[0] < 0 ? nullptr : &init.tensors[static_cast<size_t>(node.outputs[0])];
    const bool sets = node.kind == INLAY_OP_COPY && value != nullptr && value->is_constant() && state != nullptr && state->is_variable;
    if (!sets) r.fail("the subgraph it calls does more than set variables to constants, which is not supported");
    r.context.variables[static_cast<size_t>(state->variable)].initial = value->data;
  }
  r.become_nothing();
}

void read_if(OpReader& r) {
  const auto& o = r.options<tfl::IfOptions>();
  if (o.then_subgraph_index() <= 0 || o.else_subgraph_index() <= 0) r.fail("names the main graph as a branch");
  const std::vector<Tensor> values = values_of(r, 1);
  inlay_graphs graphs = {};
  graphs.first = import_called_graph(r.context, static_cast<uint32_t>(o.then_subgraph_index()), values);
  graphs.second = import_called_graph(r.context, static_cast<uint32_t>(o.else_subgraph_index()), values);
  drop_resources(r.graph(), &r.node.inputs);
  drop_resources(r.graph(), &r.node.outputs);
  take_outputs(r, r.context.graphs[static_cast<size_t>(graphs.first)]);
  r.node.kind = INLAY_OP_IF;
  r.node.params = graphs;
}

void read_while(OpReader& r) {
  const auto& o = r.options<tfl::WhileOptions>();
  if (o.cond_subgraph_index() <= 0 || o.body_subgraph_index() <= 0) r.fail("names the main graph as condition or body");
  const std::vector<Tensor> values = values_of(r, 0);
  inlay_graphs graphs = {};
  graphs.first = import_called_graph(r.context, static_cast<uint32_t>(o.cond_subgraph_index()), values);
  graphs.second = import_called_graph(r.context, static_cast<uint32_t>(o.body_subgraph_index()), values);
  drop_resources(r.graph(), &r.node.inputs);
  drop_resources(r.graph(), &r.node.outputs);
  const Graph& body = r.context.graphs[static_cast<size_t>(graphs.second)];
  take_outputs(r, body);
  for (size_t i = 0; i < body.outputs.size() && i < body.inputs.size(); ++i) {
    if (body.tensors[static_cast<size_t>(body.outputs[i])].shape != body.tensors[static_cast<size_t>(body.inputs[i])].shape) {
      r.fail("a value of the loop changes its shape from round to round, which is not supported (shapes are static)");
    }
  }
  r.node.kind = INLAY_OP_WHILE;
  r.node.params = graphs;
}

}  // namespace inlay::tools::tflite_import
