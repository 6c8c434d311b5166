// SPDX-License-Identifier: Apache-2.0
#include "tools/inlay/liveness.h"

#include <algorithm>

namespace inlay::tools {
namespace {

struct Span {
  int32_t first = INT32_MAX;
  int32_t last = -1;
  void include(int32_t node) {
    first = std::min(first, node);
    last = std::max(last, node);
  }
};

std::vector<Span> spans_of(const inlay_graph& graph) {
  std::vector<Span> spans(static_cast<size_t>(graph.tensor_count));
  const auto include = [&spans](const int32_t* ids, int32_t count, int32_t node) {
    for (int32_t i = 0; i < count; ++i) {
      if (ids[i] >= 0) spans[static_cast<size_t>(ids[i])].include(node);
    }
  };
  include(graph.inputs, graph.input_count, 0);
  include(graph.outputs, graph.output_count, graph.node_count - 1);
  for (int32_t n = 0; n < graph.node_count; ++n) {
    include(graph.nodes[n].inputs, graph.nodes[n].input_count, n);
    include(graph.nodes[n].outputs, graph.nodes[n].output_count, n);
  }
  return spans;
}

}  // namespace

std::vector<uint64_t> live_bytes(const inlay_graph& graph, const uint32_t* offsets) {
  constexpr uint32_t kNotPlanned = 0xffffffffu;
  std::vector<uint64_t> live(static_cast<size_t>(graph.node_count), 0);
  const std::vector<Span> spans = spans_of(graph);
  for (int32_t t = 0; t < graph.tensor_count; ++t) {
    const inlay_tensor& tensor = graph.tensors[t];
    const bool counted = tensor.data == nullptr && (tensor.flags & INLAY_TENSOR_VARIABLE) == 0 &&
                         (offsets == nullptr || offsets[t] != kNotPlanned);
    const Span& span = spans[static_cast<size_t>(t)];
    for (int32_t n = span.first; counted && n <= span.last; ++n) live[static_cast<size_t>(n)] += tensor.bytes;
  }
  return live;
}

}  // namespace inlay::tools
