// SPDX-License-Identifier: Apache-2.0
#include "bench/throughput.h"

#include <atomic>
#include <cstdio>
#include <cstring>
#include <memory>
#include <thread>

#include "inlay/pipeline.h"
#include "tools/inlay/handles.h"
#include "tools/tune/random_input.h"
#include "tools/tune/stats.h"
#include "tools/tune/timing.h"

namespace inlay::bench {
namespace {

constexpr int32_t kCostRuns = 10;
constexpr int64_t kLeastFrames = 10;

struct ClosePipeline {
  void operator()(inlay_pipeline* p) const { inlay_pipeline_destroy(p); }
  void operator()(inlay_session_pool* p) const { inlay_session_pool_destroy(p); }
};

tools::SessionOptions session_options(const Options& options) {
  return {options.threads, options.allow_inexact, tools::fast_math_bits(options.fast_math), {}, nullptr, options.cache, {}};
}

/// Microseconds of every op on each device, -1 where it does not run; and of whole runs on each, with builtin for the rest.
std::vector<float> measure_costs(const inlay_model* model, const std::vector<inlay_device>& devices, const Options& options,
                                 std::vector<double>* alone) {
  const auto nodes = static_cast<size_t>(tools::main_graph(model).node_count);
  std::vector<float> costs(nodes * devices.size(), -1.0f);
  for (size_t d = 0; d < devices.size(); ++d) {
    const std::vector<inlay_device> list = {devices[d], {&inlay_backend_builtin, 0}};
    const tools::SessionPtr session = tools::make_session(model, list, session_options(options));
    tools::Subject subject(model, session.get());
    for (int32_t i = 0; i < options.warmup; ++i) subject.run();
    tools::OpWatch watch(model, session.get());
    std::vector<double> runs;
    for (int32_t i = 0; i < kCostRuns; ++i) runs.push_back(subject.run());
    alone->push_back(tools::summarize(runs).p50);
    for (size_t n = 0; n < nodes; ++n) {
      const inlay_device at = inlay_session_device_of(session.get(), static_cast<int32_t>(n));
      const bool here = at.backend == devices[d].backend && at.index == devices[d].index;
      if (here && !watch.times[n].empty())
        costs[n * devices.size() + d] = static_cast<float>(tools::summarize(watch.times[n]).p50);
    }
  }
  return costs;
}

/// The same inputs for every frame.
class Inputs {
 public:
  explicit Inputs(const inlay_model* model) {
    for (int32_t i = 0; i < inlay_model_input_count(model); ++i)
      bytes_.push_back(tools::random_input(tools::input_info(model, i), i));
  }
  void write(inlay_session* session) const {
    for (size_t i = 0; i < bytes_.size(); ++i) {
      if (!bytes_[i].empty())
        std::memcpy(inlay_session_input(session, static_cast<int32_t>(i)), bytes_[i].data(), bytes_[i].size());
    }
  }

