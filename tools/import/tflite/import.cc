// SPDX-License-Identifier: Apache-2.0
// From a .tflite file to the mutable model, node by node: every node's shapes are final before the next one is read.
#include "tools/import/import.h"

#include <algorithm>

#include "tools/graph/op_call.h"
#include "tools/graph/passes.h"
#include "tools/import/tflite/op_reader.h"

namespace inlay::tools {
namespace tflite_import {
namespace {

std::string first_output_name(const tfl::SubGraph& subgraph, const tfl::Operator& op) {
  if (size_of(op.outputs()) == 0) return "?";
  const int32_t id = op.outputs()->Get(0);
  if (id < 0 || static_cast<uint32_t>(id) >= size_of(subgraph.tensors())) return "?";
  return text_of(subgraph.tensors()->Get(static_cast<uint32_t>(id))->name());
}

const tfl::OperatorCode& code_of(const tfl::Model& model, const tfl::Operator& op, const std::string& where) {
  const uint32_t count = size_of(model.operator_codes());
  if (op.opcode_index() >= count) {
    throw Error(where + " has op code " + std::to_string(op.opcode_index()) + ", but the file lists " + std::to_string(count));
  }
  return *model.operator_codes()->Get(op.opcode_index());
}

/// A user's own op: it keeps its options. Its name is set by the caller.
void read_user_op(OpReader& r) {
  r.node.kind = INLAY_OP_CUSTOM;
  r.node.custom = r.custom_options();
}

ReadOp reader_of(const tfl::OperatorCode& code, const ImportOptions& options) {
  if (builtin_code(code) != static_cast<int32_t>(tfl::BuiltinOperator::CUSTOM)) return find_reader(builtin_code(code));
  const std::string name = text_of(code.custom_code());
  return options.custom_ops.count(name) != 0 ? read_user_op : find_custom_reader(name);
}

/// One message about every op that Inlay lacks, so that the user learns all of them at once.
void refuse_missing_ops(const tfl::Model& model, const ImportOptions& options) {
  struct Missing {
    std::string name, first;
    size_t count;
  };
  std::vector<Missing> all;
  for (uint32_t g = 0; g < size_of(model.subgraphs()); ++g) {
    const tfl::SubGraph& subgraph = *model.subgraphs()->Get(g);
    for (uint32_t i = 0; i < size_of(subgraph.operators()); ++i) {
      const tfl::Operator& op = *subgraph.operators()->Get(i);
      const std::string where = "node " + std::to_string(i) + (g == 0 ? "" : " of subgraph " + std::to_string(g));
      const tfl::OperatorCode& code = code_of(model, op, where);
      if (reader_of(code, options) != nullptr) continue;
      const std::string name = op_name(code);
      const auto known = std::find_if(all.begin(), all.end(), [&](const Missing& m) { return m.name == name; });
      if (known != all.end()) {
        ++known->count;
      } else {
        all.push_back({name, where + " '" + first_output_name(subgraph, op) + "'", 1});
      }
    }
  }
  if (all.empty()) return;
  std::string text = all.size() == 1 ? "1 op of this model is not supported:" : std::to_string(all.size()) + " ops of this model are not supported:";
  for (const Missing& m : all) {
    text += "\n  " + m.name + (m.count == 1 ? " (1 node: " : " (" + std::to_string(m.count) + " nodes, the first: ") + m.first + ")";
  }
  throw Error(text);
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

/// Final shapes of the graph inputs: what --shape says, else the file's with unknown dims as 1.
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

class GraphReader {
 public:
  GraphReader(const tfl::Model& model, const tfl::SubGraph& subgraph, const Bytes& file, const ImportOptions& options)
      : model_(model), subgraph_(subgraph), options_(options) {
    graph_.name = text_of(subgraph.name());
    graph_.tensors = read_tensors(model, subgraph, file);
    graph_.inputs = ids_of(subgraph.inputs(), graph_.tensors.size(), false, "input");
    graph_.outputs = ids_of(subgraph.outputs(), graph_.tensors.size(), false, "output");
    if (graph_.outputs.empty()) throw Error("the model has no outputs");
    resolve_inputs(subgraph, options, &graph_);
    known_.assign(graph_.tensors.size(), false);
    for (size_t i = 0; i < known_.size(); ++i) known_[i] = graph_.tensors[i].is_constant() || graph_.tensors[i].is_variable;
    for (const int32_t id : graph_.inputs) known_[static_cast<size_t>(id)] = true;
  }

  Graph read() {
    for (uint32_t i = 0; i < size_of(subgraph_.operators()); ++i) read_node(i);
    for (const int32_t id : graph_.outputs) {
      const auto at = static_cast<size_t>(id);
      if (!known_[at]) throw Error("output '" + graph_.tensors[at].name + "' of the model is computed by no node (the file is damaged)");
    }
    return std::move(graph_);
  }

 private:
  void read_node(uint32_t index) {
    const tfl::Operator& op = *subgraph_.operators()->Get(index);
    const tfl::OperatorCode& code = code_of(model_, op, "node " + std::to_string(index));
    std::string where = "node " + std::to_string(index) + " (" + op_name(code);
    Node node;
    node.inputs = ids_of(op.inputs(), graph_.tensors.size(), true, where + "): input");
    node.outputs = ids_of(op.outputs(), graph_.tensors.size(), false, where + "): output");
    while (!node.inputs.empty() && node.inputs.back() < 0) node.inputs.pop_back();
    if (!node.outputs.empty()) node.name = graph_.tensors[static_cast<size_t>(node.outputs[0])].name;
    where += " '" + node.name + "')";
    check_order(node, where);
    const auto finish = [&](Node done) { add_node(std::move(done), index); };
    OpReader reader(op, where, &graph_, &node, finish);
    const ReadOp read_op = reader_of(code, options_);
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
    try {
      if (node.kind != INLAY_OP_CUSTOM || find_op(node) != nullptr) infer_shapes(graph_, node);
    } catch (const Error& error) {
      throw Error("node " + std::to_string(source_index) + ": " + error.what());
    }
    if (!fold_node(graph_, node)) graph_.nodes.push_back(std::move(node));
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

  const tfl::Model& model_;
  const tfl::SubGraph& subgraph_;
  const ImportOptions& options_;
  Graph graph_;
  std::vector<bool> known_;  ///< per tensor: its value exists where reading stands
};

}  // namespace
}  // namespace tflite_import

Model import_tflite(const Bytes& file, const ImportOptions& options) {
  using namespace tflite_import;
  std::vector<uint64_t> aligned;
  const tfl::Model& source = *verified_model(file, &aligned);
  if (source.version() != 3) throw Error("the .tflite file has version " + std::to_string(source.version()) + ", expected 3");
  if (size_of(source.subgraphs()) == 0) throw Error("the .tflite file has no graph");
  refuse_missing_ops(source, options);
  Model model;
  // Further subgraphs are bodies of control flow or other entry points; no op read today calls one.
  model.graphs.push_back(GraphReader(source, *source.subgraphs()->Get(0), file, options).read());
  model.metadata["producer"] = "inlay convert";
  model.metadata["source_format"] = "tflite";
  if (source.description() != nullptr && source.description()->size() > 0) model.metadata["description"] = source.description()->str();
  const std::string labels = read_labels(file);
  if (!labels.empty()) model.metadata["labels"] = labels;
  return model;
}

}  // namespace inlay::tools
