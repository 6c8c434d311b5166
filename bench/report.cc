// SPDX-License-Identifier: Apache-2.0
#include "bench/report.h"

#include <algorithm>
#include <cstdio>
#include <set>

#include "tools/emit/emit.h"
#include "tools/inlay/element.h"
#include "tools/tune/board.h"
#include "tools/tune/host.h"

namespace inlay::bench {
namespace {

using tools::Error;

constexpr const char* kMetrics[][2] = {
    {"/load_us", "us"},           {"/prepare_us", "us"},         {"/first_us", "us"},          {"/latency_us/min", "us"},
    {"/latency_us/p50", "us"},    {"/latency_us/p90", "us"},     {"/latency_us/p99", "us"},    {"/latency_us/max", "us"},
    {"/latency_us/mean", "us"},   {"/latency_us/mad", "us"},     {"/memory/persistent", "B"},  {"/memory/planned", "B"},
    {"/memory/scratch", "B"},     {"/memory/lower_bound", "B"},  {"/memory/weights", "B"},     {"/memory/rss_peak", "B"},
};

double gops(const Op& op) { return op.p50_us > 0 ? 2.0 * static_cast<double>(op.macs) / op.p50_us / 1000.0 : 0.0; }

Json ops_json(const Result& result) {
  Json ops = Json::array();
  for (const Op& op : result.ops) {
    ops.push_back({{"name", op.name}, {"kind", op.kind}, {"device", op.device}, {"backend", op.backend}, {"p50_us", op.p50_us},
                   {"macs", op.macs}, {"gops", gops(op)}, {"kernel", op.kernel}});
  }
  return ops;
}

Json devices_json(const Result& result) {
  Json out = Json::object();
  for (const auto& [name, use] : result.devices) {
    out[name] = {{"weights", use.weights},           {"planned", use.planned},       {"lower_bound", use.lower_bound},
                 {"bytes_in", use.bytes_in},         {"bytes_out", use.bytes_out},   {"bytes_mapped", use.bytes_mapped},
                 {"copies_in", use.copies_in},       {"copies_out", use.copies_out}, {"launches", use.launches},
                 {"programs", use.programs},         {"programs_cached", use.programs_cached}, {"build_us", use.build_us}};
  }
  return out;
}

void print_devices(const Json& devices) {
  for (const auto& [name, use] : devices.items()) {
    const auto n = [&use = use](const char* key) { return use[key].get<unsigned long long>(); };
    std::printf("%s bytes: weights %llu  planned %llu (lower bound %llu); a run: %llu in by %llu copies, %llu out by %llu, %llu in place, "
                "%llu kernels\n",
                name.c_str(), n("weights"), n("planned"), n("lower_bound"), n("bytes_in"), n("copies_in"), n("bytes_out"), n("copies_out"),
                n("bytes_mapped"), n("launches"));
    std::printf("%s programs: %llu, %llu of them from the cache, ready after %.1f ms\n", name.c_str(), n("programs"), n("programs_cached"),
                use["build_us"].get<double>() / 1000);
  }
}

std::string text(const Json& document, const char* pointer) {
  const Json::json_pointer at(pointer);
  return document.contains(at) && document[at].is_string() ? tools::printable(document[at].get<std::string>().c_str()) : "";
}

double number(const Json& document, const char* pointer) {
  const Json::json_pointer at(pointer);
  return document.contains(at) && document[at].is_number() ? document[at].get<double>() : 0;
}

void print_ops(const Json& document) {
  double total = 0;
  for (const Json& op : document["ops"]) total += op["p50_us"].get<double>();
  std::printf("\n%5s  %-24s %-10s %-16s %12s %6s %14s %9s  name\n", "op", "kind", "device", "kernel", "p50 us", "%", "MACs",
              "GOP/s");
  size_t index = 0;
  for (const Json& op : document["ops"]) {
    const double time = op["p50_us"].get<double>();
    std::printf("%5zu  %-24s %-10s %-16s %12.2f %6.1f %14llu %9.2f  %s\n", index++, text(op, "/kind").c_str(),
                text(op, "/device").c_str(), text(op, "/kernel").c_str(), time,
                total > 0 ? time / total * 100 : 0.0, op["macs"].get<unsigned long long>(), op["gops"].get<double>(),
                tools::short_name(text(op, "/name")).c_str());
  }
}

}  // namespace

Json to_json(const Result& r, const Options& options) {
  const tools::Host host = tools::describe_host();
  Json out;
  out["inlay"] = {{"version", inlay_version()}, {"build", tools::build_name()}};
  out["host"] = {{"cpu", host.cpu}, {"features", host.features}, {"cores", host.cores}, {"os", host.os}};
  out["model"] = {{"name", r.model_name}, {"sha256", r.model_sha256}, {"macs", r.macs}};
  out["backend"] = r.backends;
  out["threads"] = options.threads;
  out["load_us"] = r.load_us;
  out["prepare_us"] = r.prepare_us;
  out["first_us"] = r.first_us;
  out["latency_us"] = {{"min", r.latency.min}, {"p50", r.latency.p50},   {"p90", r.latency.p90}, {"p99", r.latency.p99},
                       {"max", r.latency.max}, {"mean", r.latency.mean}, {"mad", r.latency.mad}, {"runs", r.runs}};
  out["memory"] = {{"persistent", r.memory.persistent},   {"planned", r.memory.planned}, {"scratch", r.memory.scratch},
                   {"lower_bound", r.memory.lower_bound}, {"weights", r.memory.weights}, {"device", devices_json(r)},
                   {"rss_peak", r.rss_peak}, {"lower_bound_unshared", r.memory.lower_bound_unshared}};
  out["outputs_crc32"] = r.outputs_crc32;
  out["ops"] = ops_json(r);
  return out;
}

namespace {

using Events = std::vector<tools::Event>;

double length(const Events& run) {
  double begin = run.empty() ? 0 : run.front().begin_us, end = begin;
  for (const tools::Event& event : run) {
    begin = std::min(begin, event.begin_us);
    end = std::max(end, event.end_us);
  }
  return end - begin;
}

/// The events of the run of median length. Every run has one event of each op.
Events median_run(const Events& all) {
  std::set<int32_t> nodes;
  for (const tools::Event& event : all) nodes.insert(event.node);
  std::vector<Events> runs;
  for (size_t i = 0; i + nodes.size() <= all.size() && !nodes.empty(); i += nodes.size())
    runs.emplace_back(all.begin() + static_cast<ptrdiff_t>(i), all.begin() + static_cast<ptrdiff_t>(i + nodes.size()));
  if (runs.empty()) return {};
  std::sort(runs.begin(), runs.end(), [](const Events& a, const Events& b) { return length(a) < length(b); });
  return runs[runs.size() / 2];
}

}  // namespace

Json to_trace(const Result& result, bool one_run) {
  Json events = Json::array();
  const Events shown = one_run ? median_run(result.events) : result.events;
  double origin = shown.empty() ? 0 : shown.front().begin_us;
  for (const tools::Event& event : shown) origin = std::min(origin, event.begin_us);
  std::vector<std::string> lanes;  // devices may compute side by side
  for (const tools::Event& event : shown) {
    const Op& op = result.ops[static_cast<size_t>(event.node)];
    auto lane = std::find(lanes.begin(), lanes.end(), op.device);
    if (lane == lanes.end()) {
      lane = lanes.insert(lanes.end(), op.device);
      events.push_back({{"name", "thread_name"}, {"ph", "M"}, {"pid", 1}, {"tid", lanes.size()}, {"args", {{"name", op.device}}}});
    }
    events.push_back({{"name", one_run ? "op " + std::to_string(event.node) + " " + op.kind : op.kind},
                      {"cat", op.backend},
                      {"ph", "X"},
                      {"ts", event.begin_us - origin},
                      {"dur", event.end_us - event.begin_us},
                      {"pid", 1},
                      {"tid", lane - lanes.begin() + 1},
                      {"args",
                       {{"node", event.node}, {"name", op.name}, {"device", op.device}, {"kernel", op.kernel}, {"macs", op.macs}}}});
  }
  return {{"displayTimeUnit", "ms"}, {"traceEvents", events}};
}

void print_table(const Json& d, bool per_op) {
  std::string devices;
  for (const Json& name : d["backend"]) devices += (devices.empty() ? "" : ",") + name.get<std::string>();
  std::printf("%s on %s, %d thread%s, %s\n", text(d, "/model/name").c_str(), devices.c_str(), d["threads"].get<int>(), d["threads"] == 1 ? "" : "s",
              text(d, "/host/cpu").c_str());
  std::printf("load %.1f us, prepare %.1f us, first run %.1f us\n", number(d, "/load_us"), number(d, "/prepare_us"), number(d, "/first_us"));
  std::printf("latency us: min %.2f  p50 %.2f  p90 %.2f  p99 %.2f  max %.2f  mean %.2f  mad %.2f  (%.0f runs)\n",
              number(d, "/latency_us/min"), number(d, "/latency_us/p50"), number(d, "/latency_us/p90"), number(d, "/latency_us/p99"),
              number(d, "/latency_us/max"), number(d, "/latency_us/mean"), number(d, "/latency_us/mad"), number(d, "/latency_us/runs"));
  std::printf("memory bytes: persistent %.0f  planned %.0f (lower bound %.0f, without sharing %.0f)  scratch %.0f  weights %.0f  peak RSS %.0f\n",
              number(d, "/memory/persistent"), number(d, "/memory/planned"), number(d, "/memory/lower_bound"),
              number(d, "/memory/lower_bound_unshared"), number(d, "/memory/scratch"),
              number(d, "/memory/weights"), number(d, "/memory/rss_peak"));
  print_devices(d["memory"]["device"]);
  const double p50 = number(d, "/latency_us/p50");
  std::printf("%.0f MACs, %.2f GOP/s; output CRC-32:", number(d, "/model/macs"), p50 > 0 ? 2 * number(d, "/model/macs") / p50 / 1000 : 0);
  for (const Json& crc : d["outputs_crc32"]) std::printf(" %08x", crc.get<unsigned>());
  std::printf("\n");
  if (per_op) print_ops(d);
}

Json read_base(const std::string& path) {
  const tools::Bytes file = tools::read_file(path);
  Json base = Json::parse(file.begin(), file.end(), nullptr, false);
  if (!base.is_object() || text(base, "/model/sha256").empty()) {
    throw Error(path + " is no JSON of inlay-bench; make one with inlay-bench MODEL --json " + path);
  }
  return base;
}

void check_same_model(const Json& base, const Json& document) {
  const std::string was = text(base, "/model/sha256");
  const std::string is = text(document, "/model/sha256");
  if (was != is) {
    throw Error("--compare: the earlier result is of another model (sha256 " + was.substr(0, 12) + "..., now " + is.substr(0, 12) +
                "...); measure the same file");
  }
}

void print_comparison(const Json& base, const Json& document) {
  std::printf("\n%-22s %-3s %14s %14s %9s\n", "metric", "", "base", "now", "now/base");
  for (const auto& [pointer, unit] : kMetrics) {
    const double was = number(base, pointer);
    const double is = number(document, pointer);
    if (was > 0) std::printf("%-22s %-3s %14.2f %14.2f %9.3f\n", pointer + 1, unit, was, is, is / was);
    else std::printf("%-22s %-3s %14.2f %14.2f %9s\n", pointer + 1, unit, was, is, "-");
  }
  const bool has_crc = base.contains("outputs_crc32");
  std::printf("%-22s     %s\n", "outputs_crc32", has_crc && base["outputs_crc32"] == document["outputs_crc32"] ? "equal" : "different");
}

std::string dump(const Json& document) { return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace inlay::bench
