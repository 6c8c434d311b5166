// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/links.h"

#include <algorithm>
#include <cstdio>

#include "inlay/placement.h"
#include "tools/inlay/handles.h"

namespace inlay::tools {
namespace {

constexpr double kMostRate = 1e9;  // that a model stores: 1 ns for 1 MB

float rate_of(const PlacePath& path) { return static_cast<float>(std::min(path.bytes_per_us, kMostRate)); }

float us_of(Nanos ns) { return static_cast<float>(static_cast<double>(ns) / 1000); }

std::string text(const char* format, double value) {
  char out[96];
  std::snprintf(out, sizeof(out), format, value);
  return out;
}

std::string way(const char* name, float us, float bytes_per_us) {
  const std::string latency = name + text(" %.2f us", static_cast<double>(us));
  if (!(bytes_per_us > 0)) return latency + " per tensor";
  return latency + text(" and 1 us per %.0f bytes", static_cast<double>(bytes_per_us));
}

}  // namespace

inlay_device_link link_of(const Placing& problem, int32_t device) {
  const PlacingDevice& d = problem.devices[static_cast<size_t>(device)];
  const size_t places = problem.devices.size() + 1, place = static_cast<size_t>(device) + 1;
  const PlacePath &to = problem.paths[place], &from = problem.paths[place * places];
  const float submit = d.kind == PlaceKind::kAsynchronous ? us_of(d.submit) : 0;
  if (d.kind == PlaceKind::kHost) return {us_of(d.start), submit, 0, 0, 0, 0};
  return {us_of(d.start), submit, us_of(to.latency), rate_of(to), us_of(from.latency), rate_of(from)};
}

void set_link(Placing* problem, int32_t device, const inlay_device_link& link) {
  const auto ns = [](float us) { return nanos_of(static_cast<double>(us)); };
  PlacingDevice& d = problem->devices[static_cast<size_t>(device)];
  d.start = ns(link.start_us);
  d.submit = ns(link.submit_us);
  if (d.kind == PlaceKind::kHost) return;
  problem->path(0, device + 1) = {true, ns(link.to_us), static_cast<double>(link.to_bytes_per_us)};
  problem->path(device + 1, 0) = {true, ns(link.from_us), static_cast<double>(link.from_bytes_per_us)};
}

StoredPlan schedule_stored(const inlay_model* model, const Placement& stored, const std::vector<Column>& columns) {
  std::vector<PlacingDevice> devices;
  for (const inlay_device& device : distinct_devices(columns)) devices.push_back(placing_device(device, device_label(device)));
  StoredPlan out = {model_placing(model, devices, {}), {}};
  for (size_t c = 0; c < stored.links.size(); ++c) set_link(&out.problem, columns[c].place, stored.links[c]);
  std::vector<int32_t> placement;
  for (size_t n = 0; n < out.problem.nodes.size(); ++n) {
    const uint8_t placed = stored.placed[n];
    const bool free = placed == INLAY_PLACED_FREELY;
    const double us = free ? 0 : static_cast<double>(stored.costs_us[n * columns.size() + placed]);
    if (us < 0) return out;
    placement.push_back(free ? -1 : placed);
    add_option(&out.problem, n, placement.back(), free ? 0 : columns[placed].place, nanos_of(us));
  }
  out.schedule = Scheduler(out.problem).schedule(plan_of(out.problem, placement));
  return out;
}

std::string describe(const inlay_device_link& link) {
  std::string out = text("a segment starts in %.2f us", static_cast<double>(link.start_us));
  if (link.submit_us > 0) out += text(", is handed over in %.2f us", static_cast<double>(link.submit_us));
  if (!(link.to_us > 0 || link.to_bytes_per_us > 0 || link.from_us > 0 || link.from_bytes_per_us > 0)) return out;
  return out + "; " + way("to it", link.to_us, link.to_bytes_per_us) + ", " + way("back", link.from_us, link.from_bytes_per_us);
}

}  // namespace inlay::tools
