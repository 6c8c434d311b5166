// SPDX-License-Identifier: Apache-2.0
// What `inlay inspect` prints for people.
#include <algorithm>
#include <cstdio>

#include "tools/inlay/element.h"
#include "tools/inlay/inspect.h"
#include "tools/inlay/npy.h"
#include "tools/split/tune_splits.h"

namespace inlay::tools {
namespace {

using Number = unsigned long long;

std::string text_of(const Json& value) { return printable(value.get<std::string>().c_str()); }

std::string shape_of(const Json& value) { return shape_text(value.get<std::vector<int64_t>>()); }

void print_tensors(const char* role, const Json& list) {
  for (size_t i = 0; i < list.size(); ++i) {
    const Json& t = list[i];
    std::printf("%s %zu: %s  %s %s", role, i, text_of(t["name"]).c_str(), text_of(t["dtype"]).c_str(),
                shape_of(t["shape"]).c_str());
    if (t.contains("scale")) std::printf("  scale %.9g, zero point %d", t["scale"].get<double>(), t["zero_point"].get<int>());
    std::printf("\n");
  }
}

void print_op(const Json& op) {
  const std::string shape = op.contains("shape") ? shape_of(op["shape"]) : "-";
  const std::string dtype = op.contains("dtype") ? text_of(op["dtype"]) : "-";
  const std::string activation = text_of(op["activation"]);
  std::printf("%5d  %-24s %-18s %-8s %-10s %13llu %12llu", op["index"].get<int>(), text_of(op["kind"]).c_str(), shape.c_str(),
              dtype.c_str(), activation.empty() ? "-" : activation.c_str(), op["macs"].get<Number>(),
              op["constant_bytes"].get<Number>());
  std::printf("  %s", short_name(text_of(op["name"])).c_str());
  if (op.contains("calls")) {
    for (const Json& graph : op["calls"]) {
      if (graph.get<int>() > 0) std::printf(" -> graph %d", graph.get<int>());
    }
  }
  std::printf("\n");
}

void print_ops(const Json& ops) {
  std::printf("%5s  %-24s %-18s %-8s %-10s %13s %12s  name\n", "index", "op", "shape", "dtype", "activation", "MACs",
              "parameters");
  for (const Json& op : ops) print_op(op);
  Number macs = 0, bytes = 0;
  for (const Json& op : ops) {
    macs += op["macs"].get<Number>();
    bytes += op["constant_bytes"].get<Number>();
  }
  std::printf("%5s  %-24s %-18s %-8s %-10s %13llu %12llu\n", "", "total", "", "", "", macs, bytes);
}

/// '#': bytes alive with the plan's sharing; '.': what sharing saves.
void print_timeline(const Json& ops) {
  Number peak = 1, most = 1;
  for (const Json& op : ops) {
    peak = std::max(peak, op["live_bytes"].get<Number>());
    most = std::max({most, peak, op["live_bytes_unshared"].get<Number>()});
  }
  constexpr double kBar = 60;
  std::printf("%5s  %-24s %12s  %s\n", "index", "op", "live bytes", "'#': live, '.': more if nothing were shared");
  for (const Json& op : ops) {
    const auto live = op["live_bytes"].get<Number>(), unshared = op["live_bytes_unshared"].get<Number>();
    const auto filled = static_cast<size_t>(static_cast<double>(live) / static_cast<double>(most) * kBar + 0.5);
    const auto end = static_cast<size_t>(static_cast<double>(unshared) / static_cast<double>(most) * kBar + 0.5);
    std::printf("%5d  %-24s %12llu  %s%s%s\n", op["index"].get<int>(), text_of(op["kind"]).c_str(), live,
                std::string(filled, '#').c_str(), std::string(end > filled ? end - filled : 0, '.').c_str(),
                live == peak ? " < peak" : "");
  }
}

void print_memory(const Json& out) {
  const Json& m = out["memory"];
  const auto number = [&m](const char* key) { return m[key].get<Number>(); };
  std::printf(
      "\nmemory: persistent %llu, planned %llu, scratch %llu bytes; lower bound %llu (ratio %.3f), without sharing %llu; "
      "weights %llu bytes in place\n",
      number("persistent"), number("planned"), number("scratch"), number("lower_bound"), m["ratio"].get<double>(),
      number("lower_bound_unshared"), number("weights"));
  print_timeline(out["ops"]);
  for (const Json& graph : out["called"]) {
    std::printf("graph %d '%s'\n", graph["index"].get<int>(), text_of(graph["name"]).c_str());
    print_timeline(graph["ops"]);
  }
}

void print_why_ops(const Json& ops, const std::string& where) {
  for (const Json& op : ops) {
    std::printf("%s%5d  %-24s %s\n", where.c_str(), op["index"].get<int>(), text_of(op["kind"]).c_str(),
                op["rejected"].is_null() ? "takes it" : text_of(op["rejected"]).c_str());
  }
}

void print_why(const Json& out) {
  std::printf("\n");
  print_why_ops(out["ops"], "");
  for (const Json& graph : out["called"]) print_why_ops(graph["ops"], "graph " + std::to_string(graph["index"].get<int>()) + " ");
  const int takes = out["why_counts"]["takes"].get<int>(), refuses = out["why_counts"]["refuses"].get<int>();
  std::printf("%s takes %d of %d ops\n", text_of(out["why"]).c_str(), takes, takes + refuses);
}

void print_variables(const Json& list) {
  if (list.empty()) return;
  std::printf("\nvariables (state kept between runs):\n");
  for (const Json& v : list) {
    if (!v.contains("bytes")) continue;
    std::printf("%5d  %-40s %-8s %-18s %llu bytes\n", v["index"].get<int>(), text_of(v["name"]).c_str(),
                text_of(v["dtype"]).c_str(), shape_of(v["shape"]).c_str(), v["bytes"].get<Number>());
  }
}

}  // namespace

void print_inspection(const Json& out) {
  for (const auto& [key, value] : out["metadata"].items()) {
    if (key != "labels" && key != kSplitRejectedKey) std::printf("%s: %s\n", printable(key.c_str()).c_str(), text_of(value).c_str());
  }
  print_tensors("input", out["inputs"]);
  print_tensors("output", out["outputs"]);
  std::printf("graphs: %d, ops of the main graph: %zu, MACs: %llu\n\n", out["graphs"].get<int>(), out["ops"].size(),
              out["macs"].get<Number>());
  print_ops(out["ops"]);
  for (const Json& graph : out["called"]) {
    std::printf("\ngraph %d '%s', called by control flow:\n", graph["index"].get<int>(), text_of(graph["name"]).c_str());
    print_ops(graph["ops"]);
  }
  print_variables(out["variables"]);
  if (out.contains("memory")) print_memory(out);
  if (out.contains("plan")) print_plan(out);
  if (out.contains("why_counts")) print_why(out);
  if (out.contains("target")) print_target(out);
}

}  // namespace inlay::tools
