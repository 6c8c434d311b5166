// SPDX-License-Identifier: Apache-2.0
// Runs without queues: one segment after the other. Hosts have execute_queued.cc instead.
#include "inlay/op.h"
#include "session/session.h"

namespace inlay {
namespace {

/// What the ops of a run reach by inlay_calls.
struct Calls {
  inlay_calls table;  // first, so that its address is that of the whole
  inlay_session* session;
  inlay_error* error;
};

inlay_status run_graph(inlay_session* s, int32_t index, inlay_error* error);

inlay_status call_run(const inlay_calls* raw, int32_t index) {
  const Calls& c = *reinterpret_cast<const Calls*>(raw);
  return run_graph(c.session, index, c.error);
}

void* const* call_tensors(const inlay_calls* raw, int32_t index) {
  return reinterpret_cast<const Calls*>(raw)->session->graphs[index].tensors;
}

inlay_status run_graph(inlay_session* s, int32_t index, inlay_error* error) {
  const SessionGraph& graph = s->graphs[index];
  const Calls calls = {{call_run, call_tensors}, s, error};
  const inlay_run run = {graph.tensors, s->memory.scratch, s->observer, index, error, &calls.table};
  for (int32_t i = 0; i < graph.segment_count; ++i) {
    const SessionSegment& segment = graph.segments[i];
    INLAY_TRY(segment.device.backend->execute(segment.compiled, &run));
  }
  return INLAY_OK;
}

}  // namespace
}  // namespace inlay

extern "C" inlay_status inlay_session_run(inlay_session* session, inlay_error* error) {
  if (session == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "session is NULL");
  return inlay::run_graph(session, 0, error);
}
