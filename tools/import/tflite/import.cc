// SPDX-License-Identifier: Apache-2.0
// From a .tflite file to the mutable model.
#include "tools/import/import.h"

#include <algorithm>

#include "tools/import/tflite/graph_import.h"

namespace inlay::tools {
namespace tflite_import {
namespace {

std::string first_output_name(const tfl::SubGraph& subgraph, const tfl::Operator& op) {
  if (size_of(op.outputs()) == 0) return "?";
  const int32_t id = op.outputs()->Get(0);
  if (id < 0 || static_cast<uint32_t>(id) >= size_of(subgraph.tensors())) return "?";
  return text_of(subgraph.tensors()->Get(static_cast<uint32_t>(id))->name());
}

/// Per subgraph: control flow may call it from the main one. What serves only other entry points, such as training, may be anything.
std::vector<bool> reachable_subgraphs(const tfl::Model& model) {
  const uint32_t count = size_of(model.subgraphs());
  std::vector<bool> reachable(count, false);
  std::vector<uint32_t> next = {0};
  reachable[0] = true;
  while (!next.empty()) {
    const tfl::SubGraph& subgraph = *model.subgraphs()->Get(next.back());
    next.pop_back();
    for (uint32_t i = 0; i < size_of(subgraph.operators()); ++i) {
      for (const int32_t callee : callees_of(*subgraph.operators()->Get(i))) {
        if (callee < 0 || static_cast<uint32_t>(callee) >= count || reachable[static_cast<size_t>(callee)]) continue;
        reachable[static_cast<size_t>(callee)] = true;
        next.push_back(static_cast<uint32_t>(callee));
      }
    }
  }
  return reachable;
}

/// Why Inlay lacks an op on purpose; empty where it does not say.
std::string reason_of(const tfl::OperatorCode& code) {
  switch (static_cast<tfl::BuiltinOperator>(builtin_code(code))) {
    case tfl::BuiltinOperator::UNIQUE:
      return "how many values it gives is known only at run time, and Inlay's shapes are static";
    case tfl::BuiltinOperator::HASHTABLE:
    case tfl::BuiltinOperator::HASHTABLE_FIND:
    case tfl::BuiltinOperator::HASHTABLE_IMPORT:
    case tfl::BuiltinOperator::HASHTABLE_LOOKUP:
    case tfl::BuiltinOperator::HASHTABLE_SIZE: return "tables of strings and keys belong into the program around the model";
    case tfl::BuiltinOperator::LSH_PROJECTION:
    case tfl::BuiltinOperator::SKIP_GRAM: return "it works on text, which belongs into the program around the model";
    case tfl::BuiltinOperator::RANDOM_STANDARD_NORMAL:
    case tfl::BuiltinOperator::RANDOM_UNIFORM:
    case tfl::BuiltinOperator::MULTINOMIAL:
    case tfl::BuiltinOperator::STABLEHLO_RNG_BIT_GENERATOR: return "a model gives the same answer each time; make random numbers an input";
    case tfl::BuiltinOperator::DELEGATE: return "the file was written by a running program; convert the original one";
    case tfl::BuiltinOperator::CONCAT_EMBEDDINGS: return "TensorFlow Lite has no such kernel either";
    default: break;
  }
  const std::string custom = text_of(code.custom_code());
  if (custom.compare(0, 4, "Flex") == 0) return "it needs all of TensorFlow; export the model with builtin ops only";
  return std::string();
}

/// One message about every op that Inlay lacks, so that the user learns all of them at once.
void refuse_missing_ops(const tfl::Model& model, const ImportOptions& options) {
  struct Missing {
    std::string name, first, reason;
    size_t count;
  };
  std::vector<Missing> all;
  const std::vector<bool> reachable = reachable_subgraphs(model);
  for (uint32_t g = 0; g < reachable.size(); ++g) {
    if (!reachable[g]) continue;
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
        all.push_back({name, where + " '" + first_output_name(subgraph, op) + "'", reason_of(code), 1});
      }
    }
  }
  if (all.empty()) return;
  const bool custom = std::any_of(all.begin(), all.end(), [](const Missing& m) { return m.name.rfind("CUSTOM", 0) == 0; });
  std::string text = all.size() == 1 ? "1 op of this model is not supported:" : std::to_string(all.size()) + " ops of this model are not supported:";
  for (const Missing& m : all) {
    text += "\n  " + m.name + (m.count == 1 ? " (1 node: " : " (" + std::to_string(m.count) + " nodes, the first: ") + m.first + ")";
    if (!m.reason.empty()) text += ": " + m.reason;
  }
  if (custom) {
    text += "\nAn op of your own is taken with --ops LIB.so (the op says its shapes) or --custom-op NAME (the file says them); see docs/custom_ops.md";
  }
  throw Error(text);
}

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
  // Further subgraphs are read when control flow calls them; other entry points are left out.
  // Computed constants are bounded, so that a small hostile file cannot ask for all memory; honest ones stay far below.
  constexpr uint64_t kFoldAtLeast = uint64_t{64} << 20, kFoldPerByte = 16;
  ImportContext context = {source, file, options, {}, {}, std::make_shared<uint64_t>(kFoldAtLeast + kFoldPerByte * file.size())};
  context.graphs.emplace_back();
  Graph main = import_graph(context, 0, nullptr);
  context.graphs[0] = std::move(main);
  for (Graph& graph : context.graphs) {
    for (Tensor& t : graph.tensors) {
      if (t.is_variable && t.variable >= 0) t.initial = context.variables[static_cast<size_t>(t.variable)].initial;
    }
  }
  model.graphs = std::move(context.graphs);
  model.metadata["producer"] = "inlay convert";
  model.metadata["source_format"] = "tflite";
  if (source.description() != nullptr && source.description()->size() > 0) model.metadata["description"] = source.description()->str();
  const std::string labels = read_labels(file);
  if (!labels.empty()) model.metadata["labels"] = labels;
  return model;
}

}  // namespace inlay::tools
