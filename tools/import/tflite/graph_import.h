// SPDX-License-Identifier: Apache-2.0
// What the import of one file's subgraphs shares.
#pragma once
#include "tools/import/import.h"
#include "tools/import/tflite/reader.h"

namespace inlay::tools::tflite_import {

class OpReader;
using ReadOp = void (*)(OpReader&);

/// The state of one variable of the file (a resource): its number is its place in ImportContext::variables.
struct SourceVariable {
  std::string name;
  bool shaped = false;  ///< like is known
  Tensor like;          ///< dtype, shape and quantization of its value
  std::shared_ptr<const Bytes> initial;
};

struct ImportContext {
  const tfl::Model& model;
  const Bytes& file;
  const ImportOptions& options;
  std::vector<Graph> graphs;  ///< 0 is the main one; a called graph comes behind its caller
  std::vector<SourceVariable> variables;
  std::shared_ptr<uint64_t> fold_budget;  ///< of all graphs, see Graph; never NULL
  ConstantPool constants = {};
  size_t nested = 0;   ///< subgraphs being read now, each called by the one before
  uint64_t volume = 0; ///< tensors and nodes read so far, a subgraph called twice counting twice
};

/// Handles of variables (TFLite resources) are known by number while importing; no tensor of the result has this dtype.
constexpr inlay_dtype kResource = static_cast<inlay_dtype>(0);
inline bool is_resource(const Tensor& t) { return t.dtype == kResource; }

/// The tensors that hold values: handles leave the list.
void drop_resources(const Graph& graph, std::vector<int32_t>* ids);

/// Reads subgraph `subgraph`; `inputs` are what a caller passes, NULL for the main graph. Throws Error.
Graph import_graph(ImportContext& context, uint32_t subgraph, const std::vector<Tensor>* inputs);
/// The same for control flow: the graph joins context.graphs, and its number there is returned.
int32_t import_called_graph(ImportContext& context, uint32_t subgraph, const std::vector<Tensor>& inputs);

/// The subgraphs that control flow of this op names, as the file says.
std::vector<int32_t> callees_of(const tfl::Operator& op);
const tfl::OperatorCode& code_of(const tfl::Model& model, const tfl::Operator& op, const std::string& where);
/// The function that reads ops of this code, NULL for one that Inlay lacks.
ReadOp reader_of(const tfl::OperatorCode& code, const ImportOptions& options);

}  // namespace inlay::tools::tflite_import
