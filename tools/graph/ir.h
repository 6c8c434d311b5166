// SPDX-License-Identifier: Apache-2.0
// The mutable model of the host tools: what importers make, passes change and emit writes.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "inlay/graph.h"

namespace inlay::tools {

/// A failure of a tool, with the sentence for the user.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

using Bytes = std::vector<uint8_t>;

struct Quant {
  std::vector<float> scales;         ///< empty: none; one: per tensor; else one per index of `axis`
  std::vector<int32_t> zero_points;  ///< as many as scales
  int32_t axis = 0;

  bool empty() const { return scales.empty(); }
};

struct Tensor {
  std::string name;
  inlay_dtype dtype = INLAY_FLOAT32;
  std::vector<int32_t> shape;
  Quant quant;
  std::shared_ptr<const Bytes> data;  ///< constants; shared by copies, never changed in place
  bool is_variable = false;
  int32_t variable = -1;                 ///< variables: tensors with one number >= 0 stand for one state; -1: a state of its own
  std::shared_ptr<const Bytes> initial;  ///< variables: contents after init and reset; NULL: zeros

  bool is_constant() const { return data != nullptr; }
};

/// The option structs of inlay/graph.h, in the order of inlay_params_type.
using Params = std::variant<std::monostate, inlay_window, inlay_axis, inlay_axes, inlay_dims, inlay_slice, inlay_pad, inlay_scalars,
                            inlay_resize, inlay_matmul, inlay_block_params, inlay_graphs, inlay_recurrent, inlay_detection,
                            inlay_window_3d, inlay_signal>;

struct Node {
  uint16_t kind = INLAY_OP_NONE;
  uint8_t activation = INLAY_ACT_NONE;
  std::vector<int32_t> inputs;  ///< tensor indices, -1: left out
  std::vector<int32_t> outputs;
  Params params;
  std::string name;
  std::string custom_code;
  Bytes custom;
};

struct Graph {
  std::string name;
  std::vector<Tensor> tensors;
  std::vector<Node> nodes;  ///< in execution order
  std::vector<int32_t> inputs;
  std::vector<int32_t> outputs;
  /// Bytes that constants computed at convert time may still take, for all graphs of a model together; NULL: no limit.
  std::shared_ptr<uint64_t> fold_budget;

  /// Adds a tensor and returns its index.
  int32_t add(Tensor tensor) {
    tensors.push_back(std::move(tensor));
    return static_cast<int32_t>(tensors.size()) - 1;
  }
};

struct Model {
  std::vector<Graph> graphs;  ///< 0 is the main one
  std::map<std::string, std::string> metadata;
};

}  // namespace inlay::tools
