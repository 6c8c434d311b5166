// SPDX-License-Identifier: Apache-2.0
// What no completion of a partial plan can be below. Internal to runtime/plan.
#pragma once
#include "plan/place_state.h"

namespace inlay {

constexpr Nanos kNever = INT64_MAX / 4;

/// The objective's two numbers; the second decides among equal firsts.
struct PlaceValue {
  int64_t first, second;
  bool operator<(const PlaceValue& o) const { return first != o.first ? first < o.first : second < o.second; }
};
PlaceValue value_of(const PlaceScore& score, PlaceObjective objective);

/// Options that a pin forbids do not exist for the search.
inline bool is_allowed(const PlaceSettings& settings, int32_t node, const PlaceOption& option) {
  return settings.pins == nullptr || settings.pins[node] < 0 || settings.pins[node] == option.device;
}

class PlaceBounds {
 public:
  /// Takes memory; with a counting `bump` only counts.
  void take(const PlaceProblem& problem, Bump* bump);
  void fill(const PlaceTables& tables, const PlaceLayout& layout, const PlaceSettings& settings);
  /// The least value.first of all plans that begin as `words` tells. `issued`: nodes [0, issued) were, where only their own order
  /// is allowed. `holder`: by slot the tensor in it.
  int64_t bound(const int64_t* words, int32_t issued, const int32_t* holder) const;

 private:
  void fill_tails(const PlaceSettings& settings);
  void balance(const PlaceSettings& settings);
  double least_work(const PlaceSettings& settings, int32_t node, int32_t* place) const;
  bool was_issued(const int64_t* words, int32_t node, int32_t issued) const;
  Nanos path_bound(const int64_t* words, int32_t issued, const int32_t* holder) const;
  Nanos arrival(const int64_t* words, int32_t slot, int32_t tensor, int32_t to) const;
  double rest(const int64_t* words, int32_t issued, const double* sums) const;

  const PlaceTables* t_ = nullptr;
  const PlaceLayout* l_ = nullptr;
  PlaceObjective objective_ = PlaceObjective::kLatency;
  Nanos* tail_ = nullptr;  // [node][place]: from where its inputs are there to the end of the run; kNever: does not run there
  double weight_[kMostPlaces] = {};  // of each queue; their sum is 1
  double* work_ = nullptr;           // [node + 1]: the least weighted work of nodes [node, node_count)
  double* bytes_ = nullptr;          // [node + 1]: of constants that only those read
};

}  // namespace inlay
