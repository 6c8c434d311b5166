// SPDX-License-Identifier: Apache-2.0
#include "bench/measure.h"

#include <algorithm>
#include <filesystem>

#include "bench/host.h"
#include "tools/emit/emit.h"
#include "tools/inlay/handles.h"
#include "tools/inlay/macs.h"
#include "tools/inlay/sha256.h"
#include "tools/tune/choose.h"
#include "tools/tune/stats.h"
#include "tools/tune/timing.h"

namespace inlay::bench {
namespace {

using tools::Bytes;

constexpr int32_t kMinRuns = 10;
constexpr int32_t kObservedRuns = 25;

std::vector<double> time_runs(tools::Subject& subject, const Options& options) {
  std::vector<double> times;
  tools::Progress progress;
  const double begin = tools::now_us();
  const double wanted_us = options.seconds * 1e6;
  while (true) {
    const auto count = static_cast<double>(times.size());
    const double passed = tools::now_us() - begin;
    const double done = options.runs > 0 ? count / options.runs : std::min(count / kMinRuns, wanted_us > 0 ? passed / wanted_us : 1);
    if (done >= 1) return times;
    progress.update(done);
    times.push_back(subject.run());
  }
}

/// Runs apart from those that were timed: reading the clock around every op costs a little.
void observe_ops(const inlay_model* model, inlay_session* session, tools::Subject& subject, Result& out) {
  tools::OpWatch watch(model, session);
  const auto observed = static_cast<int32_t>(std::min<size_t>(std::max<size_t>(out.runs, 1), kObservedRuns));
  for (int32_t i = 0; i < observed; ++i) subject.run();
  for (size_t i = 0; i < out.ops.size(); ++i) out.ops[i].p50_us = tools::summarize(watch.times[i]).p50;
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
    op.kernel = inlay_session_kernel_of(session, i);
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
  const double load_begin = tools::now_us();
  const tools::ModelPtr model = tools::open_model(options.model);
  out.load_us = tools::now_us() - load_begin;
  const tools::Placed placed = tools::place_by(model.get(), options.backend, options.threads, options.profile, options.any_board);
  const double prepare_begin = tools::now_us();
  const tools::SessionOptions how = {options.threads,  options.allow_inexact, tools::fast_math_bits(options.fast_math),
                                     placed.placement, nullptr,               options.cache,
                                     placed.variants};
  const tools::SessionPtr session = tools::make_session(model.get(), placed.devices, how);
  out.prepare_us = tools::now_us() - prepare_begin;

  list_ops(model.get(), session.get(), out);
  tools::Subject subject(model.get(), session.get());
  out.first_us = subject.run();
  for (int32_t i = 0; i < inlay_model_output_count(model.get()); ++i) {
    const size_t bytes = tools::output_info(model.get(), i).bytes;
    out.outputs_crc32.push_back(tools::crc32(inlay_session_output(session.get(), i), bytes));
  }
  for (int32_t i = 0; i < options.warmup; ++i) subject.run();
  const std::vector<double> times = time_runs(subject, options);
  out.runs = times.size();
  out.latency = tools::summarize(times);
  out.memory = tools::memory_use(session.get());
  out.devices = tools::device_use(session.get());
  out.rss_peak = peak_rss();
  observe_ops(model.get(), session.get(), subject, out);
  // Last, so that reading the whole file does not count in rss_peak.
  const Bytes file = tools::read_file(options.model);
  out.model_sha256 = tools::sha256_hex(file.data(), file.size());
  return out;
}

}  // namespace inlay::bench
