// SPDX-License-Identifier: Apache-2.0
// Device memory of a segment, before any is taken: activations at offsets of one buffer, cut by the same planner as the host's;
// constants in as few images as fit.
#pragma once
#include <functional>

#include "gpu/sums.h"

namespace inlay::gpu {

/// The segment's nodes as a graph of their own: tensors of the model's graph, what crosses the border as inputs and outputs. A node
/// with a sum behind it reads what is added, too, and writes the sum; the ADD is not there, nor is a tensor between them.
struct SegmentGraph {
  explicit SegmentGraph(const inlay_segment& segment, const std::vector<FusedSum>& sums = {});
  SegmentGraph(const SegmentGraph&) = delete;
  SegmentGraph& operator=(const SegmentGraph&) = delete;

  inlay_graph graph;
  std::vector<int32_t> inputs, outputs;

 private:
  void take_nodes(const inlay_segment& segment, const std::vector<FusedSum>& sums);

  std::vector<inlay_node> nodes_;
  std::vector<std::vector<int32_t>> wires_;  ///< inputs of the nodes with a sum
};

/// Where activations lie.
struct Activations {
  struct Place {
    bool inside;  ///< false: elsewhere
    uint64_t offset, bytes;
  };
  std::vector<Place> places;  ///< by tensor
  uint64_t bytes = 0;         ///< of the buffer
  uint64_t lower_bound = 0;   ///< the largest sum of live bytes at any op

  /// Both lie inside, and begin with the same byte.
  bool same_place(int32_t a, int32_t b) const {
    const Place &x = places[static_cast<size_t>(a)], &y = places[static_cast<size_t>(b)];
    return x.inside && y.inside && x.offset == y.offset;
  }
};
/// `outside`: tensors that lie elsewhere. Throws Failure when the device has not that much memory in one piece.
Activations plan_activations(const Node& any, const SegmentGraph& segment, const std::function<bool(int32_t)>& outside);

/// Constants, gathered first, then uploaded once.
class Constants {
 public:
  /// Takes `bytes` bytes at `data`, which must live until images() was called, and returns their number. Equal addresses are kept
  /// once.
  size_t add(const void* data, size_t bytes);
  /// The same, the bytes being handed over.
  size_t add(std::vector<uint8_t> data);
  /// Lays all out in images that are no larger than the device's buffers, and calls `upload` with each. Throws Failure.
  void images(const Caps& caps, const std::function<void(const std::vector<uint8_t>&)>& upload);

  struct Place {
    size_t image, offset, bytes;
  };
  /// After images(): by number.
  const std::vector<Place>& places() const { return places_; }

 private:
  struct Item {
    const void* data;
    size_t bytes;
  };
  std::vector<Item> items_;
  std::vector<std::vector<uint8_t>> kept_;
  std::vector<Place> places_;
};

}  // namespace inlay::gpu
