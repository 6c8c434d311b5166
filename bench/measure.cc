// SPDX-License-Identifier: Apache-2.0
#include "bench/measure.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "bench/host.h"
#include "bench/inputs.h"
#include "tools/emit/emit.h"
#include "tools/inlay/handles.h"
#include "tools/inlay/macs.h"
#include "tools/inlay/sha256.h"

namespace inlay::bench {
namespace {

using tools::Bytes;

constexpr int32_t kMinRuns = 10;
constexpr int32_t kObservedRuns = 25;

uint64_t now_ns(void*) {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

double now_us() { return static_cast<double>(now_ns(nullptr)) / 1000.0; }

/// A bar on stderr, only for people and only when the wait is long enough to wonder.
class Progress {
 public:
  Progress() : begin_(now_us()), shown_(isatty(STDERR_FILENO) == 0 ? -1 : 0) {}
  ~Progress() {
    if (shown_ > 0) std::fprintf(stderr, "\r%40s\r", "");
  }
  void update(double done) {
    const double passed = now_us() - begin_;
    const int step = static_cast<int>(std::min(done, 1.0) * 30);
    if (shown_ < 0 || step <= shown_ || passed < 1e5 || passed / std::max(done, 1e-6) < 2e6) return;
    shown_ = step;
    std::fprintf(stderr, "\r[%-30s]", std::string(static_cast<size_t>(step), '=').c_str());
    std::fflush(stderr);
  }

 private:
  double begin_;
  int shown_;  // steps drawn; -1: never draw
};

/// The session, its inputs, and runs of it.
class Subject {
 public:
  Subject(const inlay_model* model, inlay_session* session) : session_(session) {
    for (int32_t i = 0; i < inlay_model_input_count(model); ++i) inputs_.push_back(random_input(tools::input_info(model, i), i));
  }
  /// Microseconds of one run. Inputs are written before it, outside of the time: a run may reuse their memory.
  double run() {
    for (size_t i = 0; i < inputs_.size(); ++i) {
      void* to = inlay_session_input(session_, static_cast<int32_t>(i));
      if (to == nullptr) throw tools::Error("input " + std::to_string(i) + " has no memory in the session");
      if (!inputs_[i].empty()) std::memcpy(to, inputs_[i].data(), inputs_[i].size());
    }
    const double begin = now_us();
    tools::run_session(session_);
    return now_us() - begin;
  }

 private:
  inlay_session* session_;
  std::vector<Bytes> inputs_;
};

std::vector<double> time_runs(Subject& subject, const Options& options) {
  std::vector<double> times;
  Progress progress;
  const double begin = now_us();
  const double wanted_us = options.seconds * 1e6;
  while (true) {
    const auto count = static_cast<double>(times.size());
    const double passed = now_us() - begin;
    const double done = options.runs > 0 ? count / options.runs : std::min(count / kMinRuns, wanted_us > 0 ? passed / wanted_us : 1);
    if (done >= 1) return times;
    progress.update(done);
    times.push_back(subject.run());
  }
}

struct Watch {
  std::vector<std::vector<double>> times;  // by node of the main graph
  std::vector<Event> events;
};

void on_done(void* user, int32_t graph, int32_t node, uint64_t begin, uint64_t end) {
  auto& watch = *static_cast<Watch*>(user);
  if (graph != 0 || node < 0 || static_cast<size_t>(node) >= watch.times.size()) return;
  watch.times[static_cast<size_t>(node)].push_back(static_cast<double>(end - begin) / 1000.0);
  watch.events.push_back({node, static_cast<double>(begin) / 1000.0, static_cast<double>(end) / 1000.0});
}

/// Runs apart from those that were timed: reading the clock around every op costs a little.
void observe_ops(const inlay_model* model, inlay_session* session, Subject& subject, Result& out) {
  const inlay_graph& graph = tools::main_graph(model);
  Watch watch;
  watch.times.resize(static_cast<size_t>(graph.node_count));
  const inlay_observer observer = {sizeof(inlay_observer), now_ns, on_done, &watch};
  tools::check(inlay_session_observe(session, &observer), {}, "watching the ops");
  const auto observed = static_cast<int32_t>(std::min<size_t>(std::max<size_t>(out.runs, 1), kObservedRuns));
  for (int32_t i = 0; i < observed; ++i) subject.run();
  tools::check(inlay_session_observe(session, nullptr), {}, "watching the ops");
  for (int32_t i = 0; i < graph.node_count; ++i) {
    out.ops[static_cast<size_t>(i)].p50_us = summarize(watch.times[static_cast<size_t>(i)]).p50;
  }
  out.events = std::move(watch.events);
}

void list_ops(const inlay_model* model, const inlay_session* session, Result& out) {
  const inlay_graph& graph = tools::main_graph(model);
  for (int32_t i = 0; i < graph.node_count; ++i) {
    const inlay_node& node = graph.nodes[i];
    const inlay_device device = inlay_session_device_of(session, i);
    Op op;
    op.name = node.name;
    op.kind = node.kind == INLAY_OP_CUSTOM ? std::string("CUSTOM:") + node.custom_code : inlay_op_kind_name(node.kind);
    op.device = tools::device_label(device);
    op.backend = device.backend != nullptr ? device.backend->name : "none";
    op.macs = tools::node_macs(graph, node);
    out.macs += op.macs;
    if (std::find(out.backends.begin(), out.backends.end(), op.device) == out.backends.end()) out.backends.push_back(op.device);
    out.ops.push_back(std::move(op));
  }
}

}  // namespace

Result measure(const Options& options) {
  Result out;
  out.model_name = std::filesystem::path(options.model).filename().string();
  const double load_begin = now_us();
  const tools::ModelPtr model = tools::open_model(options.model);
  out.load_us = now_us() - load_begin;
  const std::vector<inlay_device> devices = tools::find_devices(options.backend);
  const double prepare_begin = now_us();
  const tools::SessionPtr session = tools::make_session(model.get(), devices, options.threads, tools::fast_math_bits(options.fast_math));
  out.prepare_us = now_us() - prepare_begin;

  list_ops(model.get(), session.get(), out);
  Subject subject(model.get(), session.get());
  out.first_us = subject.run();
  for (int32_t i = 0; i < inlay_model_output_count(model.get()); ++i) {
    const size_t bytes = tools::output_info(model.get(), i).bytes;
    out.outputs_crc32.push_back(tools::crc32(inlay_session_output(session.get(), i), bytes));
  }
  for (int32_t i = 0; i < options.warmup; ++i) subject.run();
  const std::vector<double> times = time_runs(subject, options);
  out.runs = times.size();
  out.latency = summarize(times);
  out.memory = tools::memory_use(session.get());
  out.rss_peak = peak_rss();
  observe_ops(model.get(), session.get(), subject, out);
  // Last, so that reading the whole file does not count in rss_peak.
  const Bytes file = tools::read_file(options.model);
  out.model_sha256 = tools::sha256_hex(file.data(), file.size());
  return out;
}

}  // namespace inlay::bench
