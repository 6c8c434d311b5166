// SPDX-License-Identifier: Apache-2.0
// One subgraph of the file, node by node: every node's shapes are final before the next one is read.
#include "tools/import/tflite/graph_import.h"

#include <algorithm>

#include "tools/graph/op_call.h"
#include "tools/graph/passes.h"
#include "tools/graph/uses.h"
#include "tools/import/tflite/op_reader.h"

namespace inlay::tools::tflite_import {
namespace {

/// A user's own op: it keeps its options. Its name is set by the caller, after the reader.
void read_user_op(OpReader& r) {
  r.node.kind = INLAY_OP_CUSTOM;
  r.node.custom = r.custom_options();
}

/// Tensor ids out of the file; -1 only where `optional`.
std::vector<int32_t> ids_of(const flatbuffers::Vector<int32_t>* from, size_t tensors, bool optional, const std::string& what) {
  std::vector<int32_t> ids;
  for (uint32_t i = 0; i < size_of(from); ++i) {
    const int32_t id = from->Get(i);
    if ((id < 0 && !(optional && id == -1)) || (id >= 0 && static_cast<size_t>(id) >= tensors)) {
      throw Error(what + " " + std::to_string(i) + " is tensor " + std::to_string(id) + ", but there are " + std::to_string(tensors) +
                  " tensors (the file is damaged)");
    }
    ids.push_back(id);
  }
  return ids;
}

std::string names_of(const Graph& graph) {
  std::string names;
  for (const int32_t id : graph.inputs) names += (names.empty() ? "'" : ", '") + graph.tensors[static_cast<size_t>(id)].name + "'";
  return names;
}

std::string shape_text(const std::vector<int32_t>& shape) {
  std::string text;
  for (const int32_t dim : shape) text += (text.empty() ? "" : "x") + std::to_string(dim);
  return text.empty() ? "a scalar" : text;
}

void check_size(const Tensor& t) {
  int64_t count = 1;
  for (const int32_t dim : t.shape) {
    if (dim < 0 || (dim > 0 && count > INT32_MAX / dim)) {
      throw Error("input '" + t.name + "' has the shape " + shape_text(t.shape) + ", expected dims of 0 or more and below 2^31 elements");
    }
    if (dim > 0) count *= dim;
  }
}

/// Final shapes of the main graph's inputs: what --shape says, else the file's with unknown dims as 1.
void resolve_inputs(const tfl::SubGraph& subgraph, const ImportOptions& options, Graph* graph) {
  for (const auto& entry : options.shapes) {
    const bool known = std::any_of(graph->inputs.begin(), graph->inputs.end(), [&](int32_t id) {
      return graph->tensors[static_cast<size_t>(id)].name == entry.first; });
    if (!known) throw Error("--shape: the model has no input '" + entry.first + "'; its inputs are " + names_of(*graph));
  }
  for (const int32_t id : graph->inputs) {
    Tensor& t = graph->tensors[static_cast<size_t>(id)];
    if (t.is_constant()) throw Error("input '" + t.name + "' of the model is also a constant (the file is damaged)");
    const auto* signature = subgraph.tensors()->Get(static_cast<uint32_t>(id))->shape_signature();
    const std::vector<int32_t> stored = t.shape;
    for (size_t i = 0; i < t.shape.size(); ++i) {
      const bool open = size_of(signature) == t.shape.size() && signature->Get(static_cast<uint32_t>(i)) == -1;
      if (open || t.shape[i] == -1) t.shape[i] = 1;
    }
    const auto asked = options.shapes.find(t.name);
    if (asked != options.shapes.end()) {
      const auto& shape = asked->second;
      const bool positive = std::all_of(shape.begin(), shape.end(), [](int32_t dim) { return dim > 0; });
      if (shape.size() > INLAY_MAX_RANK || !positive || (!stored.empty() && shape.size() != stored.size())) {
        throw Error("--shape " + t.name + "=" + shape_text(shape) + ": expected " + std::to_string(stored.size()) +
                    " dims of 1 or more, as in the file's " + shape_text(stored));
      }
      t.shape = shape;
    }
    check_size(t);
  }
}

/// Ops whose result holds elements of input 0 and nothing else.
bool moves_only(uint16_t kind) {
  switch (kind) {
    case INLAY_OP_TRANSPOSE:
    case INLAY_OP_SLICE:
    case INLAY_OP_TILE:
    case INLAY_OP_BROADCAST_TO:
    case INLAY_OP_GATHER:
    case INLAY_OP_GATHER_ND:
    case INLAY_OP_DYNAMIC_SLICE:
    case INLAY_OP_SPACE_TO_DEPTH:
    case INLAY_OP_DEPTH_TO_SPACE:
    case INLAY_OP_BATCH_TO_SPACE_ND:
    case INLAY_OP_REVERSE_SEQUENCE: return true;
    default: return false;
  }
}

class GraphReader {
 public:
  /// `inputs`: what the caller passes, for a subgraph called by control flow; NULL for the main one.
  GraphReader(ImportContext& context, const tfl::SubGraph& subgraph, const std::vector<Tensor>* inputs)
      : context_(context), subgraph_(subgraph) {
    graph_.name = text_of(subgraph.name());
    graph_.fold_budget = context.fold_budget;
    graph_.tensors = read_tensors(context.model, subgraph, context.file, &context.constants, context.fold_budget.get());
    graph_.inputs = ids_of(subgraph.inputs(), graph_.tensors.size(), false, "input");
    graph_.outputs = ids_of(subgraph.outputs(), graph_.tensors.size(), false, "output");
    if (inputs == nullptr) {
      if (graph_.outputs.empty()) throw Error("the model has no outputs");
      resolve_inputs(subgraph, context.options, &graph_);
    } else {
      take_inputs(*inputs);
    }
    known_.assign(graph_.tensors.size(), false);
    for (size_t i = 0; i < known_.size(); ++i) known_[i] = graph_.tensors[i].is_constant() || graph_.tensors[i].is_variable;
    for (const int32_t id : graph_.inputs) known_[static_cast<size_t>(id)] = true;
    find_empty_constants();
    drop_resources(graph_, &graph_.inputs);
  }

