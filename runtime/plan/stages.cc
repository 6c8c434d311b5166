// SPDX-License-Identifier: Apache-2.0
// Dynamic programming over the sets of devices used and the ops done, once for the slowest stage and once, with that as the
// limit, for the sum: the two together have no optimal substructure. M. Held, R. M. Karp 1962 for states that are sets.
#include "plan/stages.h"

#include "core/bump.h"
#include "core/error.h"
#include "plan/stage_window.h"

namespace inlay {
namespace {

/// How the best plan of a state ends: its last device, and where that one begins.
struct Step {
  int32_t device, begin;
};

struct Tables {
  double* value;  // by set of devices, then by nodes done
  Step* step;
  StageWindow::Tables window;
};

class Cutter {
 public:
  Cutter(const StageProblem& problem, const Tables& tables)
      : p_(problem), t_(tables), width_(static_cast<size_t>(problem.node_count) + 1), window_(problem, tables.window) {}

  /// The least slowest stage, or, with `sum`, the least sum of stages none of which is above `limit`. Returns the best set of
  /// devices, or -1. No stage begins before those it could follow are known, for all of them end earlier.
  int32_t solve(bool sum, double limit) {
    const int32_t sets = 1 << p_.device_count;
    for (size_t i = 0; i < static_cast<size_t>(sets) * width_; ++i) t_.value[i] = kNeverUs;
    t_.value[0] = 0;
    for (int32_t end = 1; end <= p_.node_count; ++end) {
      if (!window_.may_part(end)) continue;
      window_.end_at(end);
      while (window_.grow(limit)) {
        for (int32_t d = 0; d < p_.device_count && window_.may_part(window_.begin()); ++d) {
          const double load = window_.load(d);
          if (load < kNeverUs && load <= limit) extend(d, end, load, sum);
        }
      }
    }
    return best_set(sets);
  }
  double value(int32_t set, int32_t done) const { return t_.value[at(set, done)]; }
  StageWindow& window() { return window_; }

  /// What one device alone would take at least: no stage of the best cut takes more. kNeverUs: none runs everything.
  double least_alone() {
    double least = kNeverUs;
    window_.end_at(p_.node_count);
    while (window_.grow(kNeverUs)) {
    }
    for (int32_t d = 0; d < p_.device_count && window_.begin() == 0; ++d) {
      const double load = window_.load(d);
      least = load < least ? load : least;
    }
    return least;
  }

  void read(int32_t set, StageCut* out) const {
    int32_t done = p_.node_count;
    out->count = __builtin_popcount(static_cast<unsigned>(set));
    out->first[out->count] = done;
    for (int32_t k = out->count; k-- > 0;) {
      const Step& step = t_.step[at(set, done)];
      out->device[k] = step.device;
      out->first[k] = done = step.begin;
      set &= ~(1 << step.device);
    }
  }

 private:
  size_t at(int32_t set, int32_t done) const { return static_cast<size_t>(set) * width_ + static_cast<size_t>(done); }

  /// A stage of device `d` up to `end` behind the plans of all sets without it.
  void extend(int32_t d, int32_t end, double load, bool sum) {
    const int32_t begin = window_.begin(), sets = 1 << p_.device_count;
    for (int32_t set = 0; set < sets; ++set) {
      if ((set >> d & 1) != 0) continue;
      const double before = value(set, begin);
      if (before == kNeverUs) continue;
      const double whole = sum ? before + load : before > load ? before : load;
      double& best = t_.value[at(set | 1 << d, end)];
      if (whole >= best) continue;
      best = whole;
      t_.step[at(set | 1 << d, end)] = {d, begin};
    }
  }

  int32_t best_set(int32_t sets) const {
    int32_t best = -1;
    for (int32_t set = 0; set < sets; ++set) {
      const double here = value(set, p_.node_count);
      if (here == kNeverUs) continue;
      const double least = best >= 0 ? value(best, p_.node_count) : kNeverUs;
      const bool fewer =
          best >= 0 && __builtin_popcount(static_cast<unsigned>(set)) < __builtin_popcount(static_cast<unsigned>(best));
      if (here < least || (here == least && fewer)) best = set;
    }
    return best;
  }

  const StageProblem& p_;
  const Tables& t_;
  size_t width_;
  StageWindow window_;
};

bool makes_sense(const StageProblem& p) {
  return p.costs_us != nullptr && p.node_count >= 1 && p.node_count < (1 << 20) && p.device_count >= 1 &&
         p.device_count <= kMostStages && (p.graph == nullptr || p.graph->node_count == p.node_count);
}

Tables take(const StageProblem& p, Bump* bump) {
  const size_t states = (size_t{1} << p.device_count) * (static_cast<size_t>(p.node_count) + 1);
  Tables tables = {};
  tables.value = bump->take_array<double>(states);
  tables.step = bump->take_array<Step>(states);
  tables.window = StageWindow::take(p, bump);
  return tables;
}

inlay_status begin(const StageProblem& problem, inlay_block memory, Tables* tables, inlay_error* error) {
  if (!makes_sense(problem))
    return INLAY_FAIL(error, BAD_ARGUMENT, "a pipeline has 1 to % devices and at least one op", kMostStages);
  Bump bump(memory);
  *tables = take(problem, &bump);
  if (bump.failed()) return INLAY_FAIL(error, MEMORY_TOO_SMALL, "% bytes are needed", cut_stages_bytes(problem));
  return INLAY_OK;
}

/// False: a device does not run one of its nodes.
bool weigh(StageWindow* window, StageCut* cut) {
  cut->slowest_us = cut->total_us = 0;
  for (int32_t k = 0; k < cut->count; ++k) {
    window->end_at(cut->first[k + 1]);
    while (window->begin() > cut->first[k] && window->grow(kNeverUs)) {
    }
    const double load = window->begin() == cut->first[k] ? window->load(cut->device[k]) : kNeverUs;
    if (load >= kNeverUs) return false;
    cut->stage_us[k] = load;
    cut->slowest_us = load > cut->slowest_us ? load : cut->slowest_us;
    cut->total_us += load;
  }
  return true;
}

}  // namespace

size_t cut_stages_bytes(const StageProblem& problem) {
  if (!makes_sense(problem)) return 0;
  Bump bump;
  take(problem, &bump);
  return bump.used();
}

inlay_status cut_stages(const StageProblem& problem, inlay_block memory, StageCut* out, inlay_error* error) {
  Tables tables = {};
  INLAY_TRY(begin(problem, memory, &tables, error));
  Cutter cutter(problem, tables);
  const int32_t quickest = cutter.solve(false, cutter.least_alone());
  if (quickest < 0) return INLAY_FAIL(error, NO_DEVICE, "no cut into stages runs every op on the devices given");
  const double limit = cutter.value(quickest, problem.node_count);
  cutter.read(cutter.solve(true, limit), out);
  weigh(&cutter.window(), out);
  return INLAY_OK;
}

inlay_status weigh_stages(const StageProblem& problem, inlay_block memory, StageCut* cut, inlay_error* error) {
  Tables tables = {};
  INLAY_TRY(begin(problem, memory, &tables, error));
  StageWindow window(problem, tables.window);
  if (weigh(&window, cut)) return INLAY_OK;
  return INLAY_FAIL(error, NO_DEVICE, "a stage's device does not run all of its ops");
}

}  // namespace inlay
