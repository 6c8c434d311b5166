// SPDX-License-Identifier: Apache-2.0
// Sessions of models that a host has prepared: nothing is checked, planned or packed here, only places are filled in.
#include "inlay/prepared.h"

#include "core/crc32c.h"
#include "session/session.h"

namespace inlay {
namespace {

/// The one device of a prepared session. Nobody offers it an op: what it runs was chosen on the host.
int32_t probe(inlay_device_info*, int32_t, inlay_error*) { return 0; }
const char* reject(int32_t, const inlay_segment*, const inlay_node*) { return "it only runs what a host has prepared"; }
inlay_status measure(int32_t, const inlay_segment*, inlay_need*, inlay_error*) { return INLAY_STATUS_UNSUPPORTED; }
inlay_status compile(int32_t, const inlay_segment*, inlay_block, void**, inlay_error*) { return INLAY_STATUS_UNSUPPORTED; }
inlay_status execute(void* compiled, const inlay_run* run) {
  return inlay_steps_run(static_cast<const inlay_steps*>(compiled), run);
}
void release(void*) {}

constexpr inlay_backend kPrepared = {INLAY_BACKEND_ABI_VERSION,
                                     sizeof(inlay_backend),
                                     "prepared",
                                     INLAY_BACKEND_SHAREABLE,
                                     probe,
                                     reject,
                                     measure,
                                     compile,
                                     execute,
                                     release,
                                     nullptr,
                                     nullptr,
                                     nullptr,
                                     INLAY_BACKEND_WORKS_AT_ONCE};

inlay_status check_model(const inlay_model* model, inlay_error* error) {
  if (model == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "model is NULL");
  if (model->prepared == nullptr) {
    return INLAY_FAIL(error, UNSUPPORTED, "the model comes from a file: use inlay_session_init");
  }
  if (model->prepared->version != INLAY_PREPARED_VERSION) {
    return INLAY_FAIL(error, UNSUPPORTED, "the model was embedded for version % of the tables, this is %: embed it again",
                      model->prepared->version, INLAY_PREPARED_VERSION);
  }
  return INLAY_OK;
}

size_t session_bytes(const inlay_model& model) {
  size_t tensors = 0;
  for (int32_t g = 0; g < model.graph_count; ++g) tensors += static_cast<size_t>(model.graphs[g].tensor_count);
  return INLAY_PREPARED_SESSION_BYTES(static_cast<size_t>(model.graph_count), tensors, model.variables_bytes);
}

/// The block is as large as session_bytes() says, which is all that is taken here.
inlay_session* lay_out(const inlay_model& model, Bump* bump) {
  auto* session = bump->take_array<inlay_session>(1);
  const auto graph_count = static_cast<size_t>(model.graph_count);
  auto* graphs = bump->take_array<SessionGraph>(graph_count);
  auto* segments = bump->take_array<SessionSegment>(graph_count);
  for (int32_t g = 0; g < model.graph_count; ++g) {
    auto** tensors = bump->take_array<void*>(static_cast<size_t>(model.graphs[g].tensor_count));
    segments[g] = {{&kPrepared, 0}, 0, model.graphs[g].node_count, const_cast<inlay_steps*>(&model.prepared->graphs[g])};
    graphs[g] = {tensors, &segments[g], 1};
  }
  session->model = &model;
  session->graphs = graphs;
  session->variables = static_cast<uint8_t*>(bump->take(model.variables_bytes));
  return session;
}

}  // namespace
}  // namespace inlay

extern "C" {

inlay_status inlay_session_init_prepared(const inlay_model* model, const inlay_arena* memory, inlay_session** out,
                                         inlay_error* error) {
  using namespace inlay;
  INLAY_TRY(check_model(model, error));
  if (memory == nullptr || out == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "memory or out is NULL");
  *out = nullptr;
  const size_t bytes = session_bytes(*model);
  INLAY_TRY(check_block(memory->persistent, bytes, "persistent", error));
  INLAY_TRY(check_block(memory->planned, model->planned_bytes, "planned", error));
  INLAY_TRY(check_block(memory->scratch, model->prepared->scratch_bytes, "scratch", error));
  Bump bump(memory->persistent);
  inlay_session* session = lay_out(*model, &bump);
  session->memory = *memory;
  session->memory.persistent.bytes = bytes;
  session->memory.planned.bytes = model->planned_bytes;
  session->memory.scratch.bytes = model->prepared->scratch_bytes;
  for (int32_t g = 0; g < model->graph_count; ++g) place_tensors(session, g);
  INLAY_TRY(inlay_session_reset(session, error));
  *out = session;
  return INLAY_OK;
}

inlay_status inlay_prepared_check(const inlay_model* model, inlay_error* error) {
  using namespace inlay;
  INLAY_TRY(check_model(model, error));
  const inlay_prepared& prepared = *model->prepared;
  if (crc32c(prepared.data, prepared.data_bytes) == prepared.crc32c) return INLAY_OK;
  return INLAY_FAIL(error, MODEL_CORRUPT, "the prepared data differs from its checksum: flash the firmware again");
}

}  // extern "C"
