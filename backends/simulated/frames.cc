// SPDX-License-Identifier: Apache-2.0
#include "frames.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace inlay::simulated {
namespace {

std::set<int32_t> tensors_of(const inlay_graph& graph, int32_t first, int32_t end, bool written) {
  std::set<int32_t> out;
  for (int32_t n = first; n < end; ++n) {
    const inlay_node& node = graph.nodes[n];
    const int32_t* list = written ? node.outputs : node.inputs;
    const int32_t count = written ? node.output_count : node.input_count;
    for (int32_t i = 0; i < count; ++i) {
      if (list[i] >= 0 && graph.tensors[list[i]].data == nullptr) out.insert(list[i]);
    }
  }
  return out;
}

bool is_variable(const inlay_graph& graph, int32_t tensor) { return (graph.tensors[tensor].flags & INLAY_TENSOR_VARIABLE) != 0; }

}  // namespace

void Frames::begin() {
  const std::lock_guard<std::mutex> guard(lock_);
  threads_.clear();
  frames_.clear();
  queues_.assign(machine_.devices.size(), 0);
}

Nanos Frames::carry(int32_t from, int32_t to, uint64_t bytes) const {
  const Path& way = machine_.paths[static_cast<size_t>(from) * (machine_.devices.size() + 1) + static_cast<size_t>(to)];
  if (!(way.bytes_per_us > 0)) return way.latency;
  return way.latency + static_cast<Nanos>(std::ceil(static_cast<double>(bytes) * 1000 / way.bytes_per_us));
}

/// What the segment reads and has not made: frames have nothing on a device from before.
Nanos Frames::bring_inputs(int32_t place, const inlay_graph& graph, int32_t first, int32_t end) const {
  const std::set<int32_t> made = tensors_of(graph, first, end, true);
  Nanos takes = 0;
  for (const int32_t t : tensors_of(graph, first, end, false)) {
    if (made.count(t) == 0 || is_variable(graph, t)) takes += carry(0, place, graph.tensors[t].bytes);
  }
  return takes;
}

Nanos Frames::fetch_outputs(int32_t place, const inlay_graph& graph, int32_t first, int32_t end) const {
  std::set<int32_t> wanted = tensors_of(graph, end, graph.node_count, false);
  wanted.insert(graph.outputs, graph.outputs + graph.output_count);
  Nanos takes = 0;
  for (const int32_t t : tensors_of(graph, first, end, true)) {
    if (wanted.count(t) != 0 || is_variable(graph, t)) takes += carry(place, 0, graph.tensors[t].bytes);
  }
  return takes;
}

Nanos Frames::start(int32_t device, const inlay_graph& graph, int32_t first, int32_t count, const void* frame, Span* spans) {
  const Device& d = machine_.devices[static_cast<size_t>(device)];
  const bool beside = d.kind != Kind::kHost;
  const Nanos before = beside ? bring_inputs(device + 1, graph, first, first + count) : 0;
  const Nanos behind = beside ? fetch_outputs(device + 1, graph, first, first + count) : 0;
  const std::lock_guard<std::mutex> guard(lock_);
  Nanos& thread = threads_[std::this_thread::get_id()];
  Nanos& queue = queues_[static_cast<size_t>(device)];
  thread = std::max(thread, frames_[frame]);
  if (d.kind == Kind::kAsynchronous) thread += d.submit;
  Nanos now = (beside ? std::max(thread, queue) : thread) + before + d.start;
  for (int32_t i = 0; i < count; ++i) {
    const bool free = graph.nodes[first + i].params_type == INLAY_PARAMS_GRAPHS;
    spans[i].begin = now;
    spans[i].end = now += free ? 0 : d.cost(graph, first + i);
  }
  now += behind;
  if (beside) queue = now;
  if (d.kind != Kind::kAsynchronous) thread = now;
  return now;
}

void Frames::wait(const void* frame, Nanos done) {
  const std::lock_guard<std::mutex> guard(lock_);
  Nanos& thread = threads_[std::this_thread::get_id()];
  thread = std::max(thread, done);
  Nanos& left = frames_[frame];
  left = std::max(left, thread);
}

Nanos Frames::end() {
  const std::lock_guard<std::mutex> guard(lock_);
  Nanos last = 0;
  for (const auto& [thread, at] : threads_) last = std::max(last, at);
  for (const Nanos at : queues_) last = std::max(last, at);
  return last;
}

}  // namespace inlay::simulated
