// SPDX-License-Identifier: Apache-2.0
// measure and init: one walk over the model, counting or giving memory.
#include "core/checked.h"
#include "session/queues.h"
#include "session/session.h"

namespace inlay {
namespace {

/// One walk. With a counting bump, nothing is written and session stays NULL.
struct Walk : QueueWalk {
  Walk(const inlay_model* m, const inlay_config* c, Bump* b, inlay_error* e)
      : model(m), config(c), bump(b), session(nullptr), scratch(0), error(e) {}
  const inlay_model* model;
  const inlay_config* config;
  Bump* bump;
  inlay_session* session;
  size_t scratch;
  inlay_error* error;
};

/// How many threads are meant: no more than there are.
int32_t threads_of(const inlay_config& config) {
  const int32_t most = config.pool != nullptr && config.pool->threads > 1 ? config.pool->threads : 1;
  return config.threads > 0 && config.threads < most ? config.threads : most;
}

inlay_segment describe(const Walk& w, const inlay_graph& graph, int32_t first, int32_t count) {
  inlay_segment s = {};
  s.struct_size = sizeof(s);
  s.graph = &graph;
  s.first_node = first;
  s.node_count = count;
  s.ops = w.config->ops;
  s.pool = w.config->pool;
  s.threads = threads_of(*w.config);
  s.fast_math = w.config->fast_math;
  s.allow_inexact = w.config->allow_inexact;
  s.graphs = w.model->graphs;
  s.graph_count = w.model->graph_count;
  s.cache_dir = w.config->cache_dir != nullptr && w.config->cache_dir[0] != '\0' ? w.config->cache_dir : nullptr;
  s.progress = w.config->progress;
  s.variants = &graph == w.model->graphs ? w.config->variants : nullptr;
  return s;
}

int32_t preference(const inlay_device& device, const inlay_segment& segment, const inlay_node& node) {
  return INLAY_OFFERS(device.backend, preference) ? device.backend->preference(device.index, &segment, &node) : INLAY_PREFERENCE_LIBRARY;
}

inlay_status refused(const Walk& w, const inlay_node& node, int32_t n, const char* who, const char* reason) {
  return INLAY_FAIL(w.error, OP_UNKNOWN, "% op % (% '%'): %", who, n,
                    node.custom_code != nullptr ? node.custom_code : inlay_op_kind_name(node.kind), node.name, reason);
}

/// The device that was placed, the one that claims to be best, or the first in order that takes node `n`; as it is listed.
inlay_status choose(const Walk& w, const inlay_graph& graph, int32_t n, const inlay_device** out) {
  const inlay_segment alone = describe(w, graph, n, 1);
  const inlay_node& node = graph.nodes[n];
  const inlay_config& config = *w.config;
  const bool main = &graph == w.model->graphs;
  const int32_t placed = main && config.placement != nullptr ? config.placement[n] : -1;
  if (placed >= 0) {
    const inlay_device& device = config.devices[placed];
    *out = &device;
    const char* reason = device.backend->reject(device.index, &alone, &node);
    return reason == nullptr ? INLAY_OK : refused(w, node, n, "the device placed there does not run", reason);
  }
  const char* reason = "no device given";
  int32_t best = -1;
  for (int32_t d = 0; d < config.device_count; ++d) {
    const inlay_device& device = config.devices[d];
    const char* why = device.backend->reject(device.index, &alone, &node);
    if (why != nullptr) {
      reason = why;
      continue;
    }
    const int32_t claim = config.by_preference != 0 ? preference(device, alone, node) : 0;
    if (claim > best) {
      best = claim;
      *out = &device;
    }
  }
  return best >= 0 ? INLAY_OK : refused(w, node, n, "no device runs", reason);
}

/// Compiles nodes [first, first + count) for `device`.
inlay_status add_segment(Walk& w, const inlay_graph& graph, const inlay_device& device, int32_t first, int32_t count,
                         SessionSegment* out, Handing* handing) {
  const inlay_segment segment = describe(w, graph, first, count);
  inlay_need need = {0, 0};
  INLAY_TRY(device.backend->measure(device.index, &segment, &need, w.error));
  w.book(device, need.scratch, &w.scratch, handing);
  void* memory = w.bump->take(need.persistent);
  if (w.bump->failed()) return INLAY_FAIL(w.error, MEMORY_TOO_SMALL, "the persistent block is smaller than measured");
  if (out == nullptr) return INLAY_OK;
  *out = {device, first, count, nullptr};
  return device.backend->compile(device.index, &segment, {memory, need.persistent}, &out->compiled, w.error);
}

/// Takes the segments of another session over as they are.
inlay_status borrow_graph(Walk& w, int32_t index) {
  const SessionGraph& from = w.config->share->graphs[index];
  for (int32_t i = 0; i < from.segment_count; ++i) {
    const inlay_backend* backend = from.segments[i].device.backend;
    if ((backend->flags & INLAY_BACKEND_SHAREABLE) == 0) {
      return INLAY_FAIL(w.error, UNSUPPORTED, "backend '%' cannot share what it has prepared; make a session of its own", backend->name);
    }
  }
  auto** tensors = w.bump->take_array<void*>(static_cast<size_t>(w.model->graphs[index].tensor_count));
  if (w.bump->failed()) return INLAY_FAIL(w.error, MEMORY_TOO_SMALL, "the persistent block is smaller than measured");
  if (w.session != nullptr) {
    w.session->graphs[index] = {tensors, from.segments, from.segment_count};
    w.borrow(w.session, *w.config->share);
  }
  w.scratch = w.config->share->memory.scratch.bytes;
  return INLAY_OK;
}

/// Visits every segment of a graph: visit(device, first, count). A device that is listed twice has segments of either place.
/// Where something computes beside the host, the host's segments end before an op that has to wait for it.
template <typename Visit>
inlay_status for_each_segment(const Walk& w, const inlay_graph& graph, Visit visit) {
  int32_t first = 0;
  const inlay_device* current = nullptr;
  Flights flights(*w.model, static_cast<int32_t>(&graph - w.model->graphs));
  for (int32_t n = 0; n < graph.node_count; ++n) {
    const inlay_device* chosen = nullptr;
    INLAY_TRY(choose(w, graph, n, &chosen));
    if (n != first && chosen != current) {
      INLAY_TRY(visit(*current, first, n - first));
      flights.add(*current, first, n - first);
      first = n;
    }
    current = chosen;
    if (flights.awaited_by(*current, n) && n != first) {
      INLAY_TRY(visit(*current, first, n - first));
      first = n;
    }
  }
  return graph.node_count > first ? visit(*current, first, graph.node_count - first) : INLAY_OK;
}

inlay_status prepare_graph(Walk& w, int32_t index) {
  const inlay_graph& graph = w.model->graphs[index];
  int32_t count = 0;
  INLAY_TRY(for_each_segment(w, graph, [&](const inlay_device&, int32_t, int32_t) {
    ++count;
    return INLAY_OK;
  }));
  auto** tensors = w.bump->take_array<void*>(static_cast<size_t>(graph.tensor_count));
  auto* segments = w.bump->take_array<SessionSegment>(static_cast<size_t>(count));
  Handing* handing = w.take(*w.config, count, w.bump);
  if (w.bump->failed()) return INLAY_FAIL(w.error, MEMORY_TOO_SMALL, "the persistent block is smaller than measured");
  SessionGraph* state = w.session != nullptr ? &w.session->graphs[index] : nullptr;
  if (state != nullptr) *state = {tensors, segments, 0};
  const inlay_status status = for_each_segment(w, graph, [&](const inlay_device& device, int32_t first, int32_t nodes) {
    SessionSegment* out = state != nullptr ? &state->segments[state->segment_count] : nullptr;
    INLAY_TRY(add_segment(w, graph, device, first, nodes, out, handing != nullptr ? &handing[state->segment_count] : nullptr));
    if (state != nullptr) ++state->segment_count;
    return INLAY_OK;
  });
  if (status == INLAY_OK && handing != nullptr) w.plan(w.session, index);
  return status;
}

inlay_status walk(Walk& w) {
  inlay_session* session = w.bump->take_array<inlay_session>(1);
  auto* graphs = w.bump->take_array<SessionGraph>(static_cast<size_t>(w.model->graph_count));
  if (w.bump->failed()) return INLAY_FAIL(w.error, MEMORY_TOO_SMALL, "the persistent block is smaller than measured");
  w.session = session;
  if (session != nullptr) {
    session->model = w.model;
    session->graphs = graphs;
    session->borrowing = w.config->share != nullptr;
  }
  for (int32_t g = 0; g < w.model->graph_count; ++g) {
    INLAY_TRY(w.config->share != nullptr ? borrow_graph(w, g) : prepare_graph(w, g));
  }
  void* memory = w.bump->take(w.model->variables_bytes);
  if (w.bump->failed()) return INLAY_FAIL(w.error, MEMORY_TOO_SMALL, "the persistent block is smaller than measured");
  if (session != nullptr) session->variables = static_cast<uint8_t*>(memory);
  return INLAY_OK;
}

inlay_status check_placement(const inlay_model& model, const inlay_config& config, inlay_error* error) {
  const inlay_pool* pool = config.pool;
  if (pool != nullptr && (pool->struct_size < sizeof(inlay_pool) || pool->run == nullptr || pool->threads < 1)) {
    return INLAY_FAIL(error, BAD_ARGUMENT, "config.pool is not filled in: struct_size, threads (at least 1) and run");
  }
  const inlay_progress* progress = config.progress;
  if (progress != nullptr && (progress->struct_size < sizeof(inlay_progress) || progress->step == nullptr)) {
    return INLAY_FAIL(error, BAD_ARGUMENT, "config.progress is not filled in: struct_size and step");
  }
  if (config.placement == nullptr && config.variants == nullptr) return INLAY_OK;
  const int32_t nodes = model.graphs[0].node_count;
  if (config.placement_count != nodes) {
    return INLAY_FAIL(error, BAD_ARGUMENT, "config.placement_count is %, the model has % nodes", config.placement_count, nodes);
  }
  if (config.placement == nullptr) return INLAY_OK;
  for (int32_t n = 0; n < nodes; ++n) {
    if (config.placement[n] < -1 || config.placement[n] >= config.device_count) {
      return INLAY_FAIL(error, BAD_ARGUMENT, "config.placement[%] is %, the devices are 0 to %", n, config.placement[n],
                        config.device_count - 1);
    }
  }
  return INLAY_OK;
}

inlay_status check(const inlay_model* model, const inlay_config* config, inlay_error* error) {
  if (model == nullptr || config == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "model or config is NULL");
  if (config->struct_size < sizeof(inlay_config)) return INLAY_FAIL(error, BAD_ARGUMENT, "inlay_config.struct_size is not set");
  if (config->share != nullptr) {
    if (config->share->model == model) return INLAY_OK;
    return INLAY_FAIL(error, BAD_ARGUMENT, "config.share is a session of another model");
  }
  if (config->device_count < 1 || config->devices == nullptr) {
    return INLAY_FAIL(error, BAD_ARGUMENT, "config.devices is empty: list a device, such as {&inlay_backend_builtin, 0}");
  }
  for (int32_t d = 0; d < config->device_count; ++d) {
    const inlay_backend* backend = config->devices[d].backend;
    if (backend == nullptr || backend->abi_version != INLAY_BACKEND_ABI_VERSION || backend->struct_size < INLAY_BACKEND_REQUIRED_BYTES) {
      return INLAY_FAIL(error, BAD_ARGUMENT, "device % has no backend of ABI version %", d, INLAY_BACKEND_ABI_VERSION);
    }
  }
  return check_placement(*model, *config, error);
}

}  // namespace
}  // namespace inlay

