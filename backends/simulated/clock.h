// SPDX-License-Identifier: Apache-2.0
// Virtual time on a simulated board: what a host's thread, queues, copy lanes and memories are doing. It follows the calls of a
// session, and is written apart from runtime/plan, so that what a plan predicts can be held against it.
#pragma once
#include <set>
#include <vector>

#include "simulated.h"

namespace inlay::simulated {

class Clock {
 public:
  explicit Clock(const Machine& machine);

  void begin();
  /// The host hands a segment to a device; nodes follow. What the host goes on with itself is no new segment, however a session cuts.
  void start(int32_t device) { fresh_ = last_ == device && place_of(device) == 0 ? fresh_ : device; }
  /// One node of the main graph. `free`: it takes no time, and the next one begins a segment.
  /// @errors OUT_OF_MEMORY: a memory is full; the sentence names a device of it.
  inlay_status node(int32_t device, const inlay_graph& graph, int32_t node, bool free, Span* span, inlay_error* error);
  /// The host waits until `when`.
  void wait(Nanos when);
  Nanos end();
  uint64_t peak(int32_t place) const { return constant_bytes_[at(place)] + peak_[at(place)]; }
  /// When the queue of a device is idle.
  Nanos idle(int32_t device) const { return queue_[at(place_of(device))]; }

 private:
  struct Place {
    Nanos since;  // its bytes are there
    bool there;
  };
  struct Tensor {
    std::vector<Place> places;
    int32_t home = -1;  // the place it was written at, -1: not yet
    int32_t reads = 0;  // to come
  };

  static size_t at(int32_t i) { return static_cast<size_t>(i); }
  /// 0: the host's thread and memory.
  int32_t place_of(int32_t device) const { return machine_.devices[at(device)].kind == Kind::kHost ? 0 : device + 1; }
  int32_t memory_of(int32_t place) const { return place == 0 || machine_.devices[at(place) - 1].shares_memory ? 0 : place; }
  const Path& path(int32_t from, int32_t to) const { return machine_.paths[at(from) * (machine_.devices.size() + 1) + at(to)]; }

  void know(const inlay_graph& graph);
  void take_bytes(int32_t memory, uint64_t bytes);
  bool in_memory(const Tensor& tensor, int32_t memory) const;
  Nanos move(int32_t tensor, int32_t from, int32_t to);
  Nanos bring(int32_t tensor, int32_t to);
  void drop_if_unread(int32_t tensor);
  Nanos ready(int32_t device, const inlay_node& node);
  void read(const inlay_node& node);
  void write(const inlay_node& node, int32_t place);
  inlay_status check_memory(int32_t memory, inlay_error* error) const;

  const Machine& machine_;
  const inlay_graph* graph_ = nullptr;
  int32_t last_ = -1;   // the device that had the last node
  int32_t fresh_ = -1;  // the device whose segment has had no node yet
  std::vector<Nanos> queue_, lane_;
  std::vector<uint64_t> resident_, peak_, constant_bytes_;
  std::vector<std::set<int32_t>> constants_;  // by device: tensors it has read
  std::vector<Tensor> tensors_;
  std::vector<int32_t> same_;  // by tensor: itself, or the first one that stands for the same variable
  std::set<int32_t> outputs_;
  std::vector<int32_t> written_variables_;
};

}  // namespace inlay::simulated
