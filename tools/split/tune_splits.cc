// SPDX-License-Identifier: Apache-2.0
#include "tools/split/tune_splits.h"

#include <algorithm>
#include <cstdio>
#include <sstream>

#include "tools/graph/aligned.h"
#include "tools/graph/uses.h"
#include "tools/split/split_search.h"
#include "tools/tune/stats.h"
#include "tools/tune/timing.h"

namespace inlay::tools {
namespace {

constexpr double kMargin = 0.03;           // of the whole run, predicted and measured
constexpr double kEstimateMargin = 0.1;    // where nothing is measured: rooflines are no better than that
constexpr double kProbeShare = 0.17;       // of the seconds, for each of the probes
constexpr double kWholeShare = 0.2;        // of the seconds, for both models against each other
constexpr int32_t kMinRounds = 5, kMostRounds = 1000;

/// A model in memory.
class Opened {
 public:
  explicit Opened(const Model& model, const std::vector<Placement>& placements = {}) : bytes_(emit_inlay(model, placements)), file_(bytes_) {
    size_t need = 0;
    inlay_error error{};
    check(inlay_model_measure(file_.data(), bytes_.size(), nullptr, &need, &error), error, "the split model");
    memory_ = Aligned(need);
    check(inlay_model_init(file_.data(), bytes_.size(), nullptr, {memory_.data(), need}, &model_, &error), error, "the split model");
  }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;
  const inlay_model* get() const { return model_; }

 private:
  Bytes bytes_;
  Aligned file_, memory_;
  inlay_model* model_ = nullptr;
};

/// Every op that can be split is, after so many quarters of its rows or features.
struct Probe {
  bool features;
  std::vector<Split> splits;
  std::vector<PartOrigin> origins;
  std::unique_ptr<Opened> opened;

  Probe(const Model& model, int32_t quarters, Cut cut)
      : features(cut == Cut::kFeatures), splits(probe_splits(model.graphs[0], quarters, cut)) {
    if (!splits.empty()) opened = std::make_unique<Opened>(split_model(model, splits, &origins));
  }
};

std::vector<Probe> probes_of(const Model& model) {
  std::vector<Probe> out;
  for (const int32_t quarters : {1, 2}) out.emplace_back(model, quarters, Cut::kRows);
  out.emplace_back(model, 1, Cut::kFeatures);
  return out;
}

/// Where costs come from.
struct Numbers {
  const Profile& profile;
  int32_t threads;
  PartCosts costs;
  Profile rooflines;  ///< the profile without measured ops

  Numbers(const Profile& p, int32_t t, PartCosts c) : profile(p), threads(t), costs(c), rooflines(p) { rooflines.ops.clear(); }
};

/// The curves of one device.
class DeviceCurves {
 public:
  DeviceCurves(const Choice& choice, size_t device, const Numbers& numbers)
      : column_{distinct_devices(choice.columns)[device], 0, choice.problem.devices[device].name, 0}, device_(static_cast<int32_t>(device)),
        joins_(host_of(choice.problem) == device_), numbers_(numbers) {}

  /// The whole ops, then parts of those; one that is refused or unknown takes the op away from the device.
  void add(const inlay_model* model, const std::vector<Probe>& probes, Curves* out) {
    for (int32_t n = 0; n < main_graph(model).node_count; ++n) {
      const std::optional<Measurement> whole = cost(model, n, numbers_.profile);
      if (whole) out->of(n, device_).add(1, nanos_of(whole->us));
      scales_.push_back(whole && !whole->estimated ? scale_of(model, n, whole->us) : 1);
    }
    for (const Probe& probe : probes) {
      for (size_t n = 0; n < probe.origins.size(); ++n) {
        const std::optional<Measurement> known = cost(probe.opened->get(), static_cast<int32_t>(n), numbers_.profile);
        const PartOrigin& from = probe.origins[n];
        if (from.kind == Step::kPart) add_part(probe, from, known, out);
        if (from.kind == Step::kJoin && probe.features && joins_ && known) out->set_join(from.node, nanos_of(known->us));
      }
    }
  }

