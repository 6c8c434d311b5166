// SPDX-License-Identifier: Apache-2.0
// plan_prediction MODEL.inlay DEVICES PLANS SECONDS SEED: what whole runs were predicted to take and took, a line of JSON per plan. The plans
// are the one the solver finds and random ones. Ops and whole plans are timed in turns, in the same seconds: the clock of a machine
// may drift by more than the prediction is wrong.
#include <cstdio>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <random>

#include "inlay/backend.h"
#include "tools/inlay/handles.h"
#include "tools/tune/calibrate.h"
#include "tools/tune/choose.h"
#include "tools/tune/host.h"
#include "tools/tune/signature.h"
#include "tools/tune/stats.h"
#include "tools/tune/timing.h"

namespace inlay::bench {
namespace {

using namespace inlay::tools;

constexpr int32_t kMinRounds = 7;

struct Options {
  std::string model, devices;
  int32_t plans = 4;
  double seconds = 4;
  uint32_t seed = 1;
};

/// A session whose runs are timed, whole.
struct Whole {
  Whole(const inlay_model* model, const std::vector<Column>& columns, std::vector<int32_t> where, const std::string& name)
      : kind(name),
        placement(std::move(where)),
        session(make_session(model, devices_of(columns), {1, false, 0, placement})),
        subject(model, session.get()) {}

  std::string kind;
  std::vector<int32_t> placement;
  SessionPtr session;
  Subject subject;
  std::vector<double> us;
};

/// One whose ops are, too.
struct Observed {
  Observed(const inlay_model* model, const std::vector<Column>& columns, std::vector<int32_t> where, int32_t which)
      : column(which), whole(model, columns, std::move(where), "alone"), watch(model, whole.session.get()) {}

  int32_t column;
  Whole whole;
  OpWatch watch;
};

class Trial {
 public:
  Trial(const inlay_model* model, const Options& options)
      : model_(model), options_(options), devices_(find_devices(options.devices)), columns_(columns_of(model, devices_, 1, false)) {
    for (int32_t n = 0; n < main_graph(model).node_count; ++n) {
      keys_.push_back(signature(model, n));
      takers_.emplace_back();
      for (size_t c = 0; c < columns_.size(); ++c) {
        if (refusal(model, n, columns_[c], 1) == nullptr) takers_.back().push_back(static_cast<int32_t>(c));
      }
    }
    profile_.board = this_board(devices_);
    calibrate(devices_, {}, false, true, &profile_);
  }

  /// A first look at the costs tells which plan the solver finds.
  void plan() {
    for (size_t c = 0; c < columns_.size(); ++c) add_observed(static_cast<int32_t>(c));
    time_for(options_.seconds / 4);
    add_plan(solved().placement, "chosen");
    std::mt19937 rng(options_.seed);
    for (int32_t k = 0; k < options_.plans; ++k) add_plan(random_placement(&rng), "random");
    for (const auto& o : observed_) {
      for (std::vector<double>& times : o->watch.times) times.clear();
    }
    time_for(options_.seconds);
  }

  void print() {
    Choice choice = solved();
    for (const auto& plan : plans_) {
      set_placement(&choice, plan->placement);
      const Stats s = summarize(plan->us);
      const nlohmann::json line = {{"kind", plan->kind},  {"predicted_us", choice.predicted_us}, {"measured_us", s.p50},
                                   {"mad_us", s.mad},     {"runs", plan->us.size()},             {"segments", segments(plan->placement)},
                                   {"devices", distinct(plan->placement)}};
      std::printf("%s\n", line.dump().c_str());
    }
  }

 private:
  void add_observed(int32_t column) {
    std::vector<int32_t> placement;
    bool any = false;
    for (const std::vector<int32_t>& takers : takers_) {
      const bool has = std::find(takers.begin(), takers.end(), column) != takers.end();
      any = any || has;
      placement.push_back(has ? column : takers.front());
    }
    if (any) observed_.push_back(std::make_unique<Observed>(model_, columns_, std::move(placement), column));
  }

