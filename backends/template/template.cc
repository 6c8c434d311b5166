// SPDX-License-Identifier: Apache-2.0
// A backend to copy. It takes two ops, ADD of equal shapes and RELU, in float32, and does them with plain loops; everything
// around the loops is what a real backend needs: a reason for each refusal, sizes asked before memory is given, nothing
// allocated while running, and an entry point for loading it as a shared object.
#include <limits>

#include "core/error.h"
#include "core/tensor.h"
#include "inlay/backend.h"

namespace {

/// What compile() leaves for execute(): here the segment itself. It lives in memory the session gave.
struct Compiled {
  const inlay_graph* graph;
  int32_t first_node, node_count;
};

const inlay_tensor* input(const inlay_graph* graph, const inlay_node* node, int i) {
  return i < node->input_count && node->inputs[i] >= 0 ? &graph->tensors[node->inputs[i]] : nullptr;
}

int32_t probe(inlay_device_info* out, int32_t capacity, inlay_error* why) {
  // A real backend looks for its driver here and, finding none, writes the driver's reason into `why` and returns 0.
  static_cast<void>(why);
  if (capacity > 0) {
    out[0] = {};
    __builtin_strcpy(out[0].name, "plain loops");
  }
  return 1;
}

const char* reject(int32_t, const inlay_segment* segment, const inlay_node* node) {
  if (node->kind != INLAY_OP_ADD && node->kind != INLAY_OP_RELU) return "template takes only ADD and RELU";
  const inlay_tensor* a = input(segment->graph, node, 0);
  if (a == nullptr || node->output_count != 1 || node->outputs[0] < 0) return "template needs an input and one output";
  const inlay_tensor* out = &segment->graph->tensors[node->outputs[0]];
  if (a->dtype != INLAY_FLOAT32 || out->dtype != INLAY_FLOAT32) return "template computes only float32";
  if (!inlay::same_shape(*a, *out)) return "template does not broadcast";
  if (node->activation > INLAY_ACT_RELU_N1_TO_1) return "template fuses only clamping activations";
  if (node->kind == INLAY_OP_RELU) return nullptr;
  const inlay_tensor* b = input(segment->graph, node, 1);
  if (b == nullptr || b->dtype != INLAY_FLOAT32 || !inlay::same_shape(*a, *b)) return "template adds equal shapes only";
  return nullptr;
}

inlay_status measure(int32_t, const inlay_segment*, inlay_need* need, inlay_error*) {
  *need = {sizeof(Compiled), 0};
  return INLAY_OK;
}

inlay_status compile(int32_t, const inlay_segment* segment, inlay_block memory, void** compiled, inlay_error* error) {
  if (memory.bytes < sizeof(Compiled)) return INLAY_FAIL(error, MEMORY_TOO_SMALL, "template needs % bytes", sizeof(Compiled));
  auto* out = static_cast<Compiled*>(memory.data);
  *out = {segment->graph, segment->first_node, segment->node_count};
  *compiled = out;
  return INLAY_OK;
}

struct Limits {
  float low, high;
};

constexpr float kInfinity = std::numeric_limits<float>::infinity();

Limits limits_of(const inlay_node& node) {
  switch (node.activation) {
    case INLAY_ACT_RELU: return {0.0f, kInfinity};
    case INLAY_ACT_RELU6: return {0.0f, 6.0f};
    case INLAY_ACT_RELU_N1_TO_1: return {-1.0f, 1.0f};
    default: return {-kInfinity, kInfinity};
  }
}

void run_node(const inlay_graph& graph, const inlay_node& node, void* const* tensors) {
  const auto* a = static_cast<const float*>(tensors[node.inputs[0]]);
  const auto* b = node.kind == INLAY_OP_ADD ? static_cast<const float*>(tensors[node.inputs[1]]) : nullptr;
  auto* out = static_cast<float*>(tensors[node.outputs[0]]);
  const int64_t count = inlay::element_count(graph.tensors[node.outputs[0]]);
  const Limits limits = limits_of(node);
  for (int64_t i = 0; i < count; ++i) {
    float v = b != nullptr ? a[i] + b[i] : a[i];
    v = v < limits.low ? limits.low : v;
    out[i] = v > limits.high ? limits.high : v;
  }
}

inlay_status execute(void* raw, const inlay_run* run) {
  const auto& c = *static_cast<const Compiled*>(raw);
  for (int32_t n = c.first_node; n < c.first_node + c.node_count; ++n) {
    const uint64_t begin = run->observer != nullptr ? run->observer->now(run->observer->user) : 0;
    run_node(*c.graph, c.graph->nodes[n], run->tensors);
    if (run->observer == nullptr) continue;
    run->observer->done(run->observer->user, run->graph_index, n, begin, run->observer->now(run->observer->user));
  }
  return INLAY_OK;
}

void release(void*) {}

}  // namespace

extern "C" INLAY_API const inlay_backend inlay_backend_template;
extern "C" INLAY_API const inlay_backend inlay_backend_template = {
    INLAY_BACKEND_ABI_VERSION, sizeof(inlay_backend), "template", 0, probe, reject, measure, compile, execute, release,
    nullptr, nullptr, nullptr,
    INLAY_BACKEND_WORKS_AT_ONCE};

extern "C" INLAY_API const inlay_backend* inlay_backend_entry(uint32_t abi_version) {
  return abi_version == INLAY_BACKEND_ABI_VERSION ? &inlay_backend_template : nullptr;
}
