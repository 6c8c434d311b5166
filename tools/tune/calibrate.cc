// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/calibrate.h"

#include <algorithm>
#include <memory>
#include <numeric>

#include "tools/inlay/handles.h"
#include "tools/inlay/macs.h"
#include "tools/tune/fit.h"
#include "tools/tune/made_model.h"
#include "tools/tune/stats.h"
#include "tools/tune/timing.h"

namespace inlay::tools {
namespace {

constexpr int32_t kChain = 8, kMany = 4;
constexpr int32_t kTiny = 64;                           // floats
constexpr int32_t kSizes[] = {kTiny, 4096, 65536, 262144};  // 256 bytes to 1 MiB
constexpr int32_t kMinRounds = 5, kMostRounds = 300;
constexpr double kLeastStartUs = 0.01;  // never nothing: of equals, placements without changes win
constexpr double kLeastErrorUs = 0.05, kErrorPart = 0.02;  // of a median, however small its spread

/// A small model in a session, and what its runs took.
struct Trial {
  std::unique_ptr<MadeModel> model;
  SessionPtr session;
  std::unique_ptr<Subject> subject;
  std::vector<double> whole, ops, rest;  // a run; the sum of its ops in an observed run; their difference

  Trial(const Model& made, const std::vector<inlay_device>& devices, const std::vector<int32_t>& placement, const CalibrateOptions& o)
      : model(std::make_unique<MadeModel>(made)),
        session(make_session(model->get(), devices, {o.threads, false, 0, placement, o.pool, "none", {}})),
        subject(std::make_unique<Subject>(model->get(), session.get())) {}

