// SPDX-License-Identifier: Apache-2.0
// Device memory of a segment: activations in one buffer, cut by the same planner as the host's; constants in as few as fit.
#pragma once
#include <functional>

#include "op.h"

namespace inlay::opencl {

/// The segment's nodes as a graph of their own: tensors of the model's graph, what crosses the border as inputs and outputs.
struct SegmentGraph {
  explicit SegmentGraph(const inlay_segment& segment);
  inlay_graph graph;
  std::vector<int32_t> inputs, outputs;
};

/// Activations. Sub-buffers lie at the device's alignment.
class Pool {
 public:
  /// `outside`: tensors that lie elsewhere. Throws Failure when the device has not that much memory in one piece.
  Pool(const Context& context, const Node& any, const SegmentGraph& segment, const std::function<bool(int32_t)>& outside);
  /// NULL for tensors outside.
  cl_mem at(int32_t tensor) const { return pieces_[static_cast<size_t>(tensor)].get(); }
  /// Both lie here, and begin with the same byte.
  bool same_place(int32_t a, int32_t b) const {
    return at(a) != nullptr && at(b) != nullptr && offsets_[static_cast<size_t>(a)] == offsets_[static_cast<size_t>(b)];
  }
  uint64_t bytes() const { return bytes_; }
  uint64_t lower_bound() const { return lower_bound_; }

 private:
  uint64_t bytes_ = 0, lower_bound_ = 0;
  std::vector<uint64_t> offsets_;  ///< by tensor
  Buffer whole_;
  std::vector<Buffer> pieces_;  ///< by tensor; before whole_ in death
};

/// Constants, gathered first, then uploaded once.
class Weights {
 public:
  /// Takes `bytes` bytes at `data`, which must live until upload(), and returns their number. Equal addresses are kept once.
  size_t add(const void* data, size_t bytes);
  /// The same, the bytes being handed over.
  size_t add(std::vector<uint8_t> data);
  void upload(const Context& context, const Caps& caps);
  cl_mem at(size_t number) const { return pieces_[number].get(); }
  uint64_t bytes() const { return bytes_; }

 private:
  struct Item {
    const void* data;
    size_t bytes;
    size_t chunk, offset;
  };
  std::vector<Item> items_;
  std::vector<std::vector<uint8_t>> kept_;
  std::vector<Buffer> chunks_, pieces_;
  uint64_t bytes_ = 0;
};

}  // namespace inlay::opencl
