// SPDX-License-Identifier: Apache-2.0
// Checks a problem and finds who reads what.
#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "plan/place_state.h"

namespace inlay {
namespace {

int64_t total_reads(const PlaceProblem& p) {
  int64_t sum = 0;
  for (int32_t n = 0; n < p.node_count; ++n) sum += p.nodes[n].input_count;
  return sum;
}

const char* name_of(const PlaceNode& node) { return node.name != nullptr ? node.name : ""; }

int32_t reads_from(const PlaceProblem& p, int32_t tensor, int32_t first_node) {
  int32_t reads = 0;
  for (int32_t n = first_node; n < p.node_count; ++n) {
    for (int32_t i = 0; i < p.nodes[n].input_count; ++i) reads += p.nodes[n].inputs[i] == tensor ? 1 : 0;
  }
  return reads;
}

bool is_listed(const int32_t* list, int32_t count, int32_t tensor) {
  return std::find(list, list + count, tensor) != list + count;
}

bool is_written(const PlaceProblem& p, int32_t tensor) {
  for (int32_t n = 0; n < p.node_count; ++n) {
    if (is_listed(p.nodes[n].outputs, p.nodes[n].output_count, tensor)) return true;
  }
  return false;
}

/// Constants need a slot where several read them, activations where anybody does.
bool needs_slot(const PlaceTensor& tensor, int32_t reads, bool wanted, bool written) {
  return tensor.constant ? reads > 1 : reads > 0 || wanted || written;
}

/// Gives tensors slots from the first node at which they exist to the last; those that never meet may share one. Nodes come in
/// order, so a slot that is free at its beginning will do and as few are needed as tensors ever live at once.
void give_slots(const PlaceProblem& p, PlaceTables* t) {
  t->slots = 0;
  const auto give = [&](int32_t tensor, int32_t first) {
    t->slot[tensor] = -1;
    const bool wanted = t->wanted[tensor] != 0;
    if (!needs_slot(p.tensors[tensor], t->reads(tensor), wanted, first >= 0)) return;
    int32_t at = t->any_order ? t->slots : 0;
    while (at < t->slots && t->slot_until[at] >= first) ++at;
    t->slots = std::max(t->slots, at + 1);
    t->slot_until[at] = wanted ? p.node_count : t->reads(tensor) == 0 ? first : t->readers[t->reader_begin[tensor + 1] - 1];
    t->slot[tensor] = at;
  };
  for (int32_t i = 0; i < p.tensor_count; ++i) {
    if (t->producer[i] < 0) give(i, -1);
  }
  for (int32_t n = 0; n < p.node_count; ++n) {
    for (int32_t i = 0; i < p.nodes[n].output_count; ++i) {
      if (p.nodes[n].outputs[i] >= 0) give(p.nodes[n].outputs[i], n);
    }
  }
}

inlay_status check_devices(const PlaceProblem& p, inlay_error* error) {
  for (int32_t d = 0; d < p.device_count; ++d) {
    const PlaceDevice& device = p.devices[d];
    if (device.name == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "device % has no name", d);
    if (device.kind > PlaceKind::kAsynchronous || device.start < 0 || device.start > kMostPlaceNanos || device.submit < 0 ||
        device.submit > kMostPlaceNanos) {
      return INLAY_FAIL(error, BAD_ARGUMENT, "device '%': its kind or what it costs to start makes no sense", device.name);
    }
    if (device.kind != PlaceKind::kHost && (!p.paths[d + 1].known || !p.paths[(d + 1) * (p.device_count + 1)].known)) {
      return INLAY_FAIL(error, BAD_ARGUMENT, "device '%': no path from the host or to it", device.name);
    }
  }
  return INLAY_OK;
}

inlay_status check_paths(const PlaceProblem& p, inlay_error* error) {
  uint64_t most = 0;
  for (int32_t i = 0; i < p.tensor_count; ++i) {
    if (p.tensors[i].bytes > (uint64_t{1} << 50)) return INLAY_FAIL(error, BAD_ARGUMENT, "tensor % has no sensible size", i);
    if (!p.tensors[i].constant && p.tensors[i].bytes > most) most = p.tensors[i].bytes;
  }
  const int32_t places = p.device_count + 1;
  for (int32_t i = 0; i < places * places; ++i) {
    const PlacePath& path = p.paths[i];
    if (!path.known) continue;
    const bool sane = path.latency >= 0 && path.latency <= kMostPlaceNanos && std::isfinite(path.bytes_per_us) &&
                      path.bytes_per_us >= 0 &&
                      (path.bytes_per_us == 0 || static_cast<double>(most) * 1000 / path.bytes_per_us <= 1.0 * kMostPlaceNanos);
    if (!sane) return INLAY_FAIL(error, BAD_ARGUMENT, "the path from place % to % has no sensible times", i / places, i % places);
  }
  return INLAY_OK;
}

inlay_status check_node(const PlaceProblem& p, int32_t n, int32_t* producer, inlay_error* error) {
  const PlaceNode& node = p.nodes[n];
  for (int32_t i = 0; i < node.input_count; ++i) {
    if (node.inputs[i] >= p.tensor_count) return INLAY_FAIL(error, BAD_ARGUMENT, "op % '%' reads no tensor", n, name_of(node));
  }
  for (int32_t i = 0; i < node.output_count; ++i) {
    const int32_t out = node.outputs[i];
    if (out < 0) continue;
    if (out >= p.tensor_count || p.tensors[out].constant || producer[out] >= 0) {
      return INLAY_FAIL(error, BAD_ARGUMENT, "op % '%' writes a tensor that is not its own", n, name_of(node));
    }
    producer[out] = n;
  }
  if (node.option_count < 1) return INLAY_FAIL(error, NO_DEVICE, "op % '%' runs on no device", n, name_of(node));
  for (int32_t i = 0; i < node.option_count; ++i) {
    const PlaceOption& option = node.options[i];
    if (option.device < 0 || option.device >= p.device_count || option.cost < 0 || option.cost > kMostPlaceNanos) {
      return INLAY_FAIL(error, BAD_ARGUMENT, "op % '%': option % makes no sense", n, name_of(node), i);
    }
  }
  return INLAY_OK;
}

void describe_places(const PlaceProblem& p, PlaceTables* t) {
  t->places = p.device_count + 1;
  for (int32_t i = 0; i < kMostPlaces; ++i) {
    t->memory_of[i] = 0;
    t->limit[i] = 0;
    t->limit_device[i] = 0;
    t->exists[i] = i == kHostPlace;
  }
  for (int32_t d = 0; d < p.device_count; ++d) {
    const PlaceDevice& device = p.devices[d];
    t->place_of[d] = device.kind == PlaceKind::kHost ? kHostPlace : d + 1;
    t->memory_of[d + 1] = device.kind == PlaceKind::kHost || device.shares_memory ? 0 : d + 1;
    const int32_t memory = t->memory_of[d + 1];
    t->exists[d + 1] = device.kind != PlaceKind::kHost;
    t->copies_take_time[d + 1] = true;
    for (int32_t to = 0; to < t->places; ++to) {
      const PlacePath& path = p.paths[(d + 1) * t->places + to];
      if (to != d + 1 && path.known && path.latency == 0) t->copies_take_time[d + 1] = false;
    }
    if (device.memory_limit == 0 || (t->limit[memory] != 0 && t->limit[memory] <= device.memory_limit)) continue;
    t->limit[memory] = device.memory_limit;
    t->limit_device[memory] = d;
  }
}

void fill_readers(const PlaceProblem& p, PlaceTables* t) {
  const auto each = [&](auto&& use) {
    for (int32_t n = 0; n < p.node_count; ++n) {
      for (int32_t i = 0; i < p.nodes[n].input_count; ++i) {
        if (p.nodes[n].inputs[i] >= 0) use(n, p.nodes[n].inputs[i]);
      }
    }
  };
  each([&](int32_t, int32_t tensor) { ++t->reader_begin[tensor + 1]; });
  for (int32_t i = 0; i < p.tensor_count; ++i) t->reader_begin[i + 1] += t->reader_begin[i];
  each([&](int32_t n, int32_t tensor) { t->readers[t->reader_begin[tensor]++] = n; });
  for (int32_t i = p.tensor_count; i > 0; --i) t->reader_begin[i] = t->reader_begin[i - 1];
  t->reader_begin[0] = 0;
}

}  // namespace

bool place_counts_make_sense(const PlaceProblem& p) {
  if (p.node_count < 0 || p.node_count > kMostPlaceNodes || p.tensor_count < 0 || p.tensor_count > (1 << 24)) return false;
  if (p.output_count < 0 || p.output_count > p.tensor_count || p.device_count < 1 || p.device_count > kMostPlaceDevices)
    return false;
  if ((p.nodes == nullptr && p.node_count != 0) || (p.tensors == nullptr && p.tensor_count != 0)) return false;
  if ((p.outputs == nullptr && p.output_count != 0) || p.devices == nullptr || p.paths == nullptr) return false;
  int64_t lists = 0;
  for (int32_t n = 0; n < p.node_count; ++n) {
    const PlaceNode& node = p.nodes[n];
    if (node.input_count < 0 || node.output_count < 0 || node.option_count < 0) return false;
    if ((node.inputs == nullptr && node.input_count != 0) || (node.outputs == nullptr && node.output_count != 0)) return false;
    if (node.options == nullptr && node.option_count != 0) return false;
    lists += node.input_count;
  }
  return lists < (1 << 30);
}

int32_t place_slots(const PlaceProblem& p, bool any_order) {
  if (any_order) return p.tensor_count;
  int32_t live = 0;
  for (int32_t i = 0; i < p.tensor_count; ++i) {
    const bool wanted = is_listed(p.outputs, p.output_count, i);
    live += !is_written(p, i) && needs_slot(p.tensors[i], reads_from(p, i, 0), wanted, false) ? 1 : 0;
  }
  int32_t most = live;
  for (int32_t n = 0; n < p.node_count; ++n) {
    const PlaceNode& node = p.nodes[n];
    live += node.output_count;
    most = std::max(most, live);
    const auto dies = [&](int32_t tensor) {
      return reads_from(p, tensor, n + 1) == 0 && !is_listed(p.outputs, p.output_count, tensor);
    };
    for (int32_t i = 0; i < node.output_count; ++i) live -= dies(node.outputs[i]) ? 1 : 0;
    for (int32_t i = 0; i < node.input_count; ++i) {
      const int32_t tensor = node.inputs[i];
      if (tensor < 0 || tensor >= p.tensor_count || is_listed(node.inputs, i, tensor) || !dies(tensor)) continue;
      live -= needs_slot(p.tensors[tensor], p.tensors[tensor].constant ? reads_from(p, tensor, 0) : 1, false, false) ? 1 : 0;
    }
  }
  return most;
}

void take_tables(const PlaceProblem& p, Bump* bump, PlaceTables* t) {
  const auto tensors = static_cast<size_t>(p.tensor_count);
  t->problem = &p;
  t->producer = bump->take_array<int32_t>(tensors);
  t->reader_begin = bump->take_array<int32_t>(tensors + 1);
  t->readers = bump->take_array<int32_t>(static_cast<size_t>(total_reads(p)));
  t->wanted = bump->take_array<uint8_t>(tensors);
  t->slot = bump->take_array<int32_t>(tensors);
  t->slot_until = bump->take_array<int32_t>(tensors);
}

inlay_status fill_tables(const PlaceProblem& p, bool any_order, PlaceTables* t, inlay_error* error) {
  INLAY_TRY(check_devices(p, error));
  INLAY_TRY(check_paths(p, error));
  for (int32_t i = 0; i < p.tensor_count; ++i) t->producer[i] = -1;
  for (int32_t n = 0; n < p.node_count; ++n) INLAY_TRY(check_node(p, n, t->producer, error));
  for (int32_t n = 0; n < p.node_count; ++n) {
    for (int32_t i = 0; i < p.nodes[n].input_count; ++i) {
      const int32_t tensor = p.nodes[n].inputs[i];
      if (tensor >= 0 && t->producer[tensor] >= n)
        return INLAY_FAIL(error, BAD_ARGUMENT, "op % '%' reads what is written later", n, name_of(p.nodes[n]));
    }
  }
  for (int32_t i = 0; i < p.output_count; ++i) {
    if (p.outputs[i] < 0 || p.outputs[i] >= p.tensor_count) return INLAY_FAIL(error, BAD_ARGUMENT, "output % is no tensor", i);
    t->wanted[p.outputs[i]] = p.tensors[p.outputs[i]].constant ? 0 : 1;
  }
  describe_places(p, t);
  fill_readers(p, t);
  t->any_order = any_order;
  give_slots(p, t);
  return INLAY_OK;
}

}  // namespace inlay
