// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/tune.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "inlay/backend.h"
#include "tools/tune/calibrate.h"
#include "tools/tune/signature.h"
#include "tools/tune/stats.h"
#include "tools/tune/timing.h"

namespace inlay::tools {
namespace {

constexpr int32_t kMinRounds = 3;      // whatever the time allowed
constexpr int32_t kEnoughRounds = 30;  // before the noise is asked
constexpr int32_t kMostRounds = 2000;
constexpr int32_t kKnownCount = 5;  // a measurement of fewer times was interrupted: it is made again
constexpr double kSteady = 0.005;   // the error of the sum of medians, as a part of it
constexpr double kSaveUs = 2e6;
constexpr double kMargin = 0.01;     // by which one device alone has to beat the placement
constexpr double kWholeShare = 0.2;  // of the seconds, for whole sessions against each other

using Samples = std::map<std::string, std::vector<double>>;  // by signature

/// The model's nodes, and the sessions that run them.
class Bench {
 public:
  Bench(const inlay_model* model, const TuneOptions& options)
      : model_(model), options_(options), columns_(columns_of(model, options.devices, options.threads, options.wishes.variants)) {
    const auto is_rest = [&](const Column& c) { return c.device.backend == options.rest.backend && c.device.index == options.rest.index; };
    const auto at = std::find_if(columns_.begin(), columns_.end(), is_rest);
    if (at == columns_.end()) throw Error(device_label(options.rest) + " is not among the devices to measure");
    rest_ = static_cast<int32_t>(at - columns_.begin());
    pool_ = options.threads > 1 ? brought_pool() : nullptr;
    for (int32_t n = 0; n < main_graph(model).node_count; ++n) keys_.push_back(signature(model, n));
  }

  SessionPtr session(const std::vector<int32_t>& placement) const {
    return make_session(model_, devices_of(columns_),
                        {options_.threads, false, 0, placement, pool_, "auto", variants_of(columns_, placement)});
  }

  Candidate candidate(int32_t column) const {
    Candidate out;
    out.name = columns_[static_cast<size_t>(column)].name;
    const int32_t own = column - columns_[static_cast<size_t>(column)].variant;  // the column of the device's own choice
    for (int32_t n = 0; n < static_cast<int32_t>(keys_.size()); ++n) {
      const bool has = takes(n, column);
      out.placement.push_back(has ? column : takes(n, own) ? own : rest_);
      out.ops += has ? 1 : 0;
    }
    try {
      out.session = session(out.placement);
    } catch (const Error& error) {
      out.failure = error.what();
    }
    return out;
  }

  /// The signatures to measure by this column.
  std::set<std::string> wanted(const Candidate& c, int32_t column, const Profile& profile) const {
    std::set<std::string> out;
    if (c.session == nullptr) return out;
    for (size_t n = 0; n < keys_.size(); ++n) {
      if (c.placement[n] != column || keys_[n].empty()) continue;
      if (options_.fresh || !is_known(c, n, profile)) out.insert(keys_[n]);
    }
    return out;
  }

  /// Measured often enough, and with the kernel that would run today.
  bool is_known(const Candidate& c, size_t node, const Profile& profile) const {
    const Measurement* m = profile.find(keys_[node], c.name, options_.threads);
    return m != nullptr && m->count >= kKnownCount &&
           m->kernel == inlay_session_kernel_of(c.session.get(), static_cast<int32_t>(node));
  }

  const std::vector<std::string>& keys() const { return keys_; }
  const inlay_pool* pool() const { return pool_; }
  const std::vector<Column>& columns() const { return columns_; }

 private:
  bool takes(int32_t node, int32_t column) const {
    return refusal(model_, node, columns_[static_cast<size_t>(column)], options_.threads) == nullptr;
  }
  /// All sessions compute on the same threads, those that a backend's library brings if any does: two pools would fight.
  const inlay_pool* brought_pool() const {
    for (const inlay_device& d : options_.devices) {
      const inlay_pool* pool = INLAY_OFFERS(d.backend, pool) ? d.backend->pool(d.index, options_.threads) : nullptr;
      if (pool != nullptr) return pool;
    }
    return nullptr;
  }

  const inlay_model* model_;
  const TuneOptions& options_;
  std::vector<Column> columns_;
  std::vector<std::string> keys_;
  int32_t rest_;
  const inlay_pool* pool_;
};

/// One candidate while its ops are measured.
struct Measuring {
  const Candidate* candidate;
  int32_t column;
  std::set<std::string> wanted;
  Subject subject;
  OpWatch watch;

