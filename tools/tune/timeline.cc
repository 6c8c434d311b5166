// SPDX-License-Identifier: Apache-2.0
// A schedule as text and as a trace.
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "tools/tune/placing.h"

namespace inlay::tools {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kMarks[] = "#=s><";  // op, start, submit, copy to the device, copy from it

double us(Nanos ns) { return static_cast<double>(ns) / 1000; }

std::string place_name(const Placing& p, int32_t place) {
  return place == 0 ? "host" : p.devices[static_cast<size_t>(place) - 1].name;
}

/// Rows are: the host's thread where it hands work over, each device, the copies of each device.
struct Row {
  enum Kind { kHandOver, kDevice, kCopies } kind;
  int32_t place;
  std::string name;
};

std::vector<Row> all_rows(const Placing& p) {
  std::vector<Row> rows = {{Row::kHandOver, 0, "host"}};
  for (int32_t d = 1; d <= static_cast<int32_t>(p.devices.size()); ++d) {
    rows.push_back({Row::kDevice, d, place_name(p, d)});
    rows.push_back({Row::kCopies, d, place_name(p, d) + " copies"});
  }
  return rows;
}

bool belongs(const PlaceEvent& e, const Row& row) {
  if (e.kind == PlaceEvent::kSubmit) return row.kind == Row::kHandOver;
  if (e.kind == PlaceEvent::kCopy) return row.kind == Row::kCopies && e.lane == row.place;
  return row.kind == Row::kDevice && e.to == row.place;
}

char mark_of(const PlaceEvent& e) {
  if (e.kind != PlaceEvent::kCopy) return kMarks[e.kind];
  return e.to == e.lane ? '>' : '<';
}

std::string node_name(const Placing& p, int32_t node) {
  if (node >= static_cast<int32_t>(p.nodes.size())) return "the end";
  return "op " + std::to_string(node) + " " + p.nodes[static_cast<size_t>(node)].name;
}

std::string title(const Placing& p, const PlaceEvent& e) {
  if (e.kind == PlaceEvent::kOp) return node_name(p, e.node);
  if (e.kind == PlaceEvent::kStart) return "start of a segment";
  if (e.kind == PlaceEvent::kSubmit) return "submit to " + place_name(p, e.to);
  return "tensor " + std::to_string(e.tensor) + ": " + place_name(p, e.from) + " to " + place_name(p, e.to);
}

/// One line of a list: an op event stands for all of its segment.
struct Line {
  PlaceEvent event;
  int32_t last_node, ops;
};

std::vector<Line> list_lines(const Schedule& schedule) {
  std::vector<Line> lines;
  size_t segment = 0;  // the line of the segment that goes on
  int32_t device = -1;
  for (const PlaceEvent& e : schedule.events) {
    if (e.kind == PlaceEvent::kOp && e.to == device) {
      lines[segment].event.end = e.end;
      lines[segment].last_node = e.node;
      ++lines[segment].ops;
    } else if (e.kind == PlaceEvent::kOp) {
      segment = lines.size();
      device = e.to;
      lines.push_back({e, e.node, 1});
    } else if (e.kind == PlaceEvent::kCopy) {
      lines.push_back({e, e.node, 0});
    }
  }
  const auto earlier = [](const Line& a, const Line& b) { return a.event.begin < b.event.begin; };
  std::stable_sort(lines.begin(), lines.end(), earlier);
  return lines;
}

std::string format(const char* text, const std::string& name, double a, double b) {
  char line[160];
  std::snprintf(line, sizeof(line), text, name.c_str(), a, b);
  return line;
}

}  // namespace

std::string timeline_text(const Placing& p, const Schedule& schedule, int32_t width) {
  const double total = static_cast<double>(std::max<Nanos>(schedule.score.latency, 1));
  std::string out;
  for (const Row& row : all_rows(p)) {
    std::string bar(static_cast<size_t>(width), ' ');
    Nanos busy = 0;
    bool any = false;
    for (const PlaceEvent& e : schedule.events) {
      if (!belongs(e, row)) continue;
      any = true;
      busy += e.end - e.begin;
      const auto cell = [&](Nanos t) {
        return std::min(width - 1, static_cast<int32_t>(static_cast<double>(t) / total * width));
      };
      for (int32_t i = cell(e.begin); i <= cell(std::max(e.begin, e.end - 1)); ++i) bar[static_cast<size_t>(i)] = mark_of(e);
    }
    if (any) out += format("%-20s |", row.name, 0, 0) + bar + format("|%s %10.2f us", "", us(busy), 0) + "\n";
  }
  out += format("%-20s  0", "", 0, 0) + std::string(static_cast<size_t>(std::max(width - 14, 1)), ' ') +
         format("%s%10.2f us\n", "", us(schedule.score.latency), 0);
  out += "# op  = start of a segment  s submit  > copy to the device  < copy from it\n";
  for (const Line& line : list_lines(schedule)) {
    const PlaceEvent& e = line.event;
    out += format("%s%12.2f %12.2f us  ", "", us(e.begin), us(e.end));
    out += e.kind == PlaceEvent::kCopy ? "copy, " + title(p, e) : place_name(p, e.to) + ", " + node_name(p, e.node);
    if (line.ops > 1) out += " to " + node_name(p, line.last_node) + ": " + std::to_string(line.ops) + " ops";
    out += "\n";
  }
  return out;
}

Json timeline_trace(const Placing& p, const Schedule& schedule) {
  Json events = Json::array();
  const std::vector<Row> rows = all_rows(p);
  events.push_back({{"name", "process_name"}, {"ph", "M"}, {"pid", 1}, {"args", {{"name", "predicted"}}}});
  for (size_t r = 0; r < rows.size(); ++r) {
    const auto in_row = [&](const PlaceEvent& e) { return belongs(e, rows[r]); };
    if (std::none_of(schedule.events.begin(), schedule.events.end(), in_row)) continue;
    events.push_back({{"name", "thread_name"}, {"ph", "M"}, {"pid", 1}, {"tid", r}, {"args", {{"name", rows[r].name}}}});
    for (const PlaceEvent& e : schedule.events) {
      if (!in_row(e)) continue;
      constexpr const char* kKinds[] = {"op", "start", "submit", "copy"};
      events.push_back({{"name", title(p, e)},
                        {"cat", kKinds[e.kind]},
                        {"ph", "X"},
                        {"pid", 1},
                        {"tid", r},
                        {"ts", us(e.begin)},
                        {"dur", us(e.end - e.begin)}});
    }
  }
  return {{"displayTimeUnit", "ns"}, {"traceEvents", events}};
}

}  // namespace inlay::tools
