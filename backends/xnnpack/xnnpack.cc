// SPDX-License-Identifier: Apache-2.0
// XNNPACK's operators as a backend: packed weights and tables in the segment's persistent memory, tensors where the session
// planned them, and nothing allocated while running.
#include <pthread.h>

#include "core/error.h"
#include "core/tensor.h"
#include "inlay/backend.h"
#include "memory.h"
#include "operators.h"
#include "pool.h"
#include "support.h"

namespace inlay::xnnpack {
namespace {

struct Compiled {
  pthread_mutex_t turn;  // operators remember their places: sessions that share them take turns
  const inlay_graph* graph;
  Step* steps;
  int32_t first_node, node_count;
  pthreadpool_t threads;  // NULL: the caller's alone
};

// ---- the library, once per process -------------------------------------------------------------------------------------

pthread_once_t g_once = PTHREAD_ONCE_INIT;
const char* g_trouble = nullptr;  // why there is no device

void initialize() {
  const xnn_status status = xnn_initialize(allocator());
  if (status != xnn_status_success) {
    g_trouble = status_text(status);
    return;
  }
  // Only the first caller of a process may name an allocator. Where that was somebody else, operators would lie elsewhere.
  alignas(kPieceAlignment) static unsigned char trial[1 << 14];
  Memory memory({trial, sizeof(trial)});
  const size_t before = memory.used();
  Step step = {};
  if (make_clamp(INLAY_FLOAT32, {0.0f, 1.0f}, &step) != xnn_status_success || memory.used() == before) {
    g_trouble = "XNNPACK serves another part of this process with another allocator";
  }
}

const char* trouble() {
  pthread_once(&g_once, initialize);
  return g_trouble;
}

// ---- segments ----------------------------------------------------------------------------------------------------------

/// Kernels read up to XNN_EXTRA_BYTES behind an input. Within the page of its last byte that is harmless.
constexpr size_t kPage = 4096;  // real pages are this or a multiple of it
bool may_leave_page(const void* data, size_t bytes) {
  const uintptr_t last = reinterpret_cast<uintptr_t>(data) + bytes - 1;
  return last / kPage != (last + XNN_EXTRA_BYTES) / kPage;
}

size_t padded(size_t bytes) { return (bytes + XNN_EXTRA_BYTES + kPieceAlignment - 1) & ~(kPieceAlignment - 1); }

/// Room for copies of the inputs of one step, of which one will rarely be needed.
size_t scratch_of(const Step& s) { return padded(s.bytes_a) + (s.b >= 0 ? padded(s.bytes_b) : 0) + kPieceAlignment; }

inlay_status fail(const inlay_segment& segment, int32_t n, xnn_status status, inlay_error* error) {
  const inlay_node& node = segment.graph->nodes[n];
  if (status == xnn_status_out_of_memory)
    return INLAY_FAIL(error, OUT_OF_MEMORY, "op % (% '%'): %", n, inlay_op_kind_name(node.kind), node.name, status_text(status));
  return INLAY_FAIL(error, BACKEND_FAILED, "op % (% '%'): %", n, inlay_op_kind_name(node.kind), node.name, status_text(status));
}

int32_t probe(inlay_device_info* out, int32_t capacity, inlay_error* why) {
  const char* reason = trouble();
  if (reason != nullptr) {
    static_cast<void>(INLAY_FAIL(why, NO_DEVICE, "%", reason));
    return 0;
  }
  if (capacity > 0) {
    out[0] = {};
    __builtin_strcpy(out[0].name, "XNNPACK operators");
  }
  return 1;
}

const char* reject(int32_t, const inlay_segment* segment, const inlay_node* node) {
  const char* reason = trouble();
  return reason != nullptr ? reason : rejection(*segment, *node);
}

/// The same requests in the same order, counted or served.
inlay_status lay_out(const inlay_segment& segment, Memory& memory, Compiled** out, size_t* scratch, inlay_error* error) {
  const bool counting = out == nullptr;
  auto* compiled = static_cast<Compiled*>(memory.take(sizeof(Compiled)));
  auto* steps = static_cast<Step*>(memory.take(sizeof(Step) * static_cast<size_t>(segment.node_count)));
  if (compiled == nullptr || steps == nullptr) return INLAY_FAIL(error, OUT_OF_MEMORY, "no memory for the segment");
  pthreadpool_t pool = threads_of(segment.pool, segment.threads);
  if (counting) memory.give_back();
  for (int32_t i = 0; i < segment.node_count; ++i) {
    Step step;
    const int32_t n = segment.first_node + i;
    const xnn_status status = make_step(*segment.graph, segment.graph->nodes[n], pool, memory, &step);
    if (status != xnn_status_success) return fail(segment, n, status, error);
    if (scratch_of(step) > *scratch) *scratch = scratch_of(step);
    if (counting) {
      memory.give_back();  // one operator at a time is lent
    } else {
      steps[i] = step;
    }
  }
  if (counting) return INLAY_OK;
  *compiled = {PTHREAD_MUTEX_INITIALIZER, segment.graph, steps, segment.first_node, segment.node_count, pool};
  *out = compiled;
  return INLAY_OK;
}

inlay_status measure(int32_t, const inlay_segment* segment, inlay_need* need, inlay_error* error) {
  Memory memory;
  *need = {0, 0};
  INLAY_TRY(lay_out(*segment, memory, nullptr, &need->scratch, error));
  need->persistent = memory.used();
  return INLAY_OK;
}

inlay_status compile(int32_t, const inlay_segment* segment, inlay_block block, void** compiled, inlay_error* error) {
  Memory memory(block);
  Compiled* out = nullptr;
  size_t scratch = 0;
  INLAY_TRY(lay_out(*segment, memory, &out, &scratch, error));
  *compiled = out;
  return INLAY_OK;
}

/// `data`, or a copy of it where reading behind it might fault.
const void* readable(const void* data, size_t bytes, unsigned char** room) {
  if (!may_leave_page(data, bytes)) return data;
  void* copy = *room;
  __builtin_memcpy(copy, data, bytes);
  *room += padded(bytes);
  return copy;
}

xnn_status run_step(Step* s, const inlay_run& run, pthreadpool_t pool) {
  auto* room = static_cast<unsigned char*>(run.scratch.data);
  const Places places = {readable(run.tensors[s->a], s->bytes_a, &room),
                         s->b >= 0 ? readable(run.tensors[s->b], s->bytes_b, &room) : nullptr, run.tensors[s->out]};
  if (places.a != s->last.a || places.b != s->last.b || places.out != s->last.out) {
    const xnn_status status = s->setup(*s, places, pool);
    if (status != xnn_status_success) return status;
    s->last = places;
  }
  return xnn_run_operator(s->op, pool);
}

inlay_status run_steps(const Compiled& c, const inlay_run* run) {
  const Memory none = Memory::refusing();
  for (int32_t i = 0; i < c.node_count; ++i) {
    const int32_t n = c.first_node + i;
    const uint64_t begin = run->observer != nullptr ? run->observer->now(run->observer->user) : 0;
    const xnn_status status = run_step(&c.steps[i], *run, c.threads);
    if (status != xnn_status_success) {
      return INLAY_FAIL(run->error, BACKEND_FAILED, "op % ('%'): %", n, c.graph->nodes[n].name, status_text(status));
    }
    if (run->observer == nullptr) continue;
    run->observer->done(run->observer->user, run->graph_index, n, begin, run->observer->now(run->observer->user));
  }
  return INLAY_OK;
}

inlay_status execute(void* raw, const inlay_run* run) {
  auto* c = static_cast<Compiled*>(raw);
  pthread_mutex_lock(&c->turn);
  const inlay_status status = run_steps(*c, run);
  pthread_mutex_unlock(&c->turn);
  return status;
}

/// Nothing: all an operator has lies in the segment's memory.
void release(void*) {}

const char* kernel(void* raw, int32_t node) {
  const Compiled& c = *static_cast<const Compiled*>(raw);
  return operator_name(*c.graph, c.graph->nodes[node]);
}

int32_t preference(int32_t, const inlay_segment*, const inlay_node* node) { return claim(*node); }

const inlay_pool* pool(int32_t, int32_t threads) { return trouble() == nullptr ? pool_of(threads) : nullptr; }

}  // namespace
}  // namespace inlay::xnnpack

extern "C" const inlay_backend inlay_backend_xnnpack;
extern "C" const inlay_backend inlay_backend_xnnpack = {INLAY_BACKEND_ABI_VERSION,
                                                        sizeof(inlay_backend),
                                                        "xnnpack",
                                                        INLAY_BACKEND_SHAREABLE | INLAY_BACKEND_POOL_IF_NAMED,
                                                        inlay::xnnpack::probe,
                                                        inlay::xnnpack::reject,
                                                        inlay::xnnpack::measure,
                                                        inlay::xnnpack::compile,
                                                        inlay::xnnpack::execute,
                                                        inlay::xnnpack::release,
                                                        inlay::xnnpack::preference,
                                                        inlay::xnnpack::kernel,
                                                        inlay::xnnpack::pool,
                                                        INLAY_BACKEND_WORKS_AT_ONCE};
