// SPDX-License-Identifier: Apache-2.0
// What a segment's nodes launch, where an ADD behind a convolution may be done by the convolution's own launch: one kernel less, and
// what the convolution alone would give never goes to memory.
#pragma once
#include "gpu/op.h"

namespace inlay::gpu {

/// Node `node` does ADD `add`, numbers of the graph's nodes, with tensor `other`.
struct FusedSum {
  int32_t node, add, other;
};

/// Of the nodes of a segment, in their order.
struct Plans {
  std::vector<Recipe> recipes;  ///< those of ADDs that another node does are empty
  std::vector<FusedSum> sums;   ///< by rising `node`
};

/// `find`: the op of a kind that no node of the segment was rejected by. `own`: plans a node in the backend's own way, alone or with
/// others, and says whether it has; such a node is an ADD of no other node.
Plans plan_nodes(const inlay_segment& segment, const Caps& caps, const Op* (*find)(uint16_t kind),
                 const std::function<bool(const Node&, Recipe*)>& own = {});

}  // namespace inlay::gpu