  Graph read() {
    for (uint32_t i = 0; i < size_of(subgraph_.operators()); ++i) read_node(i);
    for (const int32_t id : graph_.outputs) {
      const auto at = static_cast<size_t>(id);
      if (!known_[at]) throw Error("output '" + graph_.tensors[at].name + "' of the model is computed by no node (the file is damaged)");
    }
    refuse_open(graph_.outputs);
    drop_resources(graph_, &graph_.outputs);
    return std::move(graph_);
  }

 private:
  /// A constant without elements (the target shape of a scalar) has no bytes that would tell it from an activation: it is one
  /// when no node writes it.
  void find_empty_constants() {
    std::vector<bool> written = known_;
    for (uint32_t i = 0; i < size_of(subgraph_.operators()); ++i) {
      for (const int32_t id : ids_of(subgraph_.operators()->Get(i)->outputs(), written.size(), false, "node output")) {
        written[static_cast<size_t>(id)] = true;
      }
    }
    for (size_t i = 0; i < written.size(); ++i) {
      Tensor& t = graph_.tensors[i];
      if (written[i] || std::count(t.shape.begin(), t.shape.end(), 0) == 0) continue;
      t.data = std::make_shared<const Bytes>();
      known_[i] = true;
    }
  }

  /// A called graph's inputs have the caller's shapes; a handle of a variable stands for the caller's variable.
  void take_inputs(const std::vector<Tensor>& given) {
    if (given.size() != graph_.inputs.size()) {
      throw Error("subgraph '" + graph_.name + "' takes " + std::to_string(graph_.inputs.size()) + " inputs, its caller gives " +
                  std::to_string(given.size()));
    }
    for (size_t i = 0; i < given.size(); ++i) {
      Tensor& t = graph_.tensors[static_cast<size_t>(graph_.inputs[i])];
      if (t.is_constant()) throw Error("input '" + t.name + "' of subgraph '" + graph_.name + "' is also a constant (the file is damaged)");
      if (t.dtype != given[i].dtype) throw Error("input '" + t.name + "' of subgraph '" + graph_.name + "' has another type than its caller gives");
      t.shape = given[i].shape;
      t.data = given[i].data;
      t.variable = given[i].variable;
    }
  }

