// SPDX-License-Identifier: Apache-2.0
// A backend whose kernel variants differ in nothing but the time they take, for the tests of inlay tune. A test that loads it
// gets a device "spinner" for RELU, NEG and ABS of float32, which offers three variants of RELU, two of NEG and none of ABS.
#include <chrono>
#include <cmath>

#include "inlay/backend.h"
#include "inlay/graph.h"

namespace {

struct Compiled {
  const inlay_graph* graph;
  int32_t first, count;
  uint8_t variants[16];  // by node of the graph, which the tests keep small
};

constexpr const char* kKernels[] = {"own", "first", "second", "third"};
/// Microseconds of the device's own choice and of each variant.
constexpr int kReluUs[] = {60, 40, 1, 80};
constexpr int kNegUs[] = {60, 1, 40};

int32_t probe(inlay_device_info* out, int32_t capacity, inlay_error*) {
  if (capacity > 0) {
    out[0] = {};
    __builtin_strcpy(out[0].name, "waits and computes");
  }
  return 1;
}

const char* reject(int32_t, const inlay_segment* segment, const inlay_node* node) {
  const bool takes = node->kind == INLAY_OP_RELU || node->kind == INLAY_OP_NEG || node->kind == INLAY_OP_ABS;
  if (!takes) return "spinner takes RELU, NEG and ABS";
  if (segment->graph->node_count > 16) return "spinner takes graphs of 16 ops";
  return segment->graph->tensors[node->inputs[0]].dtype == INLAY_FLOAT32 ? nullptr : "spinner computes float32";
}

int32_t variants(int32_t, const inlay_segment*, const inlay_node* node) {
  return node->kind == INLAY_OP_RELU ? 3 : node->kind == INLAY_OP_NEG ? 2 : 1;
}

inlay_status measure(int32_t, const inlay_segment*, inlay_need* need, inlay_error*) {
  *need = {sizeof(Compiled), 0};
  return INLAY_OK;
}

inlay_status compile(int32_t, const inlay_segment* segment, inlay_block memory, void** compiled, inlay_error*) {
  auto* c = static_cast<Compiled*>(memory.data);
  *c = {segment->graph, segment->first_node, segment->node_count, {}};
  for (int32_t n = c->first; segment->variants != nullptr && n < c->first + c->count; ++n) c->variants[n] = segment->variants[n];
  *compiled = c;
  return INLAY_OK;
}

uint64_t now_ns() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

void run_node(const inlay_graph& graph, const inlay_node& node, uint8_t variant, void* const* tensors) {
  const int us = node.kind == INLAY_OP_RELU ? kReluUs[variant] : node.kind == INLAY_OP_NEG ? kNegUs[variant] : 1;
  for (const uint64_t until = now_ns() + static_cast<uint64_t>(us) * 1000; now_ns() < until;) {}
  const auto* in = static_cast<const float*>(tensors[node.inputs[0]]);
  auto* out = static_cast<float*>(tensors[node.outputs[0]]);
  for (uint64_t i = 0; i < graph.tensors[node.outputs[0]].bytes / sizeof(float); ++i)
    out[i] = node.kind == INLAY_OP_RELU ? (in[i] > 0 ? in[i] : 0) : node.kind == INLAY_OP_NEG ? -in[i] : std::fabs(in[i]);
}

inlay_status execute(void* raw, const inlay_run* run) {
  const auto& c = *static_cast<const Compiled*>(raw);
  for (int32_t n = c.first; n < c.first + c.count; ++n) {
    const uint64_t begin = run->observer != nullptr ? run->observer->now(run->observer->user) : 0;
    run_node(*c.graph, c.graph->nodes[n], c.variants[n], run->tensors);
    if (run->observer == nullptr) continue;
    run->observer->done(run->observer->user, run->graph_index, n, begin, run->observer->now(run->observer->user));
  }
  return INLAY_OK;
}

void release(void*) {}

const char* kernel(void* raw, int32_t node) { return kKernels[static_cast<const Compiled*>(raw)->variants[node]]; }

// An accelerator: sessions that do not name it never see it, whatever else the process tests.
const inlay_backend kSpinner = {INLAY_BACKEND_ABI_VERSION, sizeof(inlay_backend), "spinner", INLAY_BACKEND_ACCELERATOR,
                                probe, reject, measure, compile, execute, release,
                                nullptr, kernel, nullptr, variants, nullptr, nullptr, nullptr, nullptr};

}  // namespace

extern "C" INLAY_API const inlay_backend* inlay_backend_entry(uint32_t abi_version) {
  return abi_version == INLAY_BACKEND_ABI_VERSION ? &kSpinner : nullptr;
}
