// SPDX-License-Identifier: Apache-2.0
// Dynamic programming over the sets of devices used and the ops done, once for the slowest stage and once, with that as the
// limit, for the sum: the two together have no optimal substructure. M. Held, R. M. Karp 1962 for states that are sets.
#include "plan/stages.h"

#include "core/bump.h"
#include "core/error.h"

namespace inlay {
namespace {

constexpr double kNever = 1e300;

/// How the best plan of a state ends: its last device, and where that one begins.
struct Step {
  int32_t device, begin;
};

struct Tables {
  double* value;  // by set of devices, then by nodes done
  Step* step;
};

class Cutter {
 public:
  Cutter(const StageProblem& problem, const Tables& tables)
      : p_(problem), t_(tables), width_(static_cast<size_t>(problem.node_count) + 1) {}

  /// @param limit of a stage; below 0: none, and the slowest counts. Returns the best set of devices, or -1.
  int32_t solve(double limit) {
    const int32_t sets = 1 << p_.device_count;
    for (size_t i = 0; i < static_cast<size_t>(sets) * width_; ++i) t_.value[i] = kNever;
    t_.value[0] = 0;
    for (int32_t set = 0; set < sets; ++set) {
      for (int32_t d = 0; d < p_.device_count; ++d) {
        if ((set >> d & 1) == 0) extend(set, d, limit);
      }
    }
    return best_set(sets);
  }
  double value(int32_t set, int32_t done) const {
    return t_.value[static_cast<size_t>(set) * width_ + static_cast<size_t>(done)];
  }

  void read(int32_t set, StageCut* out) const {
    int32_t done = p_.node_count;
    out->count = __builtin_popcount(static_cast<unsigned>(set));
    out->first[out->count] = done;
    for (int32_t k = out->count; k-- > 0;) {
      const Step& step = t_.step[static_cast<size_t>(set) * width_ + static_cast<size_t>(done)];
      out->device[k] = step.device;
      out->first[k] = done = step.begin;
      set &= ~(1 << step.device);
    }
  }

 private:
  /// All stages of device `d` behind plans of `set`.
  void extend(int32_t set, int32_t d, double limit) {
    const int32_t wider = set | 1 << d;
    for (int32_t end = 1; end <= p_.node_count; ++end) {
      double& best = t_.value[static_cast<size_t>(wider) * width_ + static_cast<size_t>(end)];
      double load = 0;
      for (int32_t begin = end - 1; begin >= 0; --begin) {
        const double cost = static_cast<double>(
            p_.costs_us[static_cast<size_t>(begin) * static_cast<size_t>(p_.device_count) + static_cast<size_t>(d)]);
        if (!(cost >= 0)) break;
        load += cost;
        if (load >= best || (limit >= 0 && load > limit)) break;  // longer ones are no better
        const double before = value(set, begin);
        const double whole = limit >= 0 ? before + load : before > load ? before : load;
        if (before == kNever || whole >= best) continue;
        best = whole;
        t_.step[static_cast<size_t>(wider) * width_ + static_cast<size_t>(end)] = {d, begin};
      }
    }
  }

  int32_t best_set(int32_t sets) const {
    int32_t best = -1;
    for (int32_t set = 0; set < sets; ++set) {
      const double here = value(set, p_.node_count);
      if (here == kNever) continue;
      const double least = best >= 0 ? value(best, p_.node_count) : kNever;
      const bool fewer =
          best >= 0 && __builtin_popcount(static_cast<unsigned>(set)) < __builtin_popcount(static_cast<unsigned>(best));
      if (here < least || (here == least && fewer)) best = set;
    }
    return best;
  }

  const StageProblem& p_;
  const Tables& t_;
  size_t width_;
};

bool makes_sense(const StageProblem& p) {
  return p.costs_us != nullptr && p.node_count >= 1 && p.node_count < (1 << 20) && p.device_count >= 1 &&
         p.device_count <= kMostStages;
}

Tables take(const StageProblem& p, Bump* bump) {
  const size_t states = (size_t{1} << p.device_count) * (static_cast<size_t>(p.node_count) + 1);
  Tables tables = {};
  tables.value = bump->take_array<double>(states);
  tables.step = bump->take_array<Step>(states);
  return tables;
}

double slowest_of(const StageProblem& p, const StageCut& cut) {
  double slowest = 0;
  for (int32_t k = 0; k < cut.count; ++k) {
    double load = 0;
    for (int32_t n = cut.first[k + 1]; n-- > cut.first[k];)
      load += static_cast<double>(
          p.costs_us[static_cast<size_t>(n) * static_cast<size_t>(p.device_count) + static_cast<size_t>(cut.device[k])]);
    slowest = load > slowest ? load : slowest;
  }
  return slowest;
}

}  // namespace

size_t cut_stages_bytes(const StageProblem& problem) {
  if (!makes_sense(problem)) return 0;
  Bump bump;
  take(problem, &bump);
  return bump.used();
}

inlay_status cut_stages(const StageProblem& problem, inlay_block memory, StageCut* out, inlay_error* error) {
  if (!makes_sense(problem))
    return INLAY_FAIL(error, BAD_ARGUMENT, "a pipeline has 1 to % devices and at least one op", kMostStages);
  Bump bump(memory);
  const Tables tables = take(problem, &bump);
  if (bump.failed()) return INLAY_FAIL(error, MEMORY_TOO_SMALL, "% bytes are needed", cut_stages_bytes(problem));
  Cutter cutter(problem, tables);
  const int32_t quickest = cutter.solve(-1);
  if (quickest < 0) return INLAY_FAIL(error, NO_DEVICE, "no cut into stages runs every op on the devices given");
  const double limit = cutter.value(quickest, problem.node_count);
  const int32_t best = cutter.solve(limit);
  cutter.read(best, out);
  out->slowest_us = slowest_of(problem, *out);
  out->total_us = cutter.value(best, problem.node_count);
  return INLAY_OK;
}

}  // namespace inlay