  void run(bool observed) {
    whole.push_back(subject->run());
    if (!observed) return;
    OpWatch watch(model->get(), session.get());
    subject->run();
    double sum = 0;
    for (const Event& e : watch.events) sum += e.end_us - e.begin_us;
    ops.push_back(sum);
    rest.push_back(whole.back() - sum);
  }
};

bool takes(const Model& made, const inlay_device& device, int32_t threads) {
  const MadeModel model(made);
  for (int32_t n = 0; n < main_graph(model.get()).node_count; ++n) {
    if (refusal(model.get(), 0, n, device, threads) != nullptr) return false;
  }
  return true;
}

/// All in turns; what the first run took is not counted.
void run_in_turns(std::vector<Trial>& trials, bool observed, double seconds) {
  for (Trial& t : trials) {
    t.run(observed);
    t.run(observed);
    t.whole.clear(), t.ops.clear(), t.rest.clear();
  }
  const double begin = now_us();
  for (int32_t round = 0; round < kMinRounds || (round < kMostRounds && now_us() - begin < seconds * 1e6); ++round) {
    for (Trial& t : trials) t.run(observed);
  }
}

double median(const std::vector<double>& values) { return summarize(values).p50; }

/// How a device's tensors got there: what its segment says of its last run.
std::string how_moved(const inlay_session* session) {
  inlay_segment_info info{};
  if (inlay_session_segment(session, 0, &info) != INLAY_OK) return "";
  if (info.use.copies_in + info.use.copies_out > 0) return "copied";
  return info.use.bytes_mapped > 0 ? "mapped" : "";
}

}  // namespace

bool measure_start(const inlay_device& device, const inlay_device& other, const CalibrateOptions& options, DeviceModel* out) {
  const Model chain = chain_model(kChain, kTiny);
  if (!takes(chain, device, options.threads) || !takes(chain, other, options.threads)) return false;
  std::vector<int32_t> turns(kChain);
  for (int32_t n = 0; n < kChain; ++n) turns[static_cast<size_t>(n)] = n % 2;
  std::vector<Trial> trials;
  const std::vector<inlay_device> both = {device, other};
  for (const std::vector<int32_t>& placement : {std::vector<int32_t>(kChain, 0), std::vector<int32_t>(kChain, 1), turns})
    trials.emplace_back(chain, both, placement, options);
  run_in_turns(trials, false, options.seconds);
  const double alone = (median(trials[0].whole) + median(trials[1].whole)) / 2;
  out->start_us = std::max(kLeastStartUs, (median(trials[2].whole) - alone) / (kChain - 1));
  return true;
}

bool measure_transfers(const inlay_device& device, const std::string& name, const CalibrateOptions& options, DeviceModel* out,
                       std::vector<Transfer>* transfers) {
  if (!takes(sum_model(kMany, kTiny), device, options.threads) || !takes(chain_model(1, kTiny), device, options.threads)) return false;
  enum { kStart, kIn, kInByte, kOut, kOutByte, kGap, kUnknowns };
  std::vector<Trial> trials;
  std::vector<Equation> equations;
  const auto add = [&](const Model& model, double ins, double outs, double ops, double bytes) {
    trials.emplace_back(model, std::vector<inlay_device>{device}, std::vector<int32_t>{}, options);
    equations.push_back({{1, ins, ins * bytes, outs, outs * bytes, ops}, 0, 0});
  };
  for (const int32_t values : kSizes) {
    const double bytes = values * static_cast<double>(sizeof(float));
    add(chain_model(1, values), 1, 1, 1, bytes);
    add(sum_model(kMany, values), kMany, 1, kMany - 1, bytes);
    add(fan_model(kMany, values), 1, kMany, kMany, bytes);
  }
  add(chain_model(kChain, kTiny), 1, 1, kChain, kTiny * sizeof(float));
  run_in_turns(trials, true, options.seconds);
  std::vector<double> off;
  for (size_t i = 0; i < trials.size(); ++i) {
    const Stats stats = summarize(trials[i].rest);
    equations[i].value = stats.p50;
    equations[i].error = std::max({stats.mad, kErrorPart * stats.p50, kLeastErrorUs});
  }
  const std::vector<double> x = fit(equations, kUnknowns);
  for (const Equation& e : equations)
    off.push_back(std::abs(std::inner_product(x.begin(), x.end(), e.factors.begin(), -e.value)));
  out->start_us = x[kStart];
  out->gap_us = x[kGap];
  const std::string how = how_moved(trials[0].session.get());
  const auto rate = [](double us_per_byte) { return us_per_byte > 1e-12 ? 1 / us_per_byte : 0; };
  transfers->push_back({"host", name, x[kIn], rate(x[kInByte]), how, median(off)});
  transfers->push_back({name, "host", x[kOut], rate(x[kOutByte]), how, median(off)});
  return true;
}

bool measure_speed(const inlay_device& device, const CalibrateOptions& options, DeviceModel* out) {
  const Model made[] = {chain_model(1, kTiny), sum_model(2, kSizes[3]), conv_model(false, false), conv_model(false, true),
                        conv_model(true, false), conv_model(true, true)};
  constexpr size_t kCount = sizeof(made) / sizeof(made[0]);
  std::vector<Trial> trials;
  size_t trial_of[kCount];
  for (size_t m = 0; m < kCount; ++m) {
    const bool taken = takes(made[m], device, options.threads);
    trial_of[m] = taken ? trials.size() : kCount;
    if (taken) trials.emplace_back(made[m], std::vector<inlay_device>{device}, std::vector<int32_t>{}, options);
  }
  if (trials.empty()) return false;
  run_in_turns(trials, true, options.seconds);
  const auto us = [&](size_t m) { return trial_of[m] < kCount ? median(trials[trial_of[m]].ops) : 0; };
  out->speed = {};
  out->speed.op_us = us(0);
  const auto rate = [&](size_t m, bool bytes) {
    if (trial_of[m] == kCount) return 0.0;
    const inlay_graph& graph = main_graph(trials[trial_of[m]].model->get());
    const Work work = work_of(graph, graph.nodes[0]);
    const double took = us(m) - out->speed.op_us;
    return static_cast<double>(bytes ? work.bytes : work.macs) / std::max(took, us(m) / 10 + 1e-3);
  };
  out->speed.bytes_per_us = rate(1, true);
  out->speed.int8_macs_per_us = rate(2, false);
  out->speed.float_macs_per_us = rate(3, false);
  Speed depthwise = out->speed;
  if (trial_of[4] < kCount) depthwise.int8_macs_per_us = rate(4, false);
  if (trial_of[5] < kCount) depthwise.float_macs_per_us = rate(5, false);
  out->kinds[inlay_op_kind_name(INLAY_OP_DEPTHWISE_CONV_2D)] = depthwise;
  out->has_speed = true;
  return true;
}

}  // namespace inlay::tools