  void read_node(uint32_t index) {
    const tfl::Operator& op = *subgraph_.operators()->Get(index);
    const tfl::OperatorCode& code = code_of(context_.model, op, "node " + std::to_string(index));
    std::string where = "node " + std::to_string(index) + " (" + op_name(code);
    Node node;
    node.inputs = ids_of(op.inputs(), graph_.tensors.size(), true, where + "): input");
    node.outputs = ids_of(op.outputs(), graph_.tensors.size(), false, where + "): output");
    while (!node.inputs.empty() && node.inputs.back() < 0) node.inputs.pop_back();
    if (!node.outputs.empty()) node.name = graph_.tensors[static_cast<size_t>(node.outputs[0])].name;
    where += " '" + node.name + "')";
    check_order(node, where);
    if (builtin_code(code) != static_cast<int32_t>(tfl::BuiltinOperator::CONCATENATION)) refuse_open(node.inputs);
    const auto finish = [&](Node done) { add_node(std::move(done), index); };
    OpReader reader(op, where, &context_, &graph_, &open_, &node, finish);
    const ReadOp read_op = reader_of(code, context_.options);
    if (read_op == nullptr) throw Error(where + ": this op is not supported");  // refuse_missing_ops said so before
    read_op(reader);
    known_.resize(graph_.tensors.size(), true);  // what the reader added is a constant, or written by an emitted node
    if (node.kind == INLAY_OP_CUSTOM) node.custom_code = text_of(code.custom_code());
    const std::vector<int32_t> outputs = node.outputs;
    if (node.kind != INLAY_OP_NONE) finish(std::move(node));
    for (const int32_t id : outputs) known_[static_cast<size_t>(id)] = true;
  }

  /// Gives the node's outputs their shapes; computes it at once when it is constant, so that the next node can read its value.
  void add_node(Node node, uint32_t source_index) {
    if (moves_only(node.kind) && !node.inputs.empty() && node.inputs[0] >= 0 && node.outputs.size() == 1) {
      const Tensor& from = graph_.tensors[static_cast<size_t>(node.inputs[0])];
      const Tensor to = graph_.tensors[static_cast<size_t>(node.outputs[0])];
      if (from.dtype == to.dtype && !same_meaning(from, to)) return add_moved(std::move(node), from.quant, source_index);
    }
    try {
      // What calls graphs has its shapes from them; a user's op that is not at hand has the file's.
      const bool shaped = node.kind == INLAY_OP_IF || node.kind == INLAY_OP_WHILE || (node.kind == INLAY_OP_CUSTOM && find_op(node) == nullptr);
      if (!shaped) infer_shapes(graph_, node);
      else if (node.kind == INLAY_OP_CUSTOM) check_shapes_of_file(node);
    } catch (const Error& error) {
      throw Error("node " + std::to_string(source_index) + ": " + error.what());
    }
    if (!fold_node(graph_, node)) graph_.nodes.push_back(std::move(node));
  }

  /// A user's op that cannot be asked: the file must say every dim of its outputs, and --shape must not make that untrue.
  void check_shapes_of_file(const Node& node) const {
    const auto* tensors = subgraph_.tensors();
    for (const int32_t id : node.outputs) {
      const Tensor& t = graph_.tensors[static_cast<size_t>(id)];
      const auto* signature = tensors->Get(static_cast<uint32_t>(id))->shape_signature();
      const bool open = size_of(signature) != 0 && std::count(signature->begin(), signature->end(), -1) != 0;
      const bool unknown = std::any_of(t.shape.begin(), t.shape.end(), [](int32_t dim) { return dim < 0; });
      const bool no_shape = t.shape.empty() && !tensors->Get(static_cast<uint32_t>(id))->has_rank();
      if (!unknown && !no_shape && !(open && !context_.options.shapes.empty())) continue;
      throw Error("output '" + t.name + "' of the custom op '" + node.custom_code + "' has no fixed shape in the file; give the op itself with "
                  "--ops LIB.so, so that it can be asked");
    }
  }

  /// Some converters give what a SLICE or TRANSPOSE moves another scale than it had. LiteRT moves the stored values all the same.
  void add_moved(Node node, Quant quant, uint32_t source_index) {
    Tensor moved = graph_.tensors[static_cast<size_t>(node.outputs[0])];
    moved.name += "/moved";
    moved.quant = std::move(quant);
    Node view;
    view.kind = INLAY_OP_RESHAPE;
    view.name = node.name;
    view.outputs = node.outputs;
    node.outputs = {graph_.add(std::move(moved))};
    view.inputs = node.outputs;
    const int32_t id = node.outputs[0];
    add_node(std::move(node), source_index);
    const std::vector<int32_t>& shape = graph_.tensors[static_cast<size_t>(id)].shape;
    inlay_dims dims = {static_cast<int32_t>(shape.size()), {}};
    std::copy(shape.begin(), shape.end(), dims.dims);
    view.params = dims;
    add_node(std::move(view), source_index);
  }

