// SPDX-License-Identifier: Apache-2.0
#include "clock.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/error.h"

namespace inlay::simulated {

Clock::Clock(const Machine& machine) : machine_(machine) { begin(); }

void Clock::begin() {
  const size_t places = machine_.devices.size() + 1;
  graph_ = nullptr;
  fresh_ = last_ = -1;
  queue_.assign(places, 0);
  lane_.assign(places, 0);
  resident_.assign(places, 0);
  peak_.assign(places, 0);
  constant_bytes_.assign(places, 0);
  constants_.assign(machine_.devices.size(), {});
  tensors_.clear();
  outputs_.clear();
  written_variables_.clear();
}

/// What no node writes is on the host from the start, and so are variables.
void Clock::know(const inlay_graph& graph) {
  graph_ = &graph;
  const std::vector<Place> nowhere(queue_.size(), Place{0, false});
  tensors_.assign(at(graph.tensor_count), Tensor{nowhere, -1, 0});
  std::vector<bool> written(tensors_.size(), false);
  for (int32_t n = 0; n < graph.node_count; ++n) {
    const inlay_node& node = graph.nodes[n];
    for (int32_t i = 0; i < node.output_count; ++i) {
      if (node.outputs[i] >= 0) written[at(node.outputs[i])] = true;
    }
    for (int32_t i = 0; i < node.input_count; ++i) {
      if (node.inputs[i] >= 0) ++tensors_[at(node.inputs[i])].reads;
    }
  }
  outputs_.insert(graph.outputs, graph.outputs + graph.output_count);
  same_.clear();
  std::map<int32_t, int32_t> first;  // by variable
  for (int32_t t = 0; t < graph.tensor_count; ++t) {
    Tensor& tensor = tensors_[at(t)];
    const bool variable = (graph.tensors[t].flags & INLAY_TENSOR_VARIABLE) != 0;
    same_.push_back(variable ? first.emplace(graph.tensors[t].variable, t).first->second : t);
    if (variable && same_.back() == t) {
      written[at(t)] = false;
      tensor.reads = 1;  // by the next run
    }
    const bool used = tensor.reads > 0 || outputs_.count(t) != 0;
    if (written[at(t)] || graph.tensors[t].data != nullptr || !used) continue;
    tensor.home = 0;
    tensor.places[0] = {0, true};
    take_bytes(0, graph.tensors[t].bytes);
  }
}

void Clock::take_bytes(int32_t memory, uint64_t bytes) {
  resident_[at(memory)] += bytes;
  peak_[at(memory)] = std::max(peak_[at(memory)], resident_[at(memory)]);
}

bool Clock::in_memory(const Tensor& tensor, int32_t memory) const {
  for (size_t p = 0; p < tensor.places.size(); ++p) {
    if (tensor.places[p].there && memory_of(static_cast<int32_t>(p)) == memory) return true;
  }
  return false;
}

/// One copy by a path that is known, on the lanes of both ends. Uploads begin when the host asks, what is on a device is fetched from
/// when it is there; the host waits for what comes to it. A copy of no time is a pointer and needs no lane.
Nanos Clock::move(int32_t tensor, int32_t from, int32_t to) {
  Tensor& t = tensors_[at(tensor)];
  const Path& way = path(from, to);
  const uint64_t bytes = graph_->tensors[tensor].bytes;
  Nanos takes = way.latency;
  if (way.bytes_per_us > 0) takes += static_cast<Nanos>(std::ceil(static_cast<double>(bytes) * 1000 / way.bytes_per_us));
  Nanos begin = from == 0 ? queue_[0] : to == 0 ? t.places[at(from)].since : std::max(t.places[at(from)].since, queue_[0]);
  for (const int32_t end : {from, to}) {
    if (end != 0 && takes > 0) begin = std::max(begin, lane_[at(end)]);
  }
  for (const int32_t end : {from, to}) {
    if (end != 0 && takes > 0) lane_[at(end)] = begin + takes;
  }
  if (!in_memory(t, memory_of(to))) take_bytes(memory_of(to), bytes);
  t.places[at(to)] = {begin + takes, true};
  if (to == 0) wait(begin + takes);
  return begin + takes;
}

/// Returns when a tensor is at a place, where it is copied unless it is there.
Nanos Clock::bring(int32_t tensor, int32_t to) {
  const Tensor& t = tensors_[at(tensor)];
  if (t.places[at(to)].there) return t.places[at(to)].since;
  const int32_t from = t.places[0].there ? 0 : t.home;
  if (from == 0 || to == 0 || path(from, to).known) return move(tensor, from, to);
  move(tensor, from, 0);
  return move(tensor, 0, to);
}

void Clock::drop_if_unread(int32_t tensor) {
  Tensor& t = tensors_[at(tensor)];
  if (t.reads > 0 || outputs_.count(tensor) != 0) return;
  for (size_t m = 0; m < resident_.size(); ++m) {
    if (in_memory(t, static_cast<int32_t>(m))) resident_[m] -= graph_->tensors[tensor].bytes;
  }
  for (Place& place : t.places) place.there = false;
}

inlay_status Clock::check_memory(int32_t memory, inlay_error* error) const {
  const Device* least = nullptr;
  for (size_t d = 0; d < machine_.devices.size(); ++d) {
    const Device& device = machine_.devices[d];
    if (device.memory_limit == 0 || memory_of(place_of(static_cast<int32_t>(d))) != memory) continue;
    if (least == nullptr || device.memory_limit < least->memory_limit) least = &device;
  }
  if (least == nullptr || peak(memory) <= least->memory_limit) return INLAY_OK;
  return INLAY_FAIL(error, OUT_OF_MEMORY, "simulated device '%' needs % bytes and has %", least->name.c_str(), peak(memory),
                    least->memory_limit);
}

void Clock::wait(Nanos when) { queue_[0] = std::max(queue_[0], when); }

/// When all that the node reads is at the device.
Nanos Clock::ready(int32_t device, const inlay_node& node) {
  const int32_t place = place_of(device);
  Nanos last = 0;
  for (int32_t i = 0; i < node.input_count; ++i) {
    if (node.inputs[i] < 0) continue;
    const int32_t id = same_[at(node.inputs[i])];
    if (graph_->tensors[id].data != nullptr) {
      if (constants_[at(device)].insert(id).second) constant_bytes_[at(memory_of(place))] += graph_->tensors[id].bytes;
      continue;
    }
    if (tensors_[at(id)].home < 0) {  // by a device that is none of ours
      tensors_[at(id)].home = 0;
      tensors_[at(id)].places[0] = {queue_[0], true};
      take_bytes(0, graph_->tensors[id].bytes);
    }
    last = std::max(last, bring(id, place));
  }
  return last;
}

void Clock::write(const inlay_node& node, int32_t place) {
  for (int32_t i = 0; i < node.output_count; ++i) {
    if (node.outputs[i] < 0) continue;
    const int32_t id = same_[at(node.outputs[i])];
    Tensor& t = tensors_[at(id)];
    if ((graph_->tensors[id].flags & INLAY_TENSOR_VARIABLE) != 0) {
      for (Place& p : t.places) p.there = false;
      written_variables_.push_back(id);
    }
    t.home = place;
    t.places[at(place)] = {queue_[at(place)], true};
    take_bytes(memory_of(place), graph_->tensors[node.outputs[i]].bytes);
  }
}

/// What nobody will read any more leaves the memories.
void Clock::read(const inlay_node& node) {
  for (int32_t i = 0; i < node.input_count; ++i) {
    if (node.inputs[i] < 0 || graph_->tensors[node.inputs[i]].data != nullptr) continue;
    if ((graph_->tensors[node.inputs[i]].flags & INLAY_TENSOR_VARIABLE) != 0) continue;
    --tensors_[at(node.inputs[i])].reads;
    drop_if_unread(node.inputs[i]);
  }
  for (int32_t i = 0; i < node.output_count; ++i) {
    if (node.outputs[i] >= 0 && same_[at(node.outputs[i])] == node.outputs[i]) drop_if_unread(node.outputs[i]);
  }
}

inlay_status Clock::node(int32_t device, const inlay_graph& graph, int32_t node, bool free, Span* span, inlay_error* error) {
  if (graph_ != &graph) know(graph);
  const inlay_node& n = graph.nodes[node];
  const int32_t place = place_of(device);
  const Device& d = machine_.devices[at(device)];
  const Nanos there = ready(device, n);
  const bool first = fresh_ == device && !free;
  if (first && d.kind == Kind::kAsynchronous) queue_[0] += d.submit;
  span->begin = std::max({queue_[at(place)], queue_[0], there}) + (first ? d.start : 0);
  span->end = span->begin + (free ? 0 : d.cost(graph, node));
  fresh_ = free ? device : -1;
  last_ = device;
  queue_[at(place)] = span->end;
  if (d.kind == Kind::kRemote) wait(span->end);
  write(n, place);
  inlay_status status = check_memory(memory_of(place), error);
  if (status == INLAY_OK && memory_of(place) != 0) status = check_memory(0, error);
  read(n);
  return status;
}

Nanos Clock::end() {
  for (const int32_t tensor : outputs_) {  // in the order of their numbers
    if (graph_->tensors[tensor].data == nullptr && tensors_[at(tensor)].home >= 0) bring(same_[at(tensor)], 0);
  }
  for (const int32_t tensor : written_variables_) bring(tensor, 0);
  Nanos last = 0;
  for (size_t p = 0; p < queue_.size(); ++p) last = std::max({last, queue_[p], lane_[p]});
  return last;
}

}  // namespace inlay::simulated
