// SPDX-License-Identifier: Apache-2.0
// Virtual time of frames that follow each other through the stages of a pipeline, on a simulated board.
#pragma once
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "simulated.h"

namespace inlay::simulated {

/// Segments come from any thread. What each of them waits for is known when it begins: its thread, its device's queue, and its frame; so
/// times do not depend on how the machine runs the threads, as long as every queue has its frames in one order.
class Frames {
 public:
  explicit Frames(const Machine& machine) : machine_(machine) { begin(); }

  void begin();
  /// Nodes [first, first + count) of the frame whose tensors are listed at `frame`. Fills in the spans of its nodes; returns when it is done.
  Nanos start(int32_t device, const inlay_graph& graph, int32_t first, int32_t count, const void* frame, Span* spans);
  /// The calling thread waits until then, and leaves the frame to whoever comes next.
  void wait(const void* frame, Nanos done);
  /// When everything is idle.
  Nanos end();

 private:
  Nanos carry(int32_t from, int32_t to, uint64_t bytes) const;
  Nanos bring_inputs(int32_t place, const inlay_graph& graph, int32_t first, int32_t end) const;
  Nanos fetch_outputs(int32_t place, const inlay_graph& graph, int32_t first, int32_t end) const;

  const Machine& machine_;
  std::mutex lock_;
  std::map<std::thread::id, Nanos> threads_;
  std::map<const void*, Nanos> frames_;
  std::vector<Nanos> queues_;
};

}  // namespace inlay::simulated
