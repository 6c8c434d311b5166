// SPDX-License-Identifier: Apache-2.0
// A backend of two devices for NEG, ABS and RELU of float32 whose speed a test changes while it runs. It computes at once and
// lets a virtual clock go on: what depends on time happens at exactly the same frame every time.
#include "drifting_plugin.h"

#include <algorithm>
#include <cmath>

#include "inlay/backend.h"
#include "inlay/graph.h"

namespace inlay::drifting {
namespace {

Board g_board;

struct Compiled {
  const inlay_graph* graph;
  int32_t device, first, count;
};

const uint64_t* usual_ns(uint16_t kind) {
  return kind == INLAY_OP_NEG ? kNegNs : kind == INLAY_OP_ABS ? kAbsNs : kind == INLAY_OP_RELU ? kReluNs : nullptr;
}

int32_t probe(inlay_device_info* out, int32_t capacity, inlay_error*) {
  std::fill(out, out + std::min(capacity, int32_t{kDevices}), inlay_device_info{"drifts", "", 0});
  return kDevices;
}

const char* reject(int32_t, const inlay_segment* segment, const inlay_node* node) {
  if (usual_ns(node->kind) == nullptr) return "drifting takes NEG, ABS and RELU";
  return segment->graph->tensors[node->inputs[0]].dtype == INLAY_FLOAT32 ? nullptr : "drifting computes float32";
}

inlay_status measure(int32_t, const inlay_segment*, inlay_need* need, inlay_error*) {
  *need = {sizeof(Compiled), 0};
  return INLAY_OK;
}

inlay_status compile(int32_t device, const inlay_segment* segment, inlay_block memory, void** compiled, inlay_error* error) {
  if (g_board.refuses[device]) {
    __builtin_strcpy(error->text, "the device is out of memory today");
    return INLAY_STATUS_BACKEND_FAILED;
  }
  auto* c = static_cast<Compiled*>(memory.data);
  *c = {segment->graph, device, segment->first_node, segment->node_count};
  *compiled = c;
  ++g_board.compiled;
  return INLAY_OK;
}

/// 100: as usual; the same for a whole segment, as a neighbour hits all its ops.
uint64_t percent_now(int32_t device) {
  const uint32_t noise = g_board.noise_percent;
  uint32_t percent = 100;
  if (noise != 0) {
    const uint32_t random = g_board.seed = g_board.seed * 1664525u + 1013904223u;
    percent = 100 - noise + static_cast<uint32_t>((static_cast<uint64_t>(random) * (2 * noise + 1)) >> 32);
  }
  return static_cast<uint64_t>(percent) * g_board.percent[device] / 100;
}

void compute(const inlay_graph& graph, const inlay_node& node, void* const* tensors) {
  const auto* in = static_cast<const float*>(tensors[node.inputs[0]]);
  auto* out = static_cast<float*>(tensors[node.outputs[0]]);
  const uint64_t count = graph.tensors[node.outputs[0]].bytes / sizeof(float);
  for (uint64_t i = 0; i < count; ++i) {
    out[i] = node.kind == INLAY_OP_NEG ? -in[i] : node.kind == INLAY_OP_ABS ? std::fabs(in[i]) : std::max(in[i], 0.0f);
  }
}

inlay_status execute(void* raw, const inlay_run* run) {
  const auto& c = *static_cast<const Compiled*>(raw);
  const uint64_t percent = percent_now(c.device);
  for (int32_t n = c.first; n < c.first + c.count; ++n) {
    const inlay_node& node = c.graph->nodes[n];
    if (g_board.breaks[c.device]) {
      if (run->error != nullptr) __builtin_strcpy(run->error->text, "the device is gone");
      return INLAY_STATUS_BACKEND_FAILED;
    }
    const uint64_t begin = run->observer != nullptr ? run->observer->now(run->observer->user) : 0;
    g_board.now += usual_ns(node.kind)[c.device] * percent / 100;
    compute(*c.graph, node, run->tensors);
    if (run->observer == nullptr) continue;
    run->observer->done(run->observer->user, run->graph_index, n, begin, run->observer->now(run->observer->user));
  }
  return INLAY_OK;
}

void release(void*) { --g_board.compiled; }

const inlay_backend kBackend = {INLAY_BACKEND_ABI_VERSION, sizeof(inlay_backend), "drifting", INLAY_BACKEND_ACCELERATOR,
                                probe, reject, measure, compile, execute, release,
                                nullptr, nullptr, nullptr, INLAY_BACKEND_WORKS_AT_ONCE};

}  // namespace
}  // namespace inlay::drifting

extern "C" INLAY_API const inlay_backend* inlay_backend_entry(uint32_t abi_version) {
  return abi_version == INLAY_BACKEND_ABI_VERSION ? &inlay::drifting::kBackend : nullptr;
}

extern "C" INLAY_API inlay::drifting::Board* drifting_board() { return &inlay::drifting::g_board; }