extern "C" {

inlay_status inlay_session_measure(const inlay_model* model, const inlay_config* config, inlay_arena* need, inlay_error* error) {
  using namespace inlay;
  INLAY_TRY(check(model, config, error));
  if (need == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "need is NULL");
  Bump counter;
  Walk w(model, config, &counter, error);
  INLAY_TRY(walk(w));
  *need = {{nullptr, counter.used()}, {nullptr, model->planned_bytes}, {nullptr, w.total(w.scratch)}};
  return INLAY_OK;
}

inlay_status inlay_session_init(const inlay_model* model, const inlay_config* config, const inlay_arena* memory, inlay_session** out,
                                inlay_error* error) {
  using namespace inlay;
  INLAY_TRY(check(model, config, error));
  if (memory == nullptr || out == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "memory or out is NULL");
  *out = nullptr;
  INLAY_TRY(check_block(memory->persistent, sizeof(inlay_session), "persistent", error));
  INLAY_TRY(check_block(memory->planned, model->planned_bytes, "planned", error));
  Bump bump(memory->persistent);
  Walk w(model, config, &bump, error);
  inlay_status status = walk(w);
  const size_t scratch = w.total(w.scratch);
  if (status == INLAY_OK) status = check_block(memory->scratch, scratch, "scratch", error);
  if (status != INLAY_OK) {
    inlay_session_deinit(w.session);  // releases the segments compiled so far
    return status;
  }
  w.session->memory = *memory;
  w.session->memory.persistent.bytes = bump.used();
  w.session->memory.planned.bytes = model->planned_bytes;
  w.session->memory.scratch.bytes = scratch;
  for (int32_t g = 0; g < model->graph_count; ++g) place_tensors(w.session, g);
  INLAY_TRY(inlay_session_reset(w.session, error));
  *out = w.session;
  return INLAY_OK;
}

void inlay_session_deinit(inlay_session* session) {
  if (session == nullptr || session->graphs == nullptr || session->borrowing) return;
  for (int32_t g = 0; g < session->model->graph_count; ++g) {
    inlay::SessionGraph& graph = session->graphs[g];
    for (int32_t i = 0; i < graph.segment_count; ++i) {
      if (graph.segments[i].compiled != nullptr) graph.segments[i].device.backend->release(graph.segments[i].compiled);
    }
    graph.segment_count = 0;
  }
}

}  // extern "C"
