// SPDX-License-Identifier: Apache-2.0
// Asks the runtime's own ops about nodes of the mutable graph: what shape comes out, what value comes out.
#pragma once
#include "tools/graph/ir.h"

namespace inlay::tools {

/// Sets the shapes of `node`'s outputs from its inputs, by the op's prepare. Throws Error when the op refuses the node.
void infer_shapes(Graph& graph, const Node& node);

/// Runs `node`, whose inputs are all constants, and returns the bytes of its outputs. Throws Error when it fails.
std::vector<Bytes> evaluate(const Graph& graph, const Node& node);

/// Adds custom ops for the rest of the process; they must live as long. A later op of the same name wins.
void add_user_ops(const inlay_op_table& ops);
/// The ops of this build and the user's: what sessions of the tools take.
const inlay_op_table* all_ops();

/// The op of this build or of the user for `node`, or NULL.
const inlay_op* find_op(const Node& node);

}  // namespace inlay::tools
