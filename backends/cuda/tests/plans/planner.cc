// SPDX-License-Identifier: Apache-2.0
#include "planner.h"

#include "ops.h"

namespace inlay::cuda {
namespace {

constexpr int kTries = 4;  ///< of nodes whose dtypes are alike: options and shapes still differ

/// "-DA -DB=c", however many blanks there are.
std::string collapsed(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ' || (!out.empty() && out.back() != ' ')) out += c;
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

/// What tells nodes apart for plan_retyped().
std::string signature(const inlay_graph& graph, const inlay_node& node) {
  std::string text = std::to_string(node.kind) + "," + std::to_string(node.activation);
  for (int i = 0; i < node.input_count; ++i) {
    text += node.inputs[i] < 0 ? " -" : " " + std::to_string(graph.tensors[node.inputs[i]].dtype);
  }
  for (int i = 0; i < node.output_count; ++i) text += " to " + std::to_string(graph.tensors[node.outputs[i]].dtype);
  return text;
}

/// A copy of a graph in which a node's tensors of one dtype have another.
class Retyped {
 public:
  Retyped(const inlay_graph& graph, int32_t node, uint8_t from, uint8_t to, bool scaled)
      : tensors_(graph.tensors, graph.tensors + graph.tensor_count), graph_(graph) {
    const inlay_node& n = graph.nodes[node];
    for (int i = 0; i < n.input_count; ++i) change(n.inputs[i], from, to, scaled);
    for (int i = 0; i < n.output_count; ++i) change(n.outputs[i], from, to, scaled);
    graph_.tensors = tensors_.data();
  }
  const inlay_graph& graph() const { return graph_; }

 private:
  void change(int32_t id, uint8_t from, uint8_t to, bool scaled) {
    if (id < 0 || tensors_[static_cast<size_t>(id)].dtype != from) return;
    static constexpr float kScale = 0.0625f;
    static constexpr int32_t kZero = 0;
    inlay_tensor& t = tensors_[static_cast<size_t>(id)];
    const size_t elements = t.bytes / (inlay_dtype_bits(static_cast<inlay_dtype>(from)) / 8);
    t.bytes = elements * (inlay_dtype_bits(static_cast<inlay_dtype>(to)) / 8);
    t.dtype = to;
    t.quant = scaled ? inlay_quant{&kScale, &kZero, 1, 0} : inlay_quant{};
    if (t.data == nullptr) return;
    zeros_.emplace_back(t.bytes / sizeof(uint64_t) + 1);
    t.data = zeros_.back().data();
  }

  std::vector<inlay_tensor> tensors_;
  std::vector<std::vector<uint64_t>> zeros_;
  inlay_graph graph_;
};

}  // namespace

gpu::Caps caps_like_cuda(int arch) {
  gpu::Caps caps;
  caps.arch = arch;
  caps.gpu = caps.dot8 = caps.exact_division = true;
  caps.alignment = 256;
  caps.most_group = caps.most_items[0] = caps.most_items[1] = 1024;
  caps.most_items[2] = 64;
  caps.wgmma = arch == 90;
  caps.local_bytes = arch == 90 ? 227 << 10 : 48 << 10;
  return caps;
}

void Planner::look_up(const gpu::Launch& launch, const std::string& where) {
  ++launches_;
  const std::string options = collapsed(launch.id.options);
  const Kernel* kernel = find_kernel(launch.id.source.c_str(), options.c_str(), launch.kernel.c_str());
  if (kernel != nullptr) {
    found_.insert(kernel);
  } else {
    missing_.emplace(launch.id.source + " | " + options + " | " + launch.kernel, where);
  }
}

void Planner::plan(const inlay_graph& graph, int32_t index, const std::string& where) {
  for (const int arch : {75, 80, 90}) plan_on(caps_like_cuda(arch), graph, index, where);
}

void Planner::plan_on(const gpu::Caps& caps, const inlay_graph& graph, int32_t index, const std::string& where) {
  const inlay_node& node = graph.nodes[index];
  const gpu::Op* op = find_op(node.kind);
  std::vector<uint8_t> variants(static_cast<size_t>(graph.node_count));
  inlay_segment segment = {};
  segment.struct_size = sizeof(segment);
  segment.graph = segment.graphs = &graph;
  segment.graph_count = segment.node_count = segment.threads = 1;
  segment.first_node = index;
  segment.ops = inlay_default_ops();
  segment.variants = variants.data();
  if (gpu::rejection(op, caps, segment, node) != nullptr) {
    ++rejected_;
    return;
  }
  for (const uint32_t fast_math : {0u, static_cast<uint32_t>(INLAY_FAST_MATH_FP16)}) {
    segment.fast_math = fast_math;
    const gpu::Node n = {&segment, &node, &caps};
    const int32_t ways = op->variants != nullptr ? op->variants(n) : 0;
    for (int32_t v = 0; v <= ways; ++v) {
      variants[static_cast<size_t>(index)] = static_cast<uint8_t>(v);
      gpu::Recipe recipe;
      op->plan(n, &recipe);
      for (const gpu::Launch& launch : recipe.launches) look_up(launch, where);
    }
  }
}

void Planner::plan_retyped(const inlay_graph& graph, int32_t index, const std::string& where) {
  const inlay_node& node = graph.nodes[index];
  if (find_op(node.kind) == nullptr || tried_[signature(graph, node)]++ >= kTries) return;
  std::set<uint8_t> dtypes;
  for (int i = 0; i < node.input_count; ++i) {
    if (node.inputs[i] >= 0) dtypes.insert(graph.tensors[node.inputs[i]].dtype);
  }
  for (int i = 0; i < node.output_count; ++i) dtypes.insert(graph.tensors[node.outputs[i]].dtype);
  dtypes.erase(INLAY_INT4);  // not whole bytes
  for (const uint8_t from : dtypes) {
    for (uint8_t to = INLAY_FLOAT32; to < INLAY_DTYPE_COUNT; ++to) {
      if (to == INLAY_INT4) continue;
      for (const bool scaled : {false, true}) {
        const Retyped retyped(graph, index, from, to, scaled);
        const std::string how = std::string(" with ") + inlay_dtype_name(static_cast<inlay_dtype>(to)) + " for " +
                                inlay_dtype_name(static_cast<inlay_dtype>(from));
        plan_on(caps_like_cuda(80), retyped.graph(), index, where + how);
      }
    }
  }
}

}  // namespace inlay::cuda
