// SPDX-License-Identifier: Apache-2.0
#include "tools/embed/steps.h"

#include "tools/graph/op_call.h"
#include "tools/inlay/handles.h"

namespace inlay::tools {

PreparedSteps::PreparedSteps(const inlay_model* model, int32_t graph, const Target& target) {
  const inlay_device device = find_devices(target.device).front();
  const inlay_graph& g = *inlay_model_graph(model, graph);
  inlay_segment segment = {};
  segment.struct_size = sizeof(segment);
  segment.graph = &g;
  segment.node_count = g.node_count;
  segment.ops = all_ops();
  segment.threads = 1;
  segment.graphs = inlay_model_graph(model, 0);
  segment.graph_count = inlay_model_graph_count(model);
  inlay_need need = {0, 0};
  inlay_error error = {};
  check(device.backend->measure(device.index, &segment, &need, &error), error, "preparing for " + std::string(target.name));
  scratch_ = need.scratch;
  bytes_ = need.persistent;
  memory_ = Aligned(bytes_);
  void* out = nullptr;
  check(device.backend->compile(device.index, &segment, {memory_.data(), bytes_}, &out, &error), error, "preparing");
  compiled = static_cast<const inlay_steps*>(out);
  for (int32_t n = 0; n < g.node_count; ++n) {
    inlay_step_note note = {};
    check(inlay_builtin_note(device.index, &segment, n, &note, &error), error, "preparing");
    notes.push_back(note);
  }
}

std::pair<size_t, size_t> PreparedSteps::extent(int32_t node) const {
  // Each op takes its data first, then what it allocates, and the next op follows.
  const auto place = [&](int32_t n) {
    return static_cast<size_t>(static_cast<const unsigned char*>(compiled->steps[n].data) - memory_.data());
  };
  const size_t begin = place(node), end = node + 1 < compiled->node_count ? place(node + 1) : bytes_;
  return {begin, end - begin};
}

}  // namespace inlay::tools