 private:
  void add_part(const Probe& probe, const PartOrigin& from, const std::optional<Measurement>& known, Curves* out) const {
    const Nanos whole = out->cost(from.node, device_, 1);
    if (whole < 0) return;
    const std::vector<int32_t>& bounds = probe.splits[static_cast<size_t>(from.split)].bounds;
    const auto part = static_cast<size_t>(from.part);
    Curve& curve = out->of(from.node, device_, probe.features);
    if (!known) return curve.refuse();
    const double scale = known->estimated ? scales_[static_cast<size_t>(from.node)] : 1;
    curve.add(1, whole);
    curve.add(static_cast<double>(bounds[part + 1] - bounds[part]) / bounds.back(), nanos_of(known->us * scale));
  }

  std::optional<Measurement> cost(const inlay_model* model, int32_t node, const Profile& profile) const {
    if (numbers_.costs == PartCosts::kDevicesHere && refusal(model, node, column_, numbers_.threads) != nullptr) return std::nullopt;
    return cost_of(profile, model, node, column_.name, numbers_.threads);
  }

  /// How far off the roofline is where the whole op was measured: its estimates of parts are as far.
  double scale_of(const inlay_model* model, int32_t node, double us) const {
    const std::optional<Measurement> estimate = cost(model, node, numbers_.rooflines);
    return estimate && estimate->us > 0 ? us / estimate->us : 1;
  }

