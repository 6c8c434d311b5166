// SPDX-License-Identifier: Apache-2.0
// The search for the cheapest plan: dynamic programming over what is live after each step, with bounds. Internal to runtime/plan.
#pragma once
#include "plan/place_bounds.h"

namespace inlay {

/// How a partial plan came to be: what it was before, and the node issued since.
struct PlaceStep {
  int32_t parent, node, option;
};

/// Which numbers of records decide whether one beats another.
struct PlaceCounts {
  bool clocks, busy, memory;
};

/// One layer's partial plans ("labels"): after k steps. Their records lie in an array; of those with the same key only such are
/// kept as none other beats in every number.
class PlaceLayer {
 public:
  /// Takes memory; with a counting `bump` only counts.
  void take(const PlaceLayout& layout, int32_t capacity, Bump* bump);

  int32_t count() const { return count_; }
  bool full() const { return count_ == capacity_; }
  int64_t* record(int32_t i) const { return words_ + static_cast<ptrdiff_t>(i) * l_->words; }
  const PlaceStep& step(int32_t i) const { return labels_[i].step; }
  /// The place for the next record; valid while not full().
  int64_t* fresh() const { return record(count_); }
  void clear();
  /// Keeps the record written to fresh(), unless another is as good, and drops those it beats.
  void keep(const PlaceStep& step, int64_t bound, PlaceCounts counts);
  /// Makes room: drops what was beaten, and of the rest all but the `most` with the least bounds. Returns the least bound of
  /// those given up, or kNever.
  int64_t compact(int32_t most);

 private:
  struct Label {
    PlaceStep step;
    int32_t next;  // in its bucket; -1: none
    uint32_t hash;
    bool beaten;
    int64_t bound, tie;
  };
  uint32_t hash_key(const int64_t* words) const;
  bool no_worse(const int64_t* a, const int64_t* b, PlaceCounts counts) const;

  const PlaceLayout* l_ = nullptr;
  int32_t capacity_ = 0, count_ = 0, beaten_ = 0;
  uint32_t mask_ = 0;
  int64_t* words_ = nullptr;
  Label* labels_ = nullptr;
  int32_t* buckets_ = nullptr;
  int32_t* order_ = nullptr;
};

/// All the memory a search works on.
class PlaceSearch {
 public:
  explicit PlaceSearch(const PlaceProblem& problem, const PlaceSettings& settings);
  /// Takes memory; with a counting `bump` only counts.
  void take(Bump* bump);
  inlay_status prepare(inlay_error* error);
  /// Plans that are made without a search: what the result must not be worse than.
  void try_simple_plans();
  /// The search. After it `best` is optimal if nothing was given up.
  void search();
  /// Moves nodes, alone and in runs, while that makes `best` better.
  void polish();
  inlay_status finish(PlacePlan plan, PlaceResult* result, inlay_error* error);

 private:
  int64_t* scratch(int32_t i) const { return scratch_ + static_cast<ptrdiff_t>(i) * layout_.words; }
  void hold(int32_t node);
  bool score_plan(const int32_t* options, const int32_t* order, PlaceScore* score) const;
  bool consider(const int32_t* options, const int32_t* order);
  int32_t cheapest(int32_t node, int32_t device) const;
  void follow_bounds();
  void expand(int32_t layer, int32_t label, int32_t node);
  void note_full(int32_t memory, int32_t node, const PlaceScore& score);
  void close(int32_t label);
  bool improve(int32_t first, int32_t count);

  const PlaceProblem& p_;
  PlaceSettings settings_;
  bool any_order_;
  PlaceTables tables_ = {};
  PlaceLayout layout_;
  PlaceBounds bounds_;
  PlaceLayer now_, next_;
  PlaceStep* history_ = nullptr;  // [layer][label]
  int64_t* scratch_ = nullptr;    // two records
  int32_t* holder_ = nullptr;     // by slot: the tensor in it
  int32_t *best_options_ = nullptr, *best_order_ = nullptr, *try_options_ = nullptr, *try_order_ = nullptr;
  bool found_ = false;
  PlaceCounts counts_ = {};
  PlaceValue best_ = {kNever, kNever};
  int64_t given_up_ = kNever;  // the least bound of all that was
  int64_t steps_ = 0;
  struct {
    int32_t memory = -1, node = 0;
    uint64_t bytes = 0;
  } full_;  // the least that was too much, at the last step
};

}  // namespace inlay
