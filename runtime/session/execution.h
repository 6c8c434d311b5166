// SPDX-License-Identifier: Apache-2.0
// Runs of a part of a session, for pipelines and whole runs alike; only where there are queues.
#pragma once
#include "inlay/op.h"
#include "session/session.h"

namespace inlay {

/// Segments of one session at work on the tensors of another of the same model, or on its own. Ops call graphs by it: it stays where
/// it is until all is done.
class Execution {
 public:
  /// @param plan whose segments run; @param frame whose tensors and variables they work on, told of by its observer.
  /// @param scratch as much as `plan` has.
  Execution(const inlay_session* plan, inlay_session* frame, const inlay_block& scratch, inlay_error* error);
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;

  /// Runs segments [first, last) of the main graph up to where nothing is left to do but to wait for devices with queues. After a
  /// failure nothing is in flight, and end() must not be called. @errors of the op.
  inlay_status begin(int32_t first, int32_t last);
  /// Waits for what begin() has left in flight.
  inlay_status end();
  /// Is anything in flight?
  bool waits() const;
  /// Both, for all segments of a graph.
  inlay_status run_graph(int32_t index);

 private:
  struct Range {
    int32_t graph, first, last;
  };
  static inlay_status call_run(const inlay_calls* raw, int32_t index);
  static void* const* call_tensors(const inlay_calls* raw, int32_t index);
  bool in_flight(const Range& range, int32_t segment, int32_t next) const;
  inlay_status finish(const Range& range, int32_t segment, inlay_error* error) const;
  inlay_status finish_due(const Range& range, int32_t next) const;
  inlay_status start(const Range& range, int32_t segment) const;
  void abandon(const Range& range, int32_t next) const;
  inlay_status issue(const Range& range) const;
  inlay_status drain(const Range& range) const;

  inlay_calls table_;  // first, so that its address is that of the whole
  const inlay_session* plan_;
  inlay_session* frame_;
  inlay_block scratch_;
  inlay_error* error_;
  bool one_by_one_;
  Range range_ = {};
};

}  // namespace inlay