  Column column_;
  int32_t device_;
  bool joins_;  // it is the one that puts parts together
  const Numbers& numbers_;
  std::vector<double> scales_;  // by node
};

SplitPlan plan(const inlay_model* model, const Model& mutable_model, const std::vector<Probe>& probes, const Choice& choice,
               const Numbers& numbers, double margin = kMargin) {
  Curves curves;
  for (size_t d = 0; d + 1 < choice.problem.devices.size(); ++d)  // the last stands for the session
    DeviceCurves(choice, d, numbers).add(model, probes, &curves);
  SplitSettings settings;
  settings.margin = margin;
  return plan_splits(mutable_model.graphs[0], choice.problem, curves, settings);
}

bool has_queue(const Choice& choice) {
  return std::any_of(choice.problem.devices.begin(), choice.problem.devices.end(),
                     [](const PlacingDevice& d) { return d.kind == PlaceKind::kAsynchronous; });
}

SplitPlan nothing(const Choice& choice, const char* why) {
  SplitPlan out;
  out.whole = out.latency = choice.schedule.score.latency;
  out.problem = choice.problem;
  out.plan = plan_of(choice.problem, choice.placement);
  out.why = why;
  return out;
}

/// Why splits are not looked for; NULL: they are.
const char* no_search(const Model& model, const Choice& choice) {
  if (!split_lines(model.metadata).empty()) return "the model is split already, and stays as it is";
  return has_queue(choice) ? nullptr : "nothing is split: no device computes while the host goes on";
}

std::string us_text(double us) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.2f us", us);
  return text;
}

SessionPtr session_of(const inlay_model* model, const Choice& choice, int32_t threads) {
  return make_session(model, devices_of(choice.columns),
                      {threads, false, 0, choice.placement, nullptr, "auto", variants_of(choice.columns, choice.placement)});
}

/// Runs both in turns, since a machine is not as fast now as it was then: the whole model, and the split one.
std::pair<Stats, Stats> race(const inlay_model* whole, const Choice& placed, const inlay_model* split, const Choice& split_placed,
                             const TuneOptions& options) {
  const SessionPtr a = session_of(whole, placed, options.threads), b = session_of(split, split_placed, options.threads);
  Subject first(whole, a.get(), options.stopwatch), second(split, b.get(), options.stopwatch);
  std::vector<double> times[2];
  const double begin = now_us();
  for (int32_t round = 0; round <= kMinRounds || (now_us() - begin < options.seconds * kWholeShare * 1e6 && round < kMostRounds); ++round) {
    const double one = first.run(), other = second.run();
    if (round == 0) continue;  // of a cold cache
    times[0].push_back(one);
    times[1].push_back(other);
  }
  return {summarize(times[0]), summarize(times[1])};
}

/// Tunes the rewritten model, every part where the plan has it, and lets it run against the whole one.
void measure_split(const inlay_model* whole, const Choice& placed, const Model& model, const TuneOptions& options, Profile* profile,
                   SplitReport* out) {
  std::vector<PartOrigin> origins;
  Model rewritten = split_model(model, out->plan.splits, &origins);
  // The memory plan has to know that parts run at the same time.
  const Placement parts = placement_by_hand(rewritten.graphs[0], out->plan.splits, origins);
  const Opened opened(rewritten, {parts});
  const std::string host = placed.problem.devices[static_cast<size_t>(host_of(placed.problem))].name;
  TuneOptions pinned = options;
  for (size_t n = 0; n < origins.size(); ++n) {
    if (origins[n].kind == Step::kWhole) continue;
    const bool views = origins[n].kind != Step::kPart && origins[n].kind != Step::kInner;
    pinned.wishes.pins.push_back(std::to_string(n) + "=" + (views ? host : parts.devices[parts.placed[n]]));
  }
  out->tuned = tune(opened.get(), pinned, profile);
  out->tuned.candidates.clear();  // their sessions are of a model that ends here
  if (options.estimate) {
    out->why = out->plan.why + ", by estimates";
    out->model = std::move(rewritten);
    return;
  }
  const auto [before, after] = race(whole, placed, opened.get(), out->tuned.choice, options);
  out->whole_us = before.p50;
  out->split_us = after.p50;
  const std::string measured = "measured " + us_text(after.p50) + " instead of " + us_text(before.p50);
  if (after.p50 + after.mad + before.mad > (1 - kMargin) * before.p50) {
    out->why = "nothing is split: " + out->plan.why + ", but " + measured;
    return;
  }
  out->why = out->plan.why + ", " + measured;
  out->model = std::move(rewritten);
}

}  // namespace

std::string join_lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
  return text;
}

std::vector<std::string> parse_lines(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

SplitPlan splits_for(const inlay_model* model, const Choice& choice, int32_t threads, const Profile& profile, PartCosts costs) {
  const Model from = read_model(model);
  if (const char* why = no_search(from, choice)) return nothing(choice, why);
  return plan(model, from, probes_of(from), choice, Numbers(profile, threads, costs));
}

SplitReport tune_splits(const inlay_model* model, const TuneOptions& options, const TuneReport& whole, Profile* profile) {
  const Model from = read_model(model);
  SplitReport out;
  const char* why = no_search(from, whole.choice);
  if (!options.wishes.plain()) why = "nothing is split: with --objective, --pin or --max-memory ops stay whole";
  if (why != nullptr) {
    out.plan = nothing(whole.choice, why);
    out.why = why;
    return out;
  }
  const std::vector<Probe> probes = probes_of(from);
  TuneOptions parts = options;
  parts.seconds = options.seconds * kProbeShare;
  parts.wishes.variants = false;
  for (const Probe& probe : probes) {
    if (probe.opened != nullptr && !options.estimate) measure_ops(probe.opened->get(), parts, profile);
  }
  out.plan = plan(model, from, probes, whole.choice, Numbers(*profile, options.threads, PartCosts::kDevicesHere),
                  options.estimate ? kEstimateMargin : kMargin);
  out.why = out.plan.why;
  if (!out.plan.splits.empty()) measure_split(model, whole.choice, from, options, profile, &out);
  return out;
}

}  // namespace inlay::tools
