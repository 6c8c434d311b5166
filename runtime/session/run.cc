// SPDX-License-Identifier: Apache-2.0
// What a session tells and is told between runs.
#include "session/session.h"

namespace inlay {
namespace {

/// The tensor id of input or output `index`, or -1.
int32_t pick(const int32_t* list, int32_t count, int32_t index) { return index >= 0 && index < count ? list[index] : -1; }

inlay_status bind(inlay_session* s, int32_t tensor, void* data, size_t bytes, inlay_error* error) {
  const inlay_graph& graph = s->model->graphs[0];
  const inlay_tensor& t = graph.tensors[tensor];
  const uint32_t offset = s->model->offsets[0][tensor];
  if (offset == INLAY_NOT_PLANNED || t.data != nullptr || (t.flags & INLAY_TENSOR_VARIABLE) != 0) {
    return INLAY_FAIL(error, UNSUPPORTED, "tensor '%' is a constant or a variable and cannot be bound", t.name);
  }
  void*& place = s->graphs[0].tensors[tensor];
  if (data == nullptr) {
    place = static_cast<uint8_t*>(s->memory.planned.data) + offset;
    return INLAY_OK;
  }
  if (bytes < t.bytes) {
    return INLAY_FAIL(error, MEMORY_TOO_SMALL, "the buffer for '%' has % bytes, % are needed", t.name, bytes, t.bytes);
  }
  const uint32_t bits = inlay_dtype_bits(static_cast<inlay_dtype>(t.dtype));
  if (bits > 8 && reinterpret_cast<uintptr_t>(data) % (bits / 8) != 0) {
    return INLAY_FAIL(error, MEMORY_MISALIGNED, "the buffer for '%' must be aligned to % bytes", t.name, bits / 8);
  }
  place = data;
  return INLAY_OK;
}

bool is_input(const inlay_graph& graph, int32_t tensor) {
  for (int32_t i = 0; i < graph.input_count; ++i) {
    if (graph.inputs[i] == tensor) return true;
  }
  return false;
}

}  // namespace
}  // namespace inlay

extern "C" {

inlay_status inlay_session_reset(inlay_session* session, inlay_error* error) {
  if (session == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "session is NULL");
  for (int32_t i = 0; i < session->model->variable_count; ++i) {
    const inlay_model_variable& v = session->model->variables[i];
    void* at = session->variables + v.offset;
    if (v.initial != nullptr) {
      __builtin_memcpy(at, v.initial, v.bytes);
    } else {
      __builtin_memset(at, 0, v.bytes);
    }
  }
  return INLAY_OK;
}

inlay_status inlay_session_variable(inlay_session* session, int32_t index, inlay_block* out) {
  if (session == nullptr || out == nullptr) return INLAY_STATUS_BAD_ARGUMENT;
  if (index < 0 || index >= session->model->variable_count) return INLAY_STATUS_BAD_INDEX;
  const inlay_model_variable& v = session->model->variables[index];
  *out = {session->variables + v.offset, v.bytes};
  return INLAY_OK;
}

void* inlay_session_input(inlay_session* session, int32_t index) {
  const inlay_graph& graph = session->model->graphs[0];
  const int32_t t = inlay::pick(graph.inputs, graph.input_count, index);
  return t >= 0 ? session->graphs[0].tensors[t] : nullptr;
}

const void* inlay_session_output(inlay_session* session, int32_t index) {
  const inlay_graph& graph = session->model->graphs[0];
  const int32_t t = inlay::pick(graph.outputs, graph.output_count, index);
  return t >= 0 ? session->graphs[0].tensors[t] : nullptr;
}

inlay_status inlay_session_bind_input(inlay_session* session, int32_t index, const void* data, size_t bytes, inlay_error* error) {
  if (session == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "session is NULL");
  const inlay_graph& graph = session->model->graphs[0];
  const int32_t t = inlay::pick(graph.inputs, graph.input_count, index);
  if (t < 0) return INLAY_FAIL(error, BAD_INDEX, "the model has % inputs, not %", graph.input_count, index);
  return inlay::bind(session, t, const_cast<void*>(data), bytes, error);
}

inlay_status inlay_session_bind_output(inlay_session* session, int32_t index, void* data, size_t bytes, inlay_error* error) {
  if (session == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "session is NULL");
  const inlay_graph& graph = session->model->graphs[0];
  const int32_t t = inlay::pick(graph.outputs, graph.output_count, index);
  if (t < 0) return INLAY_FAIL(error, BAD_INDEX, "the model has % outputs, not %", graph.output_count, index);
  if (inlay::is_input(graph, t)) return INLAY_FAIL(error, UNSUPPORTED, "output % is also an input: bind the input", index);
  return inlay::bind(session, t, data, bytes, error);
}

inlay_status inlay_session_memory(const inlay_session* session, inlay_memory_use* out) {
  if (session == nullptr || out == nullptr) return INLAY_STATUS_BAD_ARGUMENT;
  *out = {session->memory.persistent.bytes, session->memory.planned.bytes, session->memory.scratch.bytes,
          session->model->lower_bound, session->model->weights_bytes,
          session->model->lower_bound_unshared};
  return INLAY_OK;
}

inlay_device inlay_session_device_of(const inlay_session* session, int32_t node) {
  const inlay::SessionGraph& graph = session->graphs[0];
  for (int32_t i = 0; i < graph.segment_count; ++i) {
    const inlay::SessionSegment& segment = graph.segments[i];
    if (node >= segment.first && node < segment.first + segment.count) return segment.device;
  }
  return {nullptr, 0};
}

const char* inlay_session_kernel_of(const inlay_session* session, int32_t node) {
  const inlay::SessionGraph& graph = session->graphs[0];
  for (int32_t i = 0; i < graph.segment_count; ++i) {
    const inlay::SessionSegment& segment = graph.segments[i];
    if (node < segment.first || node >= segment.first + segment.count) continue;
    const inlay_backend* backend = segment.device.backend;
    const char* name = INLAY_OFFERS(backend, kernel) ? backend->kernel(segment.compiled, node) : nullptr;
    return name != nullptr ? name : "";
  }
  return "";
}

inlay_status inlay_session_segment(const inlay_session* session, int32_t index, inlay_segment_info* out) {
  if (session == nullptr || out == nullptr) return INLAY_STATUS_BAD_ARGUMENT;
  const inlay::SessionGraph& graph = session->graphs[0];
  if (index < 0 || index >= graph.segment_count) return INLAY_STATUS_BAD_INDEX;
  const inlay::SessionSegment& segment = graph.segments[index];
  *out = {segment.device, segment.first, segment.count, {}};
  out->use.struct_size = sizeof(out->use);
  const inlay_backend* backend = segment.device.backend;
  if (INLAY_OFFERS(backend, usage)) backend->usage(segment.compiled, &out->use);
  return INLAY_OK;
}

inlay_status inlay_session_observe(inlay_session* session, const inlay_observer* observer) {
  if (session == nullptr) return INLAY_STATUS_BAD_ARGUMENT;
  if (observer != nullptr && (observer->struct_size < sizeof(*observer) || observer->now == nullptr || observer->done == nullptr)) {
    return INLAY_STATUS_BAD_ARGUMENT;
  }
  session->observer = observer;
  return INLAY_OK;
}

const char* inlay_version(void) {
#define INLAY_TEXT2(x) #x
#define INLAY_TEXT(x) INLAY_TEXT2(x)
  return INLAY_TEXT(INLAY_VERSION_MAJOR) "." INLAY_TEXT(INLAY_VERSION_MINOR) "." INLAY_TEXT(INLAY_VERSION_PATCH);
}

}  // extern "C"
