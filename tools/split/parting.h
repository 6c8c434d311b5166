// SPDX-License-Identifier: Apache-2.0
// The rules of part_of by kinds of ops. Each fills in the part, or refuses.
#pragma once
#include "tools/graph/uses.h"
#include "tools/split/ranges.h"

namespace inlay::tools {

inline int32_t dim(const Tensor& t, int32_t axis) { return t.shape[static_cast<size_t>(axis)]; }

/// A part under construction.
struct Parting {
  const Graph& graph;
  const Node& node;
  int32_t axis;
  Range out;
  PartNode part;

  const Tensor& input(size_t i) const { return tensor_at(graph, node.inputs[i]); }
  const Tensor& output() const { return tensor_at(graph, node.outputs[0]); }
  bool has(size_t i) const { return i < node.inputs.size() && node.inputs[i] >= 0; }
  bool by_features() const { return axis == rank_of(output()) - 1; }
  void refuse(const char* why) { part.refusal = why; }
  void need(size_t i, int32_t along, Range range) { part.inputs[i] = {along, range}; }
  /// The options to change; NULL, and refused: the node has none of that kind.
  template <typename T>
  T* options() {
    auto* found = std::get_if<T>(&part.params);
    if (found == nullptr) refuse("it has no options");
    return found;
  }
};

/// float32 with int8 or int4 weights: what an image is quantized by depends on all of its pixels.
inline bool by_image(const Parting& p) { return p.input(0).dtype == INLAY_FLOAT32 && p.input(1).dtype != INLAY_FLOAT32; }

// windows.cc
void part_conv(Parting& p);
void part_depthwise(Parting& p);
void part_pool(Parting& p);
void part_transpose_conv(Parting& p);
void part_resize(Parting& p);
/// Ranges of the weights, along this dim, and of the bias.
void need_features(Parting& p, int32_t along);

// moves.cc
void part_pad(Parting& p);
void part_reduction(Parting& p);
void part_arg(Parting& p);
void part_slice(Parting& p);
void part_transpose(Parting& p);
void part_reshape(Parting& p);
void part_space_to_depth(Parting& p);
void part_depth_to_space(Parting& p);

}  // namespace inlay::tools