 private:
  std::vector<tools::Bytes> bytes_;
};

bool take_one(inlay_pipeline* pipeline) {
  inlay_error error{};
  inlay_frame* frame = nullptr;
  tools::check(inlay_pipeline_next(pipeline, 1, &frame, &error), error, "a frame");
  if (frame != nullptr) tools::check(inlay_pipeline_release(pipeline, frame, &error), error, "a frame");
  return frame != nullptr;
}

/// Microseconds from frame to frame.
double run_frames(inlay_pipeline* pipeline, const Inputs& inputs, double seconds) {
  int64_t taken = 0;
  const double begin = tools::now_us();
  while (taken < kLeastFrames || tools::now_us() - begin < seconds * 1e6) {
    inlay_error error{};
    inlay_frame* frame = nullptr;
    tools::check(inlay_pipeline_acquire(pipeline, 0, &frame, &error), error, "a frame");
    if (frame == nullptr) {
      taken += take_one(pipeline) ? 1 : 0;
      continue;
    }
    inputs.write(inlay_frame_session(frame));
    tools::check(inlay_pipeline_submit(pipeline, frame, &error), error, "a frame");
  }
  while (take_one(pipeline)) ++taken;
  return (tools::now_us() - begin) / static_cast<double>(taken);
}

/// Frames per second of `threads` callers.
double run_sessions(inlay_session_pool* pool, const Inputs& inputs, int32_t threads, double seconds) {
  std::atomic<int64_t> frames{0};
  std::atomic<bool> failed{false};
  const double begin = tools::now_us();
  std::vector<std::thread> callers;
  for (int32_t t = 0; t < threads; ++t) {
    callers.emplace_back([&] {
      for (int64_t mine = 0; mine < kLeastFrames || tools::now_us() - begin < seconds * 1e6; ++mine) {
        inlay_session* session = nullptr;
        if (inlay_session_pool_acquire(pool, &session, nullptr) != INLAY_OK) {
          failed = true;
          return;
        }
        inputs.write(session);
        if (inlay_session_run(session, nullptr) != INLAY_OK) failed = true;
        if (inlay_session_pool_release(pool, session, nullptr) != INLAY_OK || failed) return;
        ++frames;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  if (failed) throw tools::Error("a session of the pool failed");
  return static_cast<double>(frames) / (tools::now_us() - begin) * 1e6;
}

}  // namespace

void bench_pipeline(const Options& options) {
  const tools::ModelPtr model = tools::open_model(options.model);
  const std::vector<inlay_device> devices = tools::find_devices(options.backend);
  if (devices.size() < 2)
    throw tools::Error("--pipeline takes two devices or more: --backend opencl,builtin, or builtin,builtin");
  std::vector<double> alone;
  const std::vector<float> costs = measure_costs(model.get(), devices, options, &alone);
  inlay_config session = {};
  session.struct_size = sizeof(session);
  session.threads = options.threads;
  session.allow_inexact = options.allow_inexact ? 1 : 0;
  session.fast_math = tools::fast_math_bits(options.fast_math);
  inlay_pipeline_config config = {};
  config.struct_size = sizeof(config);
  config.session = &session;
  config.devices = devices.data();
  config.device_count = static_cast<int32_t>(devices.size());
  config.costs_us = costs.data();
  config.one_thread = options.one_thread ? 1 : 0;
  inlay_error error{};
  inlay_pipeline* made = nullptr;
  tools::check(inlay_pipeline_create(model.get(), &config, &made, &error), error, "the pipeline");
  const std::unique_ptr<inlay_pipeline, ClosePipeline> pipeline(made);
  inlay_pipeline_info info{};
  info.struct_size = sizeof(info);
  tools::check(inlay_pipeline_describe(made, &info), error, "the pipeline");
  for (size_t d = 0; d < devices.size(); ++d)
    std::printf("%s alone: %.1f us from frame to frame\n", tools::device_label(devices[d]).c_str(), alone[d]);
  for (int32_t k = 0; k < info.stage_count; ++k)
    std::printf("stage %d: from op %d on %s\n", k, info.first_node[k], tools::device_label(info.device[k]).c_str());
  const Inputs inputs(model.get());
  run_frames(made, inputs, 0);  // warm
  const double measured = run_frames(made, inputs, options.seconds);
  std::printf("pipeline of %d frames, %s: predicted %.1f us from frame to frame, measured %.1f us\n", info.frame_count,
              options.one_thread ? "one thread" : "a thread per stage", static_cast<double>(info.predicted_slowest_us), measured);
}

void bench_sessions(const Options& options) {
  const tools::ModelPtr model = tools::open_model(options.model);
  const std::vector<inlay_device> devices = tools::find_devices(options.backend);
  inlay_config config = {};
  config.struct_size = sizeof(config);
  config.threads = options.threads;
  config.allow_inexact = options.allow_inexact ? 1 : 0;
  config.fast_math = tools::fast_math_bits(options.fast_math);
  config.devices = devices.data();
  config.device_count = static_cast<int32_t>(devices.size());
  inlay_error error{};
  inlay_session_pool* made = nullptr;
  tools::check(inlay_session_pool_create(model.get(), &config, options.sessions, options.sessions, &made, &error), error,
               "the session pool");
  const std::unique_ptr<inlay_session_pool, ClosePipeline> pool(made);
  const Inputs inputs(model.get());
  run_sessions(made, inputs, options.sessions, 0);  // warm
  const double one = run_sessions(made, inputs, 1, options.seconds);
  const double all = run_sessions(made, inputs, options.sessions, options.seconds);
  std::printf("1 session: %.1f frames/s; %d sessions at once: %.1f frames/s, %.2f times as many\n", one, options.sessions, all,
              all / one);
}

}  // namespace inlay::bench
