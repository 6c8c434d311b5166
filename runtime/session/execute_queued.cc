// SPDX-License-Identifier: Apache-2.0
// Runs where devices may have queues: the caller's thread hands over what computes beside it, computes the rest, and waits for a
// segment only where something needs what it writes or the memory it uses.
#include <cstddef>

#include "session/execution.h"
#include "session/queues.h"

namespace inlay {
namespace {

bool overlap(const void* a, size_t a_bytes, const void* b, size_t b_bytes) {
  const auto x = reinterpret_cast<uintptr_t>(a), y = reinterpret_cast<uintptr_t>(b);
  return a_bytes != 0 && b_bytes != 0 && x < y + b_bytes && y < x + a_bytes;
}

/// Input or output `i` of the main graph, in one row.
int32_t border(const inlay_graph& graph, int32_t i) {
  return i < graph.input_count ? graph.inputs[i] : graph.outputs[i - graph.input_count];
}

/// When segments are due was worked out for the planned places. True when a caller's buffer meets another one or the planned block:
/// then nothing may be assumed of what lies where.
bool bindings_meet(const inlay_session& s) {
  const inlay_graph& graph = s.model->graphs[0];
  const auto* planned = static_cast<const uint8_t*>(s.memory.planned.data);
  const int32_t count = graph.input_count + graph.output_count;
  for (int32_t i = 0; i < count; ++i) {
    const int32_t a = border(graph, i);
    const uint32_t offset = s.model->offsets[0][a];
    const void* at = s.graphs[0].tensors[a];
    const size_t bytes = graph.tensors[a].bytes;
    if (graph.tensors[a].data != nullptr || offset == INLAY_NOT_PLANNED || at == planned + offset) continue;
    if (overlap(at, bytes, planned, s.memory.planned.bytes)) return true;
    for (int32_t j = 0; j < count; ++j) {
      const int32_t b = border(graph, j);
      if (a != b && overlap(at, bytes, s.graphs[0].tensors[b], graph.tensors[b].bytes)) return true;
    }
  }
  return false;
}

}  // namespace

Execution::Execution(const inlay_session* plan, inlay_session* frame, const inlay_block& scratch, inlay_error* error)
    : table_{call_run, call_tensors},
      plan_(plan),
      frame_(frame),
      scratch_(scratch),
      error_(error),
      one_by_one_(!plan->queued || bindings_meet(*frame)) {
  static_assert(offsetof(Execution, table_) == 0, "ops come back by the address of the table");
}

inlay_status Execution::call_run(const inlay_calls* raw, int32_t index) {
  return const_cast<Execution*>(reinterpret_cast<const Execution*>(raw))->run_graph(index);
}

void* const* Execution::call_tensors(const inlay_calls* raw, int32_t index) {
  return reinterpret_cast<const Execution*>(raw)->frame_->graphs[index].tensors;
}

/// Just before `next` begins, what is due there included.
bool Execution::in_flight(const Range& range, int32_t segment, int32_t next) const {
  const Handing& handing = handings(plan_->graphs[range.graph])[segment];
  return !one_by_one_ && handing.handed && segment < next && handing.due >= next;
}

inlay_status Execution::finish(const Range& range, int32_t segment, inlay_error* error) const {
  const SessionSegment& s = plan_->graphs[range.graph].segments[segment];
  return s.device.backend->finish(s.compiled, error);
}

/// Waits for all that segment `next` must not overtake, also after a failure: the first one is reported.
inlay_status Execution::finish_due(const Range& range, int32_t next) const {
  if (one_by_one_) return INLAY_OK;
  const Handing* all = handings(plan_->graphs[range.graph]);
  inlay_status status = INLAY_OK;
  for (int32_t j = all[next].first_due; j >= 0; j = all[j].next_due) {
    if (j < range.first) continue;  // of a part that ran before
    const inlay_status one = finish(range, j, status == INLAY_OK ? error_ : nullptr);
    if (status == INLAY_OK) status = one;
  }
  return status;
}

inlay_status Execution::start(const Range& range, int32_t segment) const {
  const SessionGraph& graph = plan_->graphs[range.graph];
  const SessionSegment& s = graph.segments[segment];
  inlay_run run = {frame_->graphs[range.graph].tensors, scratch_, frame_->observer, range.graph, error_, &table_};
  if (plan_->queued) {
    const Handing& handing = handings(graph)[segment];
    if (handing.scratch != 0) run.scratch = {static_cast<uint8_t*>(scratch_.data) + (scratch_.bytes - handing.scratch), handing.scratch};
    if (handing.handed && !one_by_one_) return s.device.backend->submit(s.compiled, &run);
  }
  return s.device.backend->execute(s.compiled, &run);
}

/// After a failure before or in segment `next`: nobody may write to the session's memory once the run has ended.
void Execution::abandon(const Range& range, int32_t next) const {
  if (!plan_->queued) return;
  for (int32_t j = range.first; j < next; ++j) {
    if (in_flight(range, j, next + 1)) static_cast<void>(finish(range, j, nullptr));
  }
}

inlay_status Execution::issue(const Range& range) const {
  for (int32_t i = range.first; i < range.last; ++i) {
    inlay_status status = finish_due(range, i);
    if (status == INLAY_OK) status = start(range, i);
    if (status == INLAY_OK) continue;
    abandon(range, i);
    return status;
  }
  return INLAY_OK;
}

inlay_status Execution::drain(const Range& range) const {
  inlay_status status = INLAY_OK;
  for (int32_t j = range.first; plan_->queued && j < range.last; ++j) {
    if (!in_flight(range, j, range.last)) continue;
    const inlay_status one = finish(range, j, status == INLAY_OK ? error_ : nullptr);
    if (status == INLAY_OK) status = one;
  }
  return status;
}

inlay_status Execution::begin(int32_t first, int32_t last) {
  range_ = {0, first, last};
  return issue(range_);
}

inlay_status Execution::end() { return drain(range_); }

bool Execution::waits() const {
  for (int32_t j = range_.first; plan_->queued && j < range_.last; ++j) {
    if (in_flight(range_, j, range_.last)) return true;
  }
  return false;
}

inlay_status Execution::run_graph(int32_t index) {
  const Range range = {index, 0, plan_->graphs[index].segment_count};
  INLAY_TRY(issue(range));
  return drain(range);
}

}  // namespace inlay

extern "C" inlay_status inlay_session_run(inlay_session* session, inlay_error* error) {
  if (session == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "session is NULL");
  return inlay::Execution(session, session, session->memory.scratch, error).run_graph(0);
}
