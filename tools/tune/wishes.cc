// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/wishes.h"

#include <algorithm>
#include <charconv>

#include "tools/graph/ir.h"

namespace inlay::tools {
namespace {

/// What lies before and behind the last '='.
std::pair<std::string, std::string> halves(const std::string& text, const char* option, const char* form) {
  const size_t at = text.rfind('=');
  if (at == std::string::npos || at == 0 || at + 1 == text.size())
    throw Error(std::string(option) + " '" + text + "' is not of the form " + form);
  return {text.substr(0, at), text.substr(at + 1)};
}

template <typename T>
bool parse(const std::string& text, T* out) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, *out);
  return error == std::errc() && stop == end;
}

/// `name` as --devices takes it: a backend's first device is also "opencl:0".
size_t device_index(const std::vector<std::string>& devices, const std::string& name, const char* option) {
  const std::string first = name.size() > 2 && name.compare(name.size() - 2, 2, ":0") == 0 ? name.substr(0, name.size() - 2) : name;
  const auto at = std::find(devices.begin(), devices.end(), first);
  if (at != devices.end()) return static_cast<size_t>(at - devices.begin());
  std::string all;
  for (const std::string& device : devices) all += (all.empty() ? "" : ", ") + device;
  throw Error(std::string(option) + " names '" + name + "'; the devices are " + all);
}

/// The ops of an index or a name.
std::vector<size_t> find_ops(const inlay_graph& graph, const std::string& op) {
  const auto count = static_cast<size_t>(graph.node_count);
  size_t index = 0;
  if (parse(op, &index)) {
    if (index >= count) throw Error("--pin names op " + op + ", the model has " + std::to_string(count));
    return {index};
  }
  std::vector<size_t> found;
  for (size_t n = 0; n < count; ++n) {
    if (op == graph.nodes[n].name) found.push_back(n);
  }
  if (found.empty()) throw Error("--pin names op '" + op + "', which the model does not have");
  return found;
}

}  // namespace

PlaceObjective objective_of(const Wishes& wishes) {
  if (wishes.objective == "latency") return PlaceObjective::kLatency;
  if (wishes.objective == "throughput") return PlaceObjective::kThroughput;
  if (wishes.objective == "memory") return PlaceObjective::kMemory;
  throw Error("--objective is latency, throughput or memory, not '" + wishes.objective + "'");
}

std::vector<int32_t> pins_of(const Wishes& wishes, const inlay_graph& graph, const std::vector<std::string>& devices) {
  std::vector<int32_t> pins(static_cast<size_t>(graph.node_count), -1);
  for (const std::string& wish : wishes.pins) {
    const auto [op, device] = halves(wish, "--pin", "OP=DEVICE");
    const auto to = static_cast<int32_t>(device_index(devices, device, "--pin"));
    for (const size_t n : find_ops(graph, op)) {
      if (pins[n] >= 0 && pins[n] != to) throw Error("--pin puts op " + std::to_string(n) + " on two devices");
      pins[n] = to;
    }
  }
  return pins;
}

void limit_memory(const Wishes& wishes, Placing* problem) {
  std::vector<std::string> names;
  for (const PlacingDevice& device : problem->devices) names.push_back(device.name);
  for (const std::string& wish : wishes.max_memory) {
    const auto [device, text] = halves(wish, "--max-memory", "DEVICE=BYTES");
    uint64_t bytes = 0;
    if (!parse(text, &bytes) || bytes == 0)
      throw Error("--max-memory '" + wish + "': '" + text + "' is no number of bytes above 0");
    problem->devices[device_index(names, device, "--max-memory")].memory_limit = bytes;
  }
}

}  // namespace inlay::tools