  Measuring(const inlay_model* model, const Candidate& c, int32_t which, std::set<std::string> keys, const Stopwatch* stopwatch)
      : candidate(&c), column(which), wanted(std::move(keys)), subject(model, c.session.get(), stopwatch), watch(model, c.session.get()) {}

  bool measures(size_t node, const std::string& key) const {
    return candidate->placement[node] == column && wanted.count(key) != 0;
  }
};

Samples pool_samples(const Bench& bench, const Measuring& m) {
  Samples out;
  for (size_t n = 0; n < bench.keys().size(); ++n) {
    if (!m.measures(n, bench.keys()[n])) continue;
    std::vector<double>& all = out[bench.keys()[n]];
    all.insert(all.end(), m.watch.times[n].begin(), m.watch.times[n].end());
  }
  return out;
}

/// The standard error of a median, were the noise a normal one.
double error_of(const Stats& s, size_t count) { return 1.2533 * 1.4826 * s.mad / std::sqrt(static_cast<double>(count)); }

bool is_steady(const Bench& bench, const Measuring& m) {
  double sum = 0, squares = 0;
  for (const auto& [key, samples] : pool_samples(bench, m)) {
    const Stats s = summarize(samples);
    sum += s.p50;
    squares += std::pow(error_of(s, samples.size()), 2);
  }
  return std::sqrt(squares) <= kSteady * sum;
}

void record(const Bench& bench, const Measuring& m, const TuneOptions& options, Profile* profile) {
  const Samples samples = pool_samples(bench, m);
  for (size_t n = 0; n < bench.keys().size(); ++n) {
    const auto it = samples.find(bench.keys()[n]);
    if (it == samples.end() || it->second.empty() || !m.measures(n, it->first)) continue;
    const Stats s = summarize(it->second);
    const char* kernel = inlay_session_kernel_of(m.candidate->session.get(), static_cast<int32_t>(n));
    profile->put(it->first, {m.candidate->name, options.threads, s.p50, s.mad, static_cast<int32_t>(it->second.size()), kernel});
  }
}

/// Runs all of them in turns until each is steady or the time is over.
void measure_rounds(const Bench& bench, std::vector<std::unique_ptr<Measuring>>& all, const TuneOptions& options,
                    Profile* profile, TuneReport* report) {
  Progress progress;
  const double begin = now_us(), wanted = options.seconds * 1e6 * (1 - kWholeShare);
  double saved = begin;
  int32_t rounds = 0, look = kEnoughRounds;
  for (bool done = all.empty(); !done;) {
    for (const auto& m : all) {
      m->subject.run();
      if (rounds == 0) {  // of a cold cache, and of libraries that make up their minds now
        for (std::vector<double>& times : m->watch.times) times.clear();
        m->subject.run();
      }
      m->watch.events.clear();
    }
    ++rounds;
    const double passed = now_us() - begin;
    progress.update(passed / wanted);
    const auto steady = [&](const std::unique_ptr<Measuring>& m) { return is_steady(bench, *m); };
    done = rounds >= kMinRounds && (passed >= wanted || rounds >= kMostRounds);
    if (!done && rounds == look) {
      look += look / 2;
      done = std::all_of(all.begin(), all.end(), steady);
    }
    if (!done && now_us() - saved < kSaveUs) continue;
    for (const auto& m : all) record(bench, *m, options, profile);
    if (options.save) options.save(*profile);
    saved = now_us();
  }
  report->rounds = rounds;
  for (const auto& m : all) report->steady = report->steady && is_steady(bench, *m);
}

/// Times whole sessions in turns; the choice is the last one.
std::vector<Stats> time_whole(const inlay_model* model, const std::vector<inlay_session*>& sessions, const TuneOptions& options) {
  const double seconds = options.seconds * kWholeShare;
  std::vector<Subject> subjects;
  for (inlay_session* session : sessions) subjects.emplace_back(model, session, options.stopwatch);
  std::vector<std::vector<double>> times(sessions.size());
  const double begin = now_us();
  for (int32_t round = 0; round < kMinRounds + 1 || (now_us() - begin < seconds * 1e6 && round < 1000); ++round) {
    for (size_t i = 0; i < subjects.size(); ++i) {
      const double us = subjects[i].run();
      if (round > 0) times[i].push_back(us);
    }
  }
  std::vector<Stats> stats;
  for (std::vector<double>& list : times) stats.push_back(summarize(std::move(list)));
  return stats;
}

/// Puts every op where a candidate has it; what was not measured there stays the session's.
void follow(Choice* choice, const Candidate& candidate) {
  std::vector<int32_t> placement = candidate.placement;
  for (size_t n = 0; n < placement.size(); ++n) {
    if (choice->placement[n] < 0 || !choice->costs[n][static_cast<size_t>(placement[n])].measured)
      placement[n] = choice->placement[n];
  }
  set_placement(choice, placement);
}

/// Medians of ops do not know what ops do to each other's caches: the placement has to win as a whole, too.
void compare_whole(const inlay_model* model, const Bench& bench, const TuneOptions& options, TuneReport* report) {
  const SessionPtr chosen = bench.session(report->choice.placement);
  std::vector<inlay_session*> sessions;
  std::vector<size_t> whose;
  for (size_t i = 0; i < report->candidates.size(); ++i) {
    if (report->candidates[i].session == nullptr || report->candidates[i].ops == 0) continue;
    sessions.push_back(report->candidates[i].session.get());
    whose.push_back(i);
  }
  sessions.push_back(chosen.get());
  const std::vector<Stats> stats = time_whole(model, sessions, options);
  size_t best = 0;
  for (size_t i = 0; i < whose.size(); ++i) {
    report->candidates[whose[i]].whole_us = stats[i].p50;
    if (stats[i].p50 < stats[best].p50) best = i;
  }
  report->whole_us = stats.back().p50;
  report->noise_us = stats.back().mad;
  if (whose.empty() || !options.wishes.plain()) return;
  report->best_single = report->candidates[whose[best]].name;
  const double margin = stats[best].mad + stats.back().mad + kMargin * stats[best].p50;
  if (report->choice.placement == report->candidates[whose[best]].placement || stats.back().p50 <= stats[best].p50 + margin)
    return;
  follow(&report->choice, report->candidates[whose[best]]);
  report->fell_back = true;
  report->whole_us = stats[best].p50;
  report->noise_us = stats[best].mad;
}

/// The signatures that the profile has no measurement of with so many threads.
void count_known(const Bench& bench, const std::set<std::string>& unknown, TuneReport* report) {
  const std::set<std::string> distinct(bench.keys().begin(), bench.keys().end());
  report->signatures = static_cast<int32_t>(distinct.size() - distinct.count(""));
  report->known = report->signatures - static_cast<int32_t>(unknown.size());
}

/// Adds what is missing to the profile.
void measure(const inlay_model* model, const Bench& bench, const TuneOptions& options, Profile* profile, TuneReport* report) {
  const auto columns = static_cast<int32_t>(bench.columns().size());
  for (int32_t c = 0; c < columns; ++c) report->candidates.push_back(bench.candidate(c));
  std::vector<std::unique_ptr<Measuring>> all;
  std::set<std::string> unknown;
  for (int32_t c = 0; c < columns; ++c) {
    const Candidate& candidate = report->candidates[static_cast<size_t>(c)];
    std::set<std::string> wanted = bench.wanted(candidate, c, *profile);
    if (wanted.empty()) continue;
    unknown.insert(wanted.begin(), wanted.end());
    all.push_back(std::make_unique<Measuring>(model, candidate, c, std::move(wanted), options.stopwatch));
  }
  count_known(bench, unknown, report);
  measure_rounds(bench, all, options, profile, report);
}

}  // namespace

void measure_ops(const inlay_model* model, const TuneOptions& options, Profile* profile) {
  TuneReport report;
  measure(model, Bench(model, options), options, profile, &report);
}

TuneReport tune(const inlay_model* model, const TuneOptions& options, Profile* profile) {
  const Bench bench(model, options);
  TuneReport report;
  calibrate(options.devices, {options.threads, bench.pool()}, options.estimate, options.fresh, profile);
  if (options.estimate) {
    std::set<std::string> unknown;
    for (const std::string& key : bench.keys()) {
      if (!key.empty() && profile->ops.count(key) == 0) unknown.insert(key);
    }
    count_known(bench, unknown, &report);
  } else {
    measure(model, bench, options, profile, &report);
  }
  report.choice = choose(model, options.devices, options.threads, *profile, options.wishes);
  if (!options.estimate) compare_whole(model, bench, options, &report);
  return report;
}

}  // namespace inlay::tools