  void refuse_open(const std::vector<int32_t>& ids) const {
    for (const int32_t id : ids) {
      const auto found = open_.find(id);
      if (found != open_.end()) throw Error(found->second.why_not);
    }
  }

  /// Inputs are there before the node runs; outputs are nobody else's.
  void check_order(const Node& node, const std::string& where) const {
    for (const int32_t id : node.inputs) {
      if (id >= 0 && !known_[static_cast<size_t>(id)]) {
        throw Error(where + ": reads tensor '" + graph_.tensors[static_cast<size_t>(id)].name + "' before a node computes it (the file is damaged)");
      }
    }
    for (size_t i = 0; i < node.outputs.size(); ++i) {
      const auto id = static_cast<size_t>(node.outputs[i]);
      const bool twice = std::count(node.outputs.begin(), node.outputs.end(), node.outputs[i]) > 1;
      if (known_[id] || twice) {
        throw Error(where + ": writes tensor '" + graph_.tensors[id].name + "', which is an input, a constant or another node's output");
      }
    }
  }

  ImportContext& context_;
  const tfl::SubGraph& subgraph_;
  Graph graph_;
  OpenSlices open_;
  std::vector<bool> known_;  ///< per tensor: its value exists where reading stands
};

}  // namespace

void drop_resources(const Graph& graph, std::vector<int32_t>* ids) {
  const auto gone = std::remove_if(ids->begin(), ids->end(), [&](int32_t id) { return id >= 0 && is_resource(graph.tensors[static_cast<size_t>(id)]); });
  ids->erase(gone, ids->end());
}

const tfl::OperatorCode& code_of(const tfl::Model& model, const tfl::Operator& op, const std::string& where) {
  const uint32_t count = size_of(model.operator_codes());
  if (op.opcode_index() >= count) {
    throw Error(where + " has op code " + std::to_string(op.opcode_index()) + ", but the file lists " + std::to_string(count));
  }
  return *model.operator_codes()->Get(op.opcode_index());
}

ReadOp reader_of(const tfl::OperatorCode& code, const ImportOptions& options) {
  if (builtin_code(code) != static_cast<int32_t>(tfl::BuiltinOperator::CUSTOM)) return find_reader(builtin_code(code));
  const std::string name = text_of(code.custom_code());
  return options.custom_ops.count(name) != 0 ? read_user_op : find_custom_reader(name);
}

Graph import_graph(ImportContext& context, uint32_t subgraph, const std::vector<Tensor>* inputs) {
  const uint32_t count = size_of(context.model.subgraphs());
  if (subgraph >= count) throw Error("subgraph " + std::to_string(subgraph) + " is called, but the file has " + std::to_string(count));
  const tfl::SubGraph& source = *context.model.subgraphs()->Get(subgraph);
  // Calls without end, and calls that double at each step, are files made to hurt.
  constexpr size_t kMostNested = 32;
  constexpr uint64_t kMostVolume = 4000000;
  if (++context.nested > kMostNested) throw Error("subgraphs of the model call each other more than " + std::to_string(kMostNested) + " deep");
  context.volume += uint64_t{size_of(source.tensors())} + size_of(source.operators());
  if (context.volume > kMostVolume) throw Error("the model calls its subgraphs too often");
  Graph graph = GraphReader(context, source, inputs).read();
  --context.nested;
  return graph;
}

int32_t import_called_graph(ImportContext& context, uint32_t subgraph, const std::vector<Tensor>& inputs) {
  // Each call has a copy of its own (constants are shared).
  constexpr size_t kMostGraphs = 64;
  if (context.graphs.size() >= kMostGraphs) throw Error("control flow of the model needs more than " + std::to_string(kMostGraphs) + " graphs");
  const size_t index = context.graphs.size();
  context.graphs.emplace_back();
  Graph graph = import_graph(context, subgraph, &inputs);
  context.graphs[index] = std::move(graph);
  return static_cast<int32_t>(index);
}

}  // namespace inlay::tools::tflite_import
