// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/columns.h"

#include <algorithm>
#include <charconv>

#include "inlay/backend.h"
#include "tools/inlay/handles.h"

namespace inlay::tools {
namespace {

bool same(const inlay_device& a, const inlay_device& b) { return a.backend == b.backend && a.index == b.index; }

/// How many ways a device leaves to be chosen for a node that it takes; 0: none.
int32_t variant_count(const inlay_model* model, int32_t node, const inlay_device& device, int32_t threads) {
  if (!INLAY_OFFERS(device.backend, variants)) return 0;
  const inlay_segment segment = lone_segment(model, 0, node, threads);
  const int32_t count = device.backend->variants(device.index, &segment, &segment.graph->nodes[node]);
  return count >= 2 ? std::min(count, kMostVariants) : 0;
}

/// Counts the distinct devices on the way.
void add(const inlay_device& device, uint8_t variant, std::string name, std::vector<Column>* columns) {
  int32_t place = 0;
  for (const Column& c : *columns) {
    if (same(c.device, device)) {
      place = c.place;
      break;
    }
    place = std::max(place, c.place + 1);
  }
  columns->push_back({device, variant, std::move(name), place});
}

}  // namespace

std::vector<Column> columns_of(const inlay_model* model, const std::vector<inlay_device>& devices, int32_t threads,
                               bool variants) {
  std::vector<Column> columns;
  for (const inlay_device& device : devices) {
    if (std::any_of(columns.begin(), columns.end(), [&](const Column& c) { return same(c.device, device); })) continue;
    const std::string name = device_label(device);
    add(device, 0, name, &columns);
    int32_t most = 0;
    for (int32_t n = 0; variants && n < main_graph(model).node_count; ++n) {
      if (refusal(model, 0, n, device, threads) == nullptr) most = std::max(most, variant_count(model, n, device, threads));
    }
    for (int32_t v = 1; v <= most; ++v) add(device, static_cast<uint8_t>(v), name + "#" + std::to_string(v), &columns);
  }
  return columns;
}

std::vector<Column> columns_named(const std::vector<std::string>& names) {
  std::vector<Column> columns;
  for (const std::string& name : names) {
    const size_t mark = std::min(name.find('#'), name.size());
    uint8_t variant = 0;
    const char* end = name.data() + name.size();
    bool good = true;
    if (mark < name.size()) {
      const auto [stop, error] = std::from_chars(name.data() + mark + 1, end, variant);
      good = error == std::errc() && stop == end;
    }
    inlay_device device = {};
    if (!good || inlay_device_find(name.substr(0, mark).c_str(), &device, nullptr) != INLAY_OK) device = {};
    add(device, variant, name, &columns);
  }
  return columns;
}

const char* refusal(const inlay_model* model, int32_t node, const Column& column, int32_t threads) {
  const char* reason = refusal(model, 0, node, column.device, threads);
  if (reason != nullptr || column.variant == 0) return reason;
  const bool has = column.variant <= variant_count(model, node, column.device, threads);
  return has ? nullptr : "the device has no such variant of this op";
}

std::vector<inlay_device> devices_of(const std::vector<Column>& columns) {
  std::vector<inlay_device> out;
  for (const Column& c : columns) out.push_back(c.device);
  return out;
}

std::vector<inlay_device> distinct_devices(const std::vector<Column>& columns) {
  std::vector<inlay_device> out;
  for (const Column& c : columns) {
    if (c.place == static_cast<int32_t>(out.size())) out.push_back(c.device);
  }
  return out;
}

std::vector<uint8_t> variants_of(const std::vector<Column>& columns, const std::vector<int32_t>& placement) {
  std::vector<uint8_t> out;
  for (const int32_t column : placement) out.push_back(column < 0 ? uint8_t{0} : columns[static_cast<size_t>(column)].variant);
  return out;
}

}  // namespace inlay::tools
