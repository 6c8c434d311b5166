// SPDX-License-Identifier: Apache-2.0
#include "plan/place_state.h"

#include <algorithm>
#include <cmath>

namespace inlay {
namespace {

const PlacePath& path_of(const PlaceProblem& p, int32_t from, int32_t to) { return p.paths[from * (p.device_count + 1) + to]; }

uint16_t bit(int32_t place) { return static_cast<uint16_t>(1u << place); }

}  // namespace

Nanos place_copy_time(const PlaceProblem& p, int32_t from, int32_t to, uint64_t bytes) {
  if (from == to) return 0;
  const PlacePath& path = path_of(p, from, to);
  if (!path.known) return place_copy_time(p, from, kHostPlace, bytes) + place_copy_time(p, kHostPlace, to, bytes);
  if (!(path.bytes_per_us > 0)) return path.latency;
  return path.latency + static_cast<Nanos>(std::ceil(static_cast<double>(bytes) * 1000 / path.bytes_per_us));
}

PlaceLayout::PlaceLayout(const PlaceProblem& problem, int32_t slots, bool any_order) {
  int32_t next = 0;
  const auto take = [&](int32_t count) {
    const int32_t at = next;
    next += count;
    return at;
  };
  const int32_t places = problem.device_count + 1;
  queue = take(places);
  lane = take(places);
  available = take(slots);
  busy = take(places);
  busy_lane = take(places);
  constants = take(places);
  peak = take(places);
  key = resident = take(places);
  last = take(1);
  slot = take(slots);
  issued = take(any_order ? (problem.node_count + 63) / 64 : 0);
  words = next;
}

void PlaceState::begin() {
  std::fill(w_, w_ + l_.words, int64_t{0});
  const PlaceProblem& p = *t_.problem;
  for (int32_t i = 0; i < p.tensor_count; ++i) {
    if (t_.slot[i] < 0 || t_.producer[i] >= 0) continue;
    const PlaceTensor& tensor = p.tensors[i];
    if (!tensor.constant) add_bytes(0, static_cast<int64_t>(tensor.bytes));
    at(l_.slot, t_.slot[i]) =
        PlaceSlot{static_cast<uint16_t>(tensor.constant ? 0 : bit(kHostPlace)), kHostPlace, 1, t_.reads(i)}.word();
  }
}

bool PlaceState::ready(int32_t node) const {
  const auto issued = [&](int32_t n) { return (at(l_.issued, n / 64) >> (n % 64) & 1) != 0; };
  if (issued(node)) return false;
  const PlaceNode& n = t_.problem->nodes[node];
  for (int32_t i = 0; i < n.input_count; ++i) {
    if (n.inputs[i] >= 0 && t_.producer[n.inputs[i]] >= 0 && !issued(t_.producer[n.inputs[i]])) return false;
  }
  return true;
}

void PlaceState::add_bytes(int32_t memory, int64_t bytes) {
  at(l_.resident, memory) += bytes;
  at(l_.peak, memory) = std::max(at(l_.peak, memory), at(l_.resident, memory));
}

/// One transfer by a path that is known. Copies run on the lanes of both ends, beside the queues; those to the host are waited
/// for. Returns when it is there.
Nanos PlaceState::copy(int32_t tensor, int32_t from, int32_t to, int32_t node) {
  PlaceSlot s = PlaceSlot::from(at(l_.slot, t_.slot[tensor]));
  const uint64_t bytes = t_.problem->tensors[tensor].bytes;
  const Nanos time = place_copy_time(*t_.problem, from, to, bytes);
  Nanos begin = from == kHostPlace ? at(l_.queue, 0) : at(l_.available, t_.slot[tensor]);
  if (to != kHostPlace) begin = std::max(begin, at(l_.queue, 0));  // nobody asks before the host does
  for (const int32_t place : {from, to}) {
    if (place == kHostPlace || time == 0) continue;
    begin = std::max(begin, at(l_.lane, place));
  }
  for (const int32_t place : {from, to}) {
    if (place == kHostPlace || time == 0) continue;
    at(l_.lane, place) = begin + time;
    at(l_.busy_lane, place) += time;
  }
  if (recorder_ != nullptr) {
    const int32_t lane = from == kHostPlace ? to : from;
    recorder_->add({PlaceEvent::kCopy, lane, node, tensor, from, to, begin, begin + time});
  }
  bool has_bytes = false;
  for (int32_t p = 0; p < t_.places; ++p)
    has_bytes = has_bytes || ((s.present & bit(p)) != 0 && t_.memory_of[p] == t_.memory_of[to]);
  if (!has_bytes) add_bytes(t_.memory_of[to], static_cast<int64_t>(bytes));
  s.present = static_cast<uint16_t>(s.present | bit(to));
  at(l_.slot, t_.slot[tensor]) = s.word();
  if (to == kHostPlace) at(l_.queue, 0) = std::max(at(l_.queue, 0), begin + time);
  return begin + time;
}

/// Makes a tensor present at a place; returns when it is.
Nanos PlaceState::bring(int32_t tensor, int32_t to, int32_t node) {
  const PlaceSlot s = PlaceSlot::from(at(l_.slot, t_.slot[tensor]));
  if ((s.present & bit(to)) != 0) return 0;
  if (to == kHostPlace) return copy(tensor, s.home, kHostPlace, node);
  if ((s.present & bit(kHostPlace)) != 0) return copy(tensor, kHostPlace, to, node);
  if (path_of(*t_.problem, s.home, to).known) return copy(tensor, s.home, to, node);
  copy(tensor, s.home, kHostPlace, node);
  return copy(tensor, kHostPlace, to, node);
}

void PlaceState::load_constant(int32_t tensor, int32_t device) {
  const int32_t slot = t_.slot[tensor];
  const int32_t memory = t_.memory_of[t_.place_of[device]];
  if (slot >= 0) {
    PlaceSlot s = PlaceSlot::from(at(l_.slot, slot));
    if ((s.present & bit(device)) != 0) return;
    s.present = static_cast<uint16_t>(s.present | bit(device));
    at(l_.slot, slot) = s.word();
  }
  at(l_.constants, memory) += static_cast<int64_t>(t_.problem->tensors[tensor].bytes);
}

/// The op itself. The host's thread issues it, and does it or waits for it unless the device is asynchronous.
void PlaceState::compute(int32_t node, const PlaceOption& option, Nanos inputs_there) {
  const PlaceDevice& device = t_.problem->devices[option.device];
  const int32_t place = t_.place_of[option.device], bar = option.device + 1;
  const bool fresh = at(l_.last, 0) != bar;
  int64_t& host = at(l_.queue, 0);
  int64_t& queue = at(l_.queue, place);  // the host's clock itself for kHost
  if (fresh && device.kind == PlaceKind::kAsynchronous) {
    if (recorder_ != nullptr) recorder_->add({PlaceEvent::kSubmit, 0, node, -1, 0, bar, host, host + device.submit});
    host += device.submit;
    at(l_.busy, 0) += device.submit;
  }
  const Nanos begin = std::max({queue, host, inputs_there}), start = fresh ? device.start : 0;
  if (recorder_ != nullptr) {
    recorder_->add({PlaceEvent::kStart, place, node, -1, 0, bar, begin, begin + start});
    recorder_->add({PlaceEvent::kOp, place, node, -1, 0, bar, begin + start, begin + start + option.cost});
  }
  queue = begin + start + option.cost;
  at(l_.busy, place) += start + option.cost;
  if (device.kind == PlaceKind::kRemote) {
    host = queue;
    at(l_.busy, 0) += start + option.cost;
  }
  at(l_.last, 0) = bar;
}

void PlaceState::write(int32_t node, int32_t place) {
  const PlaceNode& n = t_.problem->nodes[node];
  for (int32_t i = 0; i < n.output_count; ++i) {
    const int32_t tensor = n.outputs[i];
    if (tensor < 0) continue;
    add_bytes(t_.memory_of[place], static_cast<int64_t>(t_.problem->tensors[tensor].bytes));
    at(l_.slot, t_.slot[tensor]) = PlaceSlot{bit(place), static_cast<uint8_t>(place), 1, t_.reads(tensor)}.word();
    at(l_.available, t_.slot[tensor]) = place == kHostPlace ? 0 : at(l_.queue, place);
  }
}

/// A tensor that nobody will ask for any more.
void PlaceState::forget(int32_t tensor) {
  const PlaceSlot s = PlaceSlot::from(at(l_.slot, t_.slot[tensor]));
  if (s.used == 0 || s.left > 0 || t_.wanted[tensor] != 0) return;
  uint32_t memories = 0;
  for (int32_t p = 0; p < t_.places; ++p) memories |= (s.present & bit(p)) != 0 ? 1u << t_.memory_of[p] : 0;
  for (int32_t m = 0; m < t_.places && !t_.problem->tensors[tensor].constant; ++m) {
    if ((memories >> m & 1) != 0) at(l_.resident, m) -= static_cast<int64_t>(t_.problem->tensors[tensor].bytes);
  }
  at(l_.slot, t_.slot[tensor]) = 0;
  at(l_.available, t_.slot[tensor]) = 0;
}

void PlaceState::settle() {
  const Nanos host = at(l_.queue, 0);
  Nanos earliest[kMostPlaces];  // copy that may still begin, by lane: uploads not before the host's clock, downloads when ready
  for (int32_t p = 0; p < t_.places; ++p) {
    earliest[p] = host;
    if (p != kHostPlace && t_.exists[p]) at(l_.queue, p) = std::max(at(l_.queue, p), host);
  }
  for (int32_t slot = 0; slot < t_.slots; ++slot) {
    const PlaceSlot s = PlaceSlot::from(at(l_.slot, slot));
    if (s.home == kHostPlace) continue;
    Nanos& available = at(l_.available, slot);
    if ((s.present & bit(kHostPlace)) != 0)
      available = 0;  // all others are made from the host's copy
    else
      earliest[s.home] = std::min(earliest[s.home], available);
  }
  for (int32_t p = 1; p < t_.places; ++p) {
    if (t_.exists[p]) at(l_.lane, p) = std::max(at(l_.lane, p), earliest[p]);
  }
  for (int32_t slot = 0; slot < t_.slots; ++slot) {
    const PlaceSlot s = PlaceSlot::from(at(l_.slot, slot));
    if (s.home == kHostPlace || (s.present & bit(kHostPlace)) != 0 || !t_.copies_take_time[s.home]) continue;
    at(l_.available, slot) = std::max(at(l_.available, slot), at(l_.lane, s.home));
  }
}

void PlaceState::issue(int32_t node, const PlaceOption& option) {
  const PlaceNode& n = t_.problem->nodes[node];
  const int32_t place = t_.place_of[option.device];
  Nanos there = 0;
  for (int32_t i = 0; i < n.input_count; ++i) {
    if (n.inputs[i] < 0) continue;
    if (t_.problem->tensors[n.inputs[i]].constant)
      load_constant(n.inputs[i], option.device);
    else
      there = std::max(there, bring(n.inputs[i], place, node));
  }
  compute(node, option, there);
  write(node, place);
  for (int32_t i = 0; i < n.input_count; ++i) {
    if (n.inputs[i] < 0 || t_.slot[n.inputs[i]] < 0) continue;
    PlaceSlot s = PlaceSlot::from(at(l_.slot, t_.slot[n.inputs[i]]));
    --s.left;
    at(l_.slot, t_.slot[n.inputs[i]]) = s.word();
    forget(n.inputs[i]);
  }
  for (int32_t i = 0; i < n.output_count; ++i) {
    if (n.outputs[i] >= 0) forget(n.outputs[i]);
  }
  if (t_.any_order) at(l_.issued, node / 64) |= static_cast<int64_t>(uint64_t{1} << (node % 64));
}

void PlaceState::end() {
  const PlaceProblem& p = *t_.problem;
  for (int32_t i = 0; i < p.output_count; ++i) {
    const int32_t tensor = p.outputs[i];
    if (t_.slot[tensor] >= 0 && !p.tensors[tensor].constant) bring(tensor, kHostPlace, p.node_count);
  }
}

PlaceScore PlaceState::score() const {
  PlaceScore score = {};
  for (int32_t p = 0; p < t_.places; ++p) {
    score.latency = std::max({score.latency, at(l_.queue, p), at(l_.lane, p)});
    score.period = std::max({score.period, at(l_.busy, p), at(l_.busy_lane, p)});
    score.memory[p] = static_cast<uint64_t>(at(l_.constants, p) + at(l_.peak, p));
    score.bytes += score.memory[p];
  }
  return score;
}

int32_t PlaceState::full_memory() const {
  for (int32_t m = 0; m < t_.places; ++m) {
    if (t_.limit[m] != 0 && static_cast<uint64_t>(at(l_.constants, m) + at(l_.peak, m)) > t_.limit[m]) return m;
  }
  return -1;
}

}  // namespace inlay
