// SPDX-License-Identifier: Apache-2.0
// Frames through the stages of a pipeline: by this machine's clock, or by that of a simulated board.
#include <cstdio>
#include <memory>

#include "bench/frame_inputs.h"
#include "bench/throughput.h"
#include "inlay/pipeline.h"
#include "tools/emit/emit.h"
#include "tools/inlay/handles.h"
#include "tools/tune/rivals.h"
#include "tools/tune/simulated_board.h"
#include "tools/tune/stage_costs.h"
#include "tools/tune/stats.h"
#include "tools/tune/timing.h"

namespace inlay::bench {
namespace {

constexpr int32_t kCostRuns = 10;
constexpr int64_t kFewFrames = 10;

struct ClosePipeline {
  void operator()(inlay_pipeline* p) const { inlay_pipeline_destroy(p); }
};

/// What there is to cut by, and whole runs on single devices, in microseconds.
struct Known {
  tools::StageCosts costs;
  std::vector<std::pair<std::string, double>> alone;
};

tools::SessionOptions session_options(const Options& options) {
  return {options.threads, options.allow_inexact, tools::fast_math_bits(options.fast_math), {}, nullptr, options.cache, {}};
}

/// Every op on each device, and whole runs on each, with builtin for the rest. Nothing is known of what crosses a cut.
Known measure_costs(const inlay_model* model, const std::vector<inlay_device>& devices, const Options& options) {
  Known out;
  out.costs.devices = devices;
  const auto nodes = static_cast<size_t>(tools::main_graph(model).node_count);
  std::vector<float>& costs = out.costs.costs_us;
  costs.assign(nodes * devices.size(), -1.0f);
  out.costs.links.resize(devices.size());
  for (size_t d = 0; d < devices.size(); ++d) {
    const std::vector<inlay_device> list = {devices[d], {&inlay_backend_builtin, 0}};
    const tools::SessionPtr session = tools::make_session(model, list, session_options(options));
    tools::Subject subject(model, session.get());
    for (int32_t i = 0; i < options.warmup; ++i) subject.run();
    tools::OpWatch watch(model, session.get());
    std::vector<double> runs;
    for (int32_t i = 0; i < kCostRuns; ++i) runs.push_back(subject.run());
    out.costs.names.push_back(tools::device_label(devices[d]));
    out.alone.emplace_back(out.costs.names.back() + " alone", tools::summarize(runs).p50);
    for (size_t n = 0; n < nodes; ++n) {
      const inlay_device at = inlay_session_device_of(session.get(), static_cast<int32_t>(n));
      const bool here = at.backend == devices[d].backend && at.index == devices[d].index;
      if (here && !watch.times[n].empty())
        costs[n * devices.size() + d] = static_cast<float>(tools::summarize(watch.times[n]).p50);
    }
  }
  return out;
}

Known known_of(const tools::Choice& choice) {
  Known out;
  out.costs = tools::stage_costs(choice);
  for (const tools::Rival& rival : tools::rivals_of(choice)) out.alone.emplace_back(rival.name, rival.us);
  return out;
}

bool take_one(inlay_pipeline* pipeline) {
  inlay_error error{};
  inlay_frame* frame = nullptr;
  tools::check(inlay_pipeline_next(pipeline, 1, &frame, &error), error, "a frame");
  if (frame != nullptr) tools::check(inlay_pipeline_release(pipeline, frame, &error), error, "a frame");
  return frame != nullptr;
}

/// As long as more(frames taken); then those in flight. Returns how many there were.
template <typename More>
int64_t run_frames(inlay_pipeline* pipeline, const Inputs& inputs, More more) {
  int64_t taken = 0;
  while (more(taken)) {
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
  return taken;
}

/// Microseconds from frame to frame.
double time_frames(inlay_pipeline* pipeline, const Inputs& inputs, double seconds) {
  const double begin = tools::now_us();
  const int64_t taken = run_frames(pipeline, inputs, [&](int64_t frames) {
    return frames < kFewFrames || tools::now_us() - begin < seconds * 1e6;
  });
  return (tools::now_us() - begin) / static_cast<double>(taken);
}

/// The same by the clock of a simulated board: the way in and the way out are the same for few frames and for many.
double time_frames(inlay_pipeline* pipeline, const Inputs& inputs, simulated::Board& board) {
  double us[2] = {}, frames[2] = {};
  for (int i = 0; i < 2; ++i) {
    board.begin_frames();
    frames[i] = static_cast<double>(run_frames(pipeline, inputs, [&](int64_t taken) { return taken < (i + 1) * kFewFrames; }));
    us[i] = static_cast<double>(board.end()) / 1000;
  }
  return (us[1] - us[0]) / (frames[1] - frames[0]);
}

struct Made {
  std::unique_ptr<inlay_pipeline, ClosePipeline> pipeline;
  inlay_pipeline_info info = {};
};

Made make_pipeline(const inlay_model* model, const Known& known, const Options& options) {
  inlay_config session = {};
  session.struct_size = sizeof(session);
  session.threads = options.threads;
  session.allow_inexact = options.allow_inexact ? 1 : 0;
  session.fast_math = tools::fast_math_bits(options.fast_math);
  inlay_pipeline_config config = {};
  config.struct_size = sizeof(config);
  config.session = &session;
  config.one_thread = options.one_thread ? 1 : 0;
  known.costs.fill(&config);
  inlay_error error{};
  inlay_pipeline* made = nullptr;
  tools::check(inlay_pipeline_create(model, &config, &made, &error), error, "the pipeline");
  Made out;
  out.pipeline.reset(made);
  out.info.struct_size = sizeof(out.info);
  tools::check(inlay_pipeline_describe(made, &out.info), error, "the pipeline");
  return out;
}

void print(const Made& made, const Known& known, const Options& options, double measured, const char* clock) {
  const inlay_pipeline_info& info = made.info;
  for (const auto& [name, us] : known.alone) std::printf("%s: %.1f us from frame to frame\n", name.c_str(), us);
  for (int32_t k = 0; k < info.stage_count; ++k)
    std::printf("stage %d: from op %d on %s, %.1f us\n", k, info.first_node[k], tools::device_label(info.device[k]).c_str(),
                static_cast<double>(info.predicted_us[k]));
  std::printf("pipeline of %d frames, %s: predicted %.1f us from frame to frame, measured %.1f us%s\n", info.frame_count,
              options.one_thread ? "one thread" : "a thread per stage", static_cast<double>(info.predicted_slowest_us), measured, clock);
}

void bench_on_paper(const inlay_model* model, const Options& options) {
  const tools::Bytes file = tools::read_file(options.board);
  tools::SimulatedBoard board(tools::parse_profile(std::string(file.begin(), file.end()), options.board), options.threads);
  board.know(model);
  const Known known = known_of(tools::choose(model, board.devices(), options.threads, board.profile()));
  const Made made = make_pipeline(model, known, options);
  const double measured = time_frames(made.pipeline.get(), Inputs(model), board.board());
  print(made, known, options, measured, " on the clock of the simulated board");
}

}  // namespace

void bench_pipeline(const Options& options) {
  const tools::ModelPtr model = tools::open_model(options.model);
  if (!options.board.empty()) return bench_on_paper(model.get(), options);
  const std::vector<inlay_device> devices = tools::find_devices(options.backend);
  if (devices.size() < 2)
    throw tools::Error("--pipeline takes two devices or more: --backend opencl,builtin, or builtin,builtin");
  const Known known = options.profile.empty() ? measure_costs(model.get(), devices, options)
                                              : known_of(tools::choose_by_file(model.get(), options.backend, options.threads,
                                                                               options.profile, options.any_board));
  const Made made = make_pipeline(model.get(), known, options);
  const Inputs inputs(model.get());
  time_frames(made.pipeline.get(), inputs, 0);  // warm
  print(made, known, options, time_frames(made.pipeline.get(), inputs, options.seconds), "");
}

}  // namespace inlay::bench
