// SPDX-License-Identifier: Apache-2.0
// Rewrites of the mutable model that keep its answers.
#pragma once
#include "tools/graph/ir.h"

namespace inlay::tools {

/// Every pass, in the order that pays: fold constants, fuse, remove identities, drop what is dead.
void optimize(Model& model);

/// Nodes whose inputs are all constants become constants (fp16 weights behind DEQUANTIZE included).
void fold_constants(Graph& graph);
/// Computes one node whose inputs are all constants and whose result is worth storing; its outputs become constants. False, and
/// nothing done, otherwise. The caller drops the node.
bool fold_node(Graph& graph, const Node& node);
/// A lone RELU-like node behind conv, depthwise, fully connected, add, pool moves into its producer's activation; an ADD of a
/// constant per channel behind a conv without bias becomes its bias.
void fuse(Graph& graph);
/// SPACE_TO_BATCH_ND, a convolution and BATCH_TO_SPACE_ND become one dilated convolution.
void fuse_dilation(Graph& graph);
/// TRANSPOSEs that follow each other become one; one that only moves dims of 1 becomes a RESHAPE.
void simplify_moves(Graph& graph);
/// RESHAPE / QUANTIZE / PAD / SLICE / TILE / ... that change nothing vanish; chains of RESHAPE become one.
void remove_identities(Graph& graph);
/// Copies from and to variables go where the order of reads and writes allows it. Run last, before remove_dead.
void place_variables(Graph& graph);
/// Nodes and tensors nobody reads vanish; activations come first in the table, constants after.
void remove_dead(Graph& graph);

}  // namespace inlay::tools
