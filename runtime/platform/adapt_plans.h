// SPDX-License-Identifier: Apache-2.0
// The placements that a model could have on a board that has changed: its stored costs, times a factor per processor.
#pragma once
#include "inlay/placement.h"
#include "plan/place.h"
#include "platform/heap_array.h"
#include "platform/placement.h"

namespace inlay {

constexpr int32_t kMostProcessors = kMostPlaceDevices;

/// What the best placement would gain.
struct Judgement {
  bool better;      ///< by the margin
  Nanos running;    ///< predicted of the placement that runs
  Nanos best;       ///< predicted of the one in `out`
  int32_t moved;    ///< ops that it runs by another column
};

/// The placement problem of a model with stored costs. What is const may be asked while another thread judges.
class AdaptPlans {
 public:
  /// @errors as inlay_adaptive_create.
  inlay_status init(const inlay_model& model, int32_t placement, inlay_error* error);

  int32_t nodes() const { return nodes_; }
  int32_t processors() const { return processors_; }
  const char* processor_name(int32_t processor) const { return processor_names_[processor]; }
  /// The stored placement: per node one of its options.
  const int32_t* stored() const { return stored_.data(); }
  bool is_stored(const int32_t* plan) const { return same(plan, stored_.data()); }
  bool same(const int32_t* a, const int32_t* b) const;

  /// The processor that runs a node, and what is stored as its cost there; -1: the session chooses, or no cost is stored.
  int32_t processor_of(const int32_t* plan, int32_t node, Nanos* cost) const;

  /// Looks for the best placement by the costs times `factors`, per processor. Of those within 2 % of the best: the stored one, else
  /// `other` (may be NULL), else the best.
  inlay_status judge(const float* factors, float margin, const int32_t* running, const int32_t* other, int32_t* out,
                     Judgement* judgement, inlay_error* error);

  /// The config of a session that runs by `plan`; `placement` owns what it points to. False: no memory.
  bool fill(const int32_t* plan, SessionPlacement* placement, inlay_config* config) const;

 private:
  struct Origin {  // of an option
    uint8_t column;  // of the stored placement, or INLAY_PLACED_FREELY
    bool counted;    // a cost was measured
  };
  inlay_status find_columns(const inlay_model& model, int32_t placement, inlay_error* error);
  inlay_status make_options(const inlay_placement& stored, inlay_error* error);
  void add_row(const inlay_placement& stored, int32_t node, int32_t* next);
  void add_option(int32_t device, Nanos cost, uint8_t column, bool counted, int32_t* next);
  inlay_status make_problem(const inlay_model& model, inlay_error* error);
  inlay_status check_choice(inlay_error* error) const;
  void scale(const float* factors);
  inlay_status latency(const int32_t* plan, Nanos* out, inlay_error* error);

  int32_t nodes_ = 0, column_count_ = 0, device_count_ = 0, processors_ = 0, option_count_ = 0;
  HeapArray<StoredColumn> columns_;
  HeapArray<int32_t> column_place_;  // by column: its device of the problem, -1: not here
  inlay_device devices_[kMostPlaceDevices] = {};
  PlaceDevice places_[kMostPlaceDevices] = {};  // of devices, the session's own behind them
  int32_t processor_[kMostPlaceDevices] = {};
  const char* processor_names_[kMostProcessors] = {};
  HeapArray<int32_t> first_;         // by node: its first option; one more at the end
  HeapArray<PlaceOption> base_, scaled_;
  HeapArray<Origin> origin_;
  HeapArray<int32_t> stored_;
  HeapArray<int32_t> links_;         // what the nodes read and write, without variables
  HeapArray<PlaceNode> place_nodes_;
  HeapArray<PlaceTensor> tensors_;
  HeapArray<PlacePath> paths_;
  HeapArray<int32_t> order_, found_order_;
  HeapArray<max_align_t> memory_;
  inlay_block memory_block_ = {};
  PlaceProblem problem_ = {};
};

}  // namespace inlay
