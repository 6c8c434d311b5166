// SPDX-License-Identifier: Apache-2.0
// The backend of last resort: every op of the session's table, by the kernels of runtime/kernels.
#include "core/bump.h"
#include "core/cpu.h"
#include "core/error.h"
#include "core/tensor.h"
#include "core/text.h"
#include "inlay/prepared.h"

namespace inlay {
namespace {

constexpr int32_t kReferenceDevice = 1;
constexpr int32_t kFirstLevelDevice = 2;  // one for each further level of the CPU, then one for each guest

int32_t device_count() { return kFirstLevelDevice + cpu_level_count() + cpu_guest_count(); }

/// The level behind a device of one.
const CpuLevel& level_of(int32_t device) {
  const int32_t index = device - kFirstLevelDevice, own = cpu_level_count();
  return index < own ? cpu_level(index) : cpu_guest(index - own);
}

/// INLAY_CPU_* bits that ops on `device` may use.
uint32_t features_of(int32_t device) {
  if (device == kReferenceDevice) return 0;
  return device < kFirstLevelDevice ? cpu_features() : level_of(device).features;
}

/// What a segment is compiled to; backends/builtin's own beside what prepared models have too.
struct Compiled {
  inlay_steps steps;       // first: `inlay embed` sees a compiled segment as that
  const uint32_t* levels;  // per node: the bit of its kernel's level
};

const inlay_op* find(const inlay_op_table* table, const inlay_node& node) {
  if (table == nullptr) return nullptr;
  for (int32_t i = 0; i < table->count; ++i) {
    const inlay_op* op = table->ops[i];
    if (op->kind != node.kind) continue;
    if (node.kind != INLAY_OP_CUSTOM || same_text(op->custom_code, node.custom_code)) return op;
  }
  return nullptr;
}

bool calls_graphs(const inlay_node& node) { return node.params_type == INLAY_PARAMS_GRAPHS; }

/// True when a node of ours computes nothing: its loops need not then be safe against huge dims beside an empty one.
bool all_outputs_empty(const inlay_graph& graph, const inlay_node& node) {
  // A user's op may work by its side effects, and a called graph may write variables.
  if (node.kind == INLAY_OP_CUSTOM || calls_graphs(node)) return false;
  for (int32_t i = 0; i < node.output_count; ++i) {
    if (node.outputs[i] >= 0 && graph.tensors[node.outputs[i]].bytes != 0) return false;
  }
  return true;
}

/// What inlay_prepare::owner points to.
struct Owner {
  Bump* bump;
  const inlay_segment* segment;
};

void* allocate(inlay_prepare* p, size_t bytes) { return static_cast<Owner*>(p->owner)->bump->take(bytes); }

/// Calls only go to graphs of a higher number, so they end.
const inlay_graph* callee(inlay_prepare* p, int32_t index) {
  const inlay_segment& s = *static_cast<Owner*>(p->owner)->segment;
  return index > s.graph - s.graphs && index < s.graph_count ? &s.graphs[index] : nullptr;
}

inlay_status check_shape(inlay_prepare* p, int32_t index, int32_t rank, const int32_t* dims) {
  const inlay_node& node = *p->node;
  if (index < 0 || index >= node.output_count || node.outputs[index] < 0) {
    return INLAY_FAIL(p->error, OP_INVALID, "% '%': output % is missing", inlay_op_kind_name(node.kind), node.name, index);
  }
  const inlay_tensor& t = p->graph->tensors[node.outputs[index]];
  bool same = t.rank == rank;
  for (int32_t i = 0; same && i < rank; ++i) same = t.dims[i] == dims[i];
  if (same) return INLAY_OK;
  return INLAY_FAIL(p->error, OP_INVALID, "% '%': output % has another shape than its inputs and options make",
                    inlay_op_kind_name(node.kind), node.name, index);
}

/// Prepares node `n`: `done` is what its prepare has left.
inlay_status prepare_node(int32_t device, const inlay_segment& segment, int32_t n, Bump* bump, inlay_prepare* done,
                          inlay_error* error) {
  const inlay_node& node = segment.graph->nodes[n];
  const inlay_op* op = find(segment.ops, node);
  if (op == nullptr || op->data_bytes > INLAY_OP_DATA_MAX) {
    return INLAY_FAIL(error, OP_UNKNOWN, "op % (% '%') is not in the op table", n,
                      node.custom_code != nullptr ? node.custom_code : inlay_op_kind_name(node.kind), node.name);
  }
  alignas(16) uint8_t dummy[INLAY_OP_DATA_MAX];
  void* data = bump->take(op->data_bytes);
  if (bump->failed()) return INLAY_FAIL(error, MEMORY_TOO_SMALL, "op % does not fit the persistent block", n);
  if (data == nullptr) {
    __builtin_memset(dummy, 0, sizeof(dummy));
    data = dummy;
  }
  inlay_prepare p = {};
  p.flags = (bump->counting() ? INLAY_PREPARE_MEASURE : 0) | (device == kReferenceDevice ? INLAY_PREPARE_REFERENCE : 0);
  p.graph = segment.graph;
  p.node = &node;
  p.data = data;
  p.error = error;
  p.allocate = allocate;
  p.output_shape = check_shape;
  p.callee = callee;
  p.cpu = features_of(device);
  p.pool = segment.threads > 1 ? segment.pool : nullptr;
  p.threads = p.pool != nullptr ? segment.threads : 1;
  Owner owner = {bump, &segment};
  p.owner = &owner;
  INLAY_TRY(op->prepare(&p));
  p.owner = nullptr;  // gone with this call, as the dummy is
  if (bump->counting()) p.data = nullptr;
  if (bump->failed()) return INLAY_FAIL(error, MEMORY_TOO_SMALL, "op % does not fit the persistent block", n);
  if (p.eval == nullptr) p.eval = op->eval;
  if (all_outputs_empty(*segment.graph, node)) p.eval = nullptr;
  *done = p;
  return INLAY_OK;
}

/// One walk over a segment, counting or filling.
inlay_status lay_out(int32_t device, const inlay_segment& segment, Bump* bump, Compiled** out, size_t* scratch,
                     inlay_error* error) {
  const auto count = static_cast<size_t>(segment.node_count);
  auto* compiled = bump->take_array<Compiled>(1);
  auto* steps = bump->take_array<inlay_step>(count);
  auto* levels = bump->take_array<uint32_t>(count);
  if (bump->failed()) return INLAY_FAIL(error, MEMORY_TOO_SMALL, "the segment does not fit the persistent block");
  for (int32_t i = 0; i < segment.node_count; ++i) {
    inlay_prepare done;
    INLAY_TRY(prepare_node(device, segment, segment.first_node + i, bump, &done, error));
    if (done.scratch_bytes > *scratch) *scratch = done.scratch_bytes;
    if (compiled == nullptr) continue;
    steps[i] = {done.eval, done.twin, done.data};
    levels[i] = done.cpu_used;
  }
  if (compiled == nullptr) return INLAY_OK;
  const inlay_pool* pool = segment.threads > 1 ? segment.pool : nullptr;
  *compiled = {{segment.graph, steps, segment.first_node, segment.node_count, pool, segment.threads}, levels};
  *out = compiled;
  return INLAY_OK;
}

int32_t probe(inlay_device_info* out, int32_t capacity, inlay_error*) {
  const int32_t count = device_count();
  for (int32_t i = 0; i < count && i < capacity; ++i) {
    out[i] = {};
    if (i < kFirstLevelDevice) {
      copy_text(out[i].name, i == kReferenceDevice ? "reference kernels" : "the fastest kernels");
      copy_text(out[i].alias, i == kReferenceDevice ? "reference" : "builtin");
    } else {
      const bool own = i < kFirstLevelDevice + cpu_level_count();
      copy_text(out[i].name, own ? "kernels of one CPU level" : "kernels of another CPU, in portable C++");
      copy_text(out[i].alias, level_of(i).name);
    }
  }
  return count;
}

const char* reject(int32_t device, const inlay_segment* segment, const inlay_node* node) {
  if (device < 0 || device >= device_count()) return "this CPU has no such level";
  return find(segment->ops, *node) != nullptr ? nullptr : "the op is not in the session's op table";
}

inlay_status measure(int32_t device, const inlay_segment* segment, inlay_need* need, inlay_error* error) {
  Bump counter;
  Compiled* none = nullptr;
  *need = {0, 0};
  INLAY_TRY(lay_out(device, *segment, &counter, &none, &need->scratch, error));
  need->persistent = counter.used();
  return INLAY_OK;
}

inlay_status compile(int32_t device, const inlay_segment* segment, inlay_block memory, void** compiled, inlay_error* error) {
  Bump bump(memory);
  Compiled* out = nullptr;
  size_t scratch = 0;
  INLAY_TRY(lay_out(device, *segment, &bump, &out, &scratch, error));
  *compiled = out;
  return INLAY_OK;
}

inlay_status execute(void* raw, const inlay_run* run) { return inlay_steps_run(&static_cast<const Compiled*>(raw)->steps, run); }

void release(void*) {}

const char* level_name(uint32_t features) {
  for (int32_t d = kFirstLevelDevice; features != 0 && d < device_count(); ++d) {
    if (level_of(d).bit == features) return level_of(d).name;
  }
  return "portable";
}

const char* kernel(void* raw, int32_t node) {
  const Compiled& c = *static_cast<const Compiled*>(raw);
  const int32_t i = node - c.steps.first_node;
  return c.steps.steps[i].eval == nullptr ? "nothing to do" : level_name(c.levels[i]);
}

/// Prepares the node, counting only, to see whether a twin takes it.
int32_t preference(int32_t device, const inlay_segment* segment, const inlay_node* node) {
  Bump counter;
  inlay_prepare done;
  const auto n = static_cast<int32_t>(node - segment->graph->nodes);
  if (prepare_node(device, *segment, n, &counter, &done, nullptr) != INLAY_OK) return 0;
  return done.cpu_used != 0 ? INLAY_PREFERENCE_TWIN : INLAY_PREFERENCE_PORTABLE;
}

}  // namespace
}  // namespace inlay

extern "C" const inlay_backend inlay_backend_builtin = {INLAY_BACKEND_ABI_VERSION,
                                                        sizeof(inlay_backend),
                                                        "builtin",
                                                        INLAY_BACKEND_SHAREABLE,
                                                        inlay::probe,
                                                        inlay::reject,
                                                        inlay::measure,
                                                        inlay::compile,
                                                        inlay::execute,
                                                        inlay::release,
                                                        inlay::preference,
                                                        inlay::kernel,
                                                        nullptr,
                                                        INLAY_BACKEND_WORKS_AT_ONCE};

extern "C" inlay_status inlay_builtin_note(int32_t device, const inlay_segment* segment, int32_t node, inlay_step_note* out,
                                           inlay_error* error) {
  inlay::Bump counter;
  inlay_prepare done;
  INLAY_TRY(inlay::prepare_node(device, *segment, node, &counter, &done, error));
  *out = {done.eval_symbol, done.unread, done.unread_quant};
  return INLAY_OK;
}
