// SPDX-License-Identifier: Apache-2.0
// Removal of nodes that change nothing, and of all but the last of a chain of RESHAPE.
#include <algorithm>

#include "tools/graph/passes.h"
#include "tools/graph/uses.h"

namespace inlay::tools {
namespace {

bool pads_nothing(const inlay_pad& pad) {
  const auto zero = [](int32_t n) { return n == 0; };
  return std::all_of(pad.before, pad.before + INLAY_MAX_RANK, zero) && std::all_of(pad.after, pad.after + INLAY_MAX_RANK, zero);
}

/// With the shape unchanged, every dim is taken whole; it may still run backwards.
bool slices_nothing(const inlay_slice& slice) {
  for (int32_t d = 0; d < INLAY_MAX_RANK; ++d) {
    if (slice.size[d] > 1 && slice.stride[d] != 1) return false;
  }
  return true;
}

/// The first output of `node` holds the bits of the first input, under the same shape and meaning.
bool is_identity(const Graph& graph, const Node& node) {
  if (node.inputs.empty() || node.inputs[0] < 0 || node.outputs.size() != 1) return false;
  const Tensor& in = tensor_at(graph, node.inputs[0]);
  const Tensor& out = tensor_at(graph, node.outputs[0]);
  if (in.shape != out.shape || !same_meaning(in, out) || in.is_variable || out.is_variable) return false;
  switch (node.kind) {
    case INLAY_OP_RESHAPE: return true;
    case INLAY_OP_QUANTIZE: return true;
    case INLAY_OP_TILE:
    case INLAY_OP_BROADCAST_TO: return true;
    case INLAY_OP_SLICE: return std::holds_alternative<inlay_slice>(node.params) && slices_nothing(std::get<inlay_slice>(node.params));
    case INLAY_OP_PAD: return std::holds_alternative<inlay_pad>(node.params) && pads_nothing(std::get<inlay_pad>(node.params));
    default: return false;
  }
}

/// Takes identity node `index` out. False when it has to stay: it copies an input, a constant or another output to an output.
bool bypass(Graph& graph, size_t index) {
  const int32_t in = graph.nodes[index].inputs[0], out = graph.nodes[index].outputs[0];
  const Uses uses(graph);
  if (!uses.is_output(out)) {
    replace_reads(graph, out, in);
  } else {
    // The tensor the caller knows stays; its producer writes it directly and all readers follow.
    const int32_t producer = uses.producer(in);
    if (producer < 0 || uses.is_input(in) || uses.is_output(in)) return false;
    auto& outputs = graph.nodes[static_cast<size_t>(producer)].outputs;
    std::replace(outputs.begin(), outputs.end(), in, out);
    replace_reads(graph, in, out);
  }
  graph.nodes[index].kind = INLAY_OP_NONE;
  graph.nodes[index].inputs.clear();
  graph.nodes[index].outputs.clear();
  return true;
}

/// A RESHAPE of a RESHAPE reads what the first one reads. The first dies later if nobody else wants it.
void shorten_reshape_chains(Graph& graph) {
  const Uses uses(graph);
  for (Node& node : graph.nodes) {
    while (node.kind == INLAY_OP_RESHAPE && !node.inputs.empty()) {
      const int32_t before = uses.producer(node.inputs[0]);
      if (before < 0) break;
      const Node& first = graph.nodes[static_cast<size_t>(before)];
      if (first.kind != INLAY_OP_RESHAPE || first.inputs.empty() || first.inputs[0] < 0) break;
      const Tensor& source = tensor_at(graph, first.inputs[0]);
      if (source.is_variable || !same_meaning(source, tensor_at(graph, node.inputs[0]))) break;
      node.inputs[0] = first.inputs[0];
    }
  }
}

/// Reshapes and transposes that lost their readers go at once, so that single-use checks of the next round see the truth.
void drop_unread_moves(Graph& graph) {
  for (size_t i = graph.nodes.size(); i-- > 0;) {
    Node& node = graph.nodes[i];
    const bool moves = node.kind == INLAY_OP_RESHAPE || node.kind == INLAY_OP_TRANSPOSE;
    if (!moves || node.outputs.empty()) continue;
    const Uses uses(graph);
    if (uses.readers(node.outputs[0]) > 0 || uses.is_output(node.outputs[0]) || tensor_at(graph, node.outputs[0]).is_variable) continue;
    node.kind = INLAY_OP_NONE;
    node.inputs.clear();
    node.outputs.clear();
  }
}

}  // namespace

void remove_identities(Graph& graph) {
  shorten_reshape_chains(graph);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (is_identity(graph, graph.nodes[i])) bypass(graph, i);
  }
  drop_unread_moves(graph);
  sweep(graph);
}

}  // namespace inlay::tools
