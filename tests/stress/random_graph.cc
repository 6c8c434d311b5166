// SPDX-License-Identifier: Apache-2.0
#include "stress/random_graph.h"

#include <random>

#include "tools/graph/op_call.h"

namespace inlay::stress {
namespace {

constexpr int32_t kMostElements = 3000;

class Maker {
 public:
  explicit Maker(uint32_t seed) : random_(seed) {}

  tools::Model make(int32_t ops, bool with_state) {
    for (int32_t i = pick(1, 2); i > 0; --i) {
      graph_.inputs.push_back(add("in", {1, pick(2, 6), pick(2, 6), pick(1, 3) * 2}));
      values_.push_back(graph_.inputs.back());
    }
    while (static_cast<int32_t>(graph_.nodes.size()) < ops) step(with_state);
    graph_.outputs.push_back(values_.back());
    for (int32_t i = pick(1, 2); i > 0; --i) {
      const int32_t out = any();
      if (out != graph_.outputs.back()) graph_.outputs.push_back(out);
    }
    tools::Model model;
    model.graphs.push_back(std::move(graph_));
    return model;
  }

 private:
  int32_t pick(int32_t low, int32_t high) { return std::uniform_int_distribution<int32_t>(low, high)(random_); }
  /// A recent value rather than an old one, so that many die and their memory is given again.
  int32_t any() {
    const auto count = static_cast<int32_t>(values_.size());
    return values_[static_cast<size_t>(pick(pick(0, 4) == 0 ? 0 : std::max(0, count - 5), count - 1))];
  }
  const std::vector<int32_t>& shape(int32_t id) const { return graph_.tensors[static_cast<size_t>(id)].shape; }
  int32_t add(const char* name, std::vector<int32_t> dims = {}) {
    tools::Tensor t;
    t.name = name + std::to_string(graph_.tensors.size());
    t.shape = std::move(dims);
    t.dtype = INLAY_INT8;
    t.quant.scales = {0.05f};
    t.quant.zero_points = {4};
    return graph_.add(std::move(t));
  }
  void then(uint16_t kind, std::vector<int32_t> inputs, tools::Params params = {}) {
    tools::Node n;
    n.kind = kind;
    n.outputs = {add("t")};
    n.name = graph_.tensors.back().name;
    n.inputs = std::move(inputs);
    n.params = std::move(params);
    int64_t elements = 1;
    try {
      tools::infer_shapes(graph_, n);
      for (const int32_t dim : graph_.tensors.back().shape) elements *= dim;
    } catch (const tools::Error&) {
      elements = 0;
    }
    if (elements == 0 || elements > kMostElements) {
      graph_.tensors.pop_back();
      return;
    }
    values_.push_back(n.outputs[0]);
    graph_.nodes.push_back(std::move(n));
  }
  int32_t another_like(int32_t in) {
    for (int32_t tries = 0; tries < 8; ++tries) {
      const int32_t other = any();
      if (shape(other) == shape(in)) return other;
    }
    return in;
  }
  void step(bool with_state) {
    const int32_t in = any();
    const std::vector<int32_t> dims = shape(in);
    switch (pick(0, 9)) {
      case 0:
      case 1: return then(INLAY_OP_ADD, {in, another_like(in)});
      case 2: return then(INLAY_OP_MUL, {in, another_like(in)});
      case 3: return then(INLAY_OP_RESHAPE, {in}, inlay_dims{4, {1, dims[2], dims[1], dims[3]}});
      case 4: return then(INLAY_OP_TRANSPOSE, {in}, inlay_dims{4, {0, 2, 1, 3}});
      case 5: return then(INLAY_OP_CONCATENATION, {in, another_like(in)}, inlay_axis{1, 0, 0});
      case 6: {
        inlay_slice s = {};
        for (size_t d = 0; d < 4; ++d) s.size[d] = dims[d], s.stride[d] = 1;
        if (dims[1] > 1) s.size[1] = dims[1] - 1, s.begin[1] = pick(0, 1);
        return then(INLAY_OP_SLICE, {in}, s);
      }
      case 7: return then(INLAY_OP_MAX_POOL_2D, {in}, inlay_window{1, 1, 1, 1, 0, 0, 0, 0, 2, 2, 0});
      case 8: return with_state ? state(in) : then(INLAY_OP_SUB, {in, another_like(in)});
      default: return then(INLAY_OP_SOFTMAX, {in}, inlay_scalars{});
    }
  }
  void state(int32_t in) {
    const int32_t variable = pick(0, 1);
    int32_t& id = variables_[variable];
    if (id < 0) {
      tools::Tensor t = graph_.tensors[static_cast<size_t>(in)];
      t.name = "state" + std::to_string(variable);
      t.is_variable = true;
      t.variable = variable;
      id = graph_.add(std::move(t));
    }
    if (pick(0, 1) == 0) return then(INLAY_OP_COPY, {id});
    if (shape(in) != shape(id)) return;
    tools::Node n;
    n.kind = INLAY_OP_COPY;
    n.inputs = {in};
    n.outputs = {id};
    n.name = "assign";
    graph_.nodes.push_back(n);
  }

  std::mt19937 random_;
  tools::Graph graph_;
  std::vector<int32_t> values_;
  int32_t variables_[2] = {-1, -1};
};

}  // namespace

tools::Model random_graph(uint32_t seed, int32_t ops, bool with_state) { return Maker(seed).make(ops, with_state); }

}  // namespace inlay::stress
