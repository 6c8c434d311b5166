// SPDX-License-Identifier: Apache-2.0
// runtime/plan/place.h with memory of its own: a placement problem that is built up, solved and scheduled.
#pragma once
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "plan/place.h"

namespace inlay::tools {

struct PlacingNode {
  std::string name;
  std::vector<int32_t> inputs, outputs;
  std::vector<PlaceOption> options;
  std::vector<int32_t> columns = {};  ///< of options made by columns of devices and variants, which one each is; -1: the session
};

struct PlacingDevice {
  std::string name;
  PlaceKind kind = PlaceKind::kHost;
  bool shares_memory = false;
  Nanos start = 0, submit = 0;
  uint64_t memory_limit = 0;
};

/// A PlaceProblem that owns what it points to.
struct Placing {
  std::vector<PlacingNode> nodes;
  std::vector<PlaceTensor> tensors;
  std::vector<int32_t> outputs;
  std::vector<PlacingDevice> devices;
  std::vector<PlacePath> paths;  ///< [from][to]; begin with all unknown: make_paths()

  void make_paths() { paths.assign((devices.size() + 1) * (devices.size() + 1), PlacePath{false, 0, 0}); }
  /// 0: the host's memory, d + 1: device d's.
  PlacePath& path(int32_t from, int32_t to) {
    return paths[static_cast<size_t>(from) * (devices.size() + 1) + static_cast<size_t>(to)];
  }
};

/// Which option runs each node, and in which order they are issued.
struct PlacingPlan {
  std::vector<int32_t> options, order;
  bool operator==(const PlacingPlan& o) const { return options == o.options && order == o.order; }
};
/// The first option of every node, in their own order.
PlacingPlan first_plan(const Placing& problem);

struct Schedule {
  PlaceScore score = {};
  std::vector<PlaceEvent> events;  ///< in order of issue
  std::string too_much;            ///< which memory limit is exceeded; empty: none
};

/// Walks plans of one problem, which it refers to.
class Scheduler {
 public:
  explicit Scheduler(const Placing& problem);
  ~Scheduler();
  /// With its events. Throws Error when the plan makes no sense.
  Schedule schedule(const PlacingPlan& plan);
  /// False: a memory limit is exceeded. Throws Error when the plan makes no sense.
  bool score(const PlacingPlan& plan, PlaceScore* score);

 private:
  struct State;
  std::unique_ptr<State> state_;
};
/// The best plan found. Throws Error; `what()` names the device and the bytes where nothing fits.
PlacingPlan solve(const Placing& problem, const PlaceSettings& settings, PlaceResult* result);

/// A line of bars per device and per copy lane, `width` characters for the whole run, and a list of the segments and copies.
std::string timeline_text(const Placing& problem, const Schedule& schedule, int32_t width = 80);
/// The same in the Trace Event Format. Predicted, not measured.
nlohmann::ordered_json timeline_trace(const Placing& problem, const Schedule& schedule);

}  // namespace inlay::tools