  void add_plan(std::vector<int32_t> placement, const std::string& kind) {
    for (const auto& plan : plans_) {
      if (plan->placement == placement) return;
    }
    plans_.push_back(std::make_unique<Whole>(model_, columns_, std::move(placement), kind));
  }

  /// Runs of ops on a device drawn anew for each.
  std::vector<int32_t> random_placement(std::mt19937* rng) const {
    const auto below = [rng](size_t n) { return (*rng)() % n; };
    std::vector<int32_t> out;
    int32_t device = -1;
    size_t left = 0;
    for (const std::vector<int32_t>& takers : takers_) {
      if (left == 0 || std::find(takers.begin(), takers.end(), device) == takers.end()) {
        device = takers[below(takers.size())];
        left = 1 + below(takers_.size() / 5 + 1);
      }
      out.push_back(device);
      --left;
    }
    return out;
  }

  void time_for(double seconds) {
    const double begin = now_us();
    for (int32_t round = 0; round < kMinRounds || now_us() - begin < seconds * 1e6; ++round) {
      for (const auto& o : observed_) {
        o->whole.subject.run();
        o->watch.events.clear();
        if (round > 0) continue;
        for (std::vector<double>& times : o->watch.times) times.clear();  // of a cold cache
      }
      for (const auto& plan : plans_) {
        const double us = plan->subject.run();
        if (round > 0) plan->us.push_back(us);
      }
    }
  }

  Choice solved() {
    for (const auto& o : observed_) {
      std::map<std::string, std::vector<double>> samples;
      for (size_t n = 0; n < keys_.size(); ++n) {
        if (o->whole.placement[n] != o->column || keys_[n].empty()) continue;
        std::vector<double>& all = samples[keys_[n]];
        all.insert(all.end(), o->watch.times[n].begin(), o->watch.times[n].end());
      }
      const std::string& name = columns_[static_cast<size_t>(o->column)].name;
      for (const auto& [key, times] : samples) {
        const Stats s = summarize(times);
        profile_.put(key, {name, 1, s.p50, s.mad, static_cast<int32_t>(times.size()), ""});
      }
    }
    Wishes wishes;
    wishes.variants = false;
    return choose(model_, devices_, 1, profile_, wishes);
  }

  int32_t segments(const std::vector<int32_t>& placement) const {
    int32_t count = 1;
    for (size_t n = 1; n < placement.size(); ++n) count += placement[n] != placement[n - 1] ? 1 : 0;
    return count;
  }

  std::vector<std::string> distinct(const std::vector<int32_t>& placement) const {
    std::vector<std::string> out;
    for (size_t c = 0; c < columns_.size(); ++c) {
      if (std::count(placement.begin(), placement.end(), static_cast<int32_t>(c)) != 0) out.push_back(columns_[c].name);
    }
    return out;
  }

  const inlay_model* model_;
  Options options_;
  std::vector<inlay_device> devices_;
  std::vector<Column> columns_;
  std::vector<std::string> keys_;
  std::vector<std::vector<int32_t>> takers_;  // per node, columns
  Profile profile_;
  std::vector<std::unique_ptr<Observed>> observed_;
  std::vector<std::unique_ptr<Whole>> plans_;
};

}  // namespace
}  // namespace inlay::bench

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fprintf(stderr, "usage: plan_prediction MODEL.inlay DEVICES PLANS SECONDS SEED\n");
    return 2;
  }
  try {
    const inlay::bench::Options options = {argv[1], argv[2], std::atoi(argv[3]), std::atof(argv[4]),
                                           static_cast<uint32_t>(std::atoi(argv[5]))};
    const inlay::tools::ModelPtr model = inlay::tools::open_model(options.model);
    inlay::bench::Trial trial(model.get(), options);
    trial.plan();
    trial.print();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "plan_prediction: %s\n", error.what());
    return 1;
  }
  return 0;
}
