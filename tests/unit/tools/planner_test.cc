// SPDX-License-Identifier: Apache-2.0
// Plans of small graphs: known bounds, and random graphs that must compute the same wherever their tensors lie.
#include "tools/emit/planner.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <optional>

#include "inlay/backend.h"
#include "schema/inlay_generated.h"
#include "tools/emit/emit.h"
#include "tools/graph/aligned.h"
#include "tools/graph/op_call.h"

namespace inlay::tools {
namespace {

int32_t tensor(Graph& g, std::vector<int32_t> shape = {}, const Tensor* like = nullptr) {
  Tensor t;
  t.name = "t" + std::to_string(g.tensors.size());
  t.shape = std::move(shape);
  if (like != nullptr) {
    t.dtype = like->dtype;
    t.quant = like->quant;
  }
  return g.add(t);
}

/// Appends a node; returns its output, which is quantized like the first input.
int32_t node(Graph& g, uint16_t kind, std::vector<int32_t> inputs, Params params = {}) {
  const Tensor like = g.tensors[static_cast<size_t>(inputs[0])];
  Node n;
  n.kind = kind;
  n.outputs = {tensor(g, {}, &like)};
  n.inputs = std::move(inputs);
  n.params = params;
  if (kind == INLAY_OP_RELU) n.activation = INLAY_ACT_RELU;
  infer_shapes(g, n);
  g.nodes.push_back(n);
  return n.outputs[0];
}

int32_t slice(Graph& g, int32_t from, std::vector<int32_t> begin, std::vector<int32_t> size) {
  inlay_slice s = {};
  for (size_t d = 0; d < begin.size(); ++d) {
    s.begin[d] = begin[d];
    s.size[d] = size[d];
    s.stride[d] = 1;
  }
  return node(g, INLAY_OP_SLICE, {from}, s);
}

int32_t reshape(Graph& g, int32_t from, std::vector<int32_t> shape) {
  inlay_dims dims = {};
  for (const int32_t d : shape) dims.dims[dims.rank++] = d;
  return node(g, INLAY_OP_RESHAPE, {from}, dims);
}

int32_t concat(Graph& g, std::vector<int32_t> inputs, int32_t axis) {
  return node(g, INLAY_OP_CONCATENATION, std::move(inputs), inlay_axis{axis, 0, 0});
}

PlannedGraph plan(Graph& g, std::vector<int32_t> inputs, std::vector<int32_t> outputs, Share most = Share::kInside) {
  g.inputs = std::move(inputs);
  g.outputs = std::move(outputs);
  return plan_graph(g, most);
}

TEST(Planner, SplitsAndConcatenationsCostNothing) {
  Graph g;
  const int32_t in = tensor(g, {4, 64});
  const int32_t low = slice(g, in, {0, 0}, {2, 64}), high = slice(g, in, {2, 0}, {2, 64});
  const int32_t a = node(g, INLAY_OP_RELU, {low});
  const int32_t b = node(g, INLAY_OP_RELU, {high});
  const int32_t out = concat(g, {a, b}, 0);
  const PlannedGraph p = plan(g, {in}, {out});
  EXPECT_EQ(p.bytes, 1024u);
  EXPECT_EQ(p.lower_bound, 1024u);
  EXPECT_EQ(p.lower_bound_unshared, 2048u);
  for (size_t t = 0; t < g.tensors.size(); ++t) EXPECT_EQ(p.offsets[t] % 512, 0u);
}

TEST(Planner, BytesOfAGroupServeOthersWhereNobodyLives) {
  Graph g;
  const int32_t in = tensor(g, {1, 256});
  const int32_t first = node(g, INLAY_OP_LOGISTIC, {slice(g, in, {0, 0}, {1, 64})});  // the rest of `in` is dead behind it
  const int32_t wide = concat(g, {first, first, first}, 0);
  const int32_t out = node(g, INLAY_OP_RELU, {wide});
  const PlannedGraph p = plan(g, {in}, {out});
  EXPECT_EQ(p.bytes, 1024u);
  EXPECT_EQ(p.lower_bound, 1024u);
}

TEST(Planner, OverTheSecondInputWhenTheFirstIsStillNeeded) {
  Graph g;
  const int32_t x = tensor(g, {1, 64});
  const int32_t y = node(g, INLAY_OP_LOGISTIC, {x});
  const int32_t sum = node(g, INLAY_OP_ADD, {x, y});
  const int32_t out = node(g, INLAY_OP_ADD, {sum, x});
  const PlannedGraph p = plan(g, {x}, {out});
  EXPECT_EQ(p.offsets[static_cast<size_t>(y)], p.offsets[static_cast<size_t>(sum)]);
  EXPECT_EQ(p.bytes, 512u);
  EXPECT_EQ(p.lower_bound_unshared, 768u);
}

TEST(Planner, NothingIsOverwrittenThatAViewStillShows) {
  Graph g;
  const int32_t x = tensor(g, {2, 32});
  const int32_t kept = slice(g, x, {1, 0}, {1, 32});
  const int32_t y = node(g, INLAY_OP_RELU, {x});
  const int32_t out = concat(g, {y, kept}, 0);
  const PlannedGraph p = plan(g, {x}, {out});
  EXPECT_NE(p.offsets[static_cast<size_t>(x)], p.offsets[static_cast<size_t>(y)]);
}

TEST(Planner, SharingIsBoundedByWhatIsAsked) {
  Graph g;
  const int32_t in = tensor(g, {4, 64});
  const int32_t half = reshape(g, slice(g, in, {2, 0}, {2, 64}), {128});
  const PlannedGraph none = plan(g, {in}, {half}, Share::kNothing);
  EXPECT_EQ(none.lower_bound, none.lower_bound_unshared);
  EXPECT_EQ(none.bytes, 1536u);
  EXPECT_EQ(plan(g, {in}, {half}, Share::kSamePlace).bytes, 1536u);
  EXPECT_EQ(plan(g, {in}, {half}).bytes, 1024u);
}

// ---- random graphs ------------------------------------------------------------------------------------------------

class Random {
 public:
  explicit Random(uint32_t seed) : state_(seed * 2654435761u + 1) {}
  int32_t below(int32_t limit) {
    state_ = state_ * 1664525u + 1013904223u;
    return static_cast<int32_t>((state_ >> 9) % static_cast<uint32_t>(limit));
  }
  int32_t pick(const std::vector<int32_t>& from) { return from[static_cast<size_t>(below(static_cast<int32_t>(from.size())))]; }

 private:
  uint32_t state_;
};

/// A graph of matrices: float32, or int8 of two scales. Lives overlap as they come; some tensors are never read.
class GraphMaker {
 public:
  explicit GraphMaker(uint32_t seed) : random_(seed), floats_(random_.below(2) == 0) {
    for (int32_t i = 0; i <= random_.below(3); ++i) graph_.inputs.push_back(keep(leaf()));
    constant_ = leaf();
    fill(constant_);
    if (random_.below(2) == 0) pool_.push_back(constant_);
    const int32_t count = 4 + random_.below(24);
    for (int32_t i = 0; i < count; ++i) grow();
    for (int32_t i = 0; i <= random_.below(3); ++i) {
      const int32_t t = pool_[pool_.size() - 1 - static_cast<size_t>(random_.below(4)) % pool_.size()];
      graph_.outputs.push_back(t);
    }
  }
  Graph take() { return std::move(graph_); }

 private:
  std::vector<int32_t>& shape(int32_t t) { return graph_.tensors[static_cast<size_t>(t)].shape; }
  int32_t keep(int32_t t) {
    pool_.push_back(t);
    return t;
  }

  int32_t leaf() {
    Tensor like;
    like.dtype = floats_ ? INLAY_FLOAT32 : INLAY_INT8;
    if (!floats_) like.quant = {{0.05f}, {3}, 0};
    return tensor(graph_, {1 + random_.below(4), 1 + random_.below(6)}, &like);
  }

  void fill(int32_t t) {
    Bytes bytes(static_cast<size_t>(shape(t)[0] * shape(t)[1]) * (floats_ ? 4 : 1));
    for (uint8_t& b : bytes) b = static_cast<uint8_t>(random_.below(64));
    graph_.tensors[static_cast<size_t>(t)].data = std::make_shared<const Bytes>(bytes);
  }

  /// Tensors that agree with `t` in dim `d`.
  std::vector<int32_t> alike(int32_t t, size_t d) {
    std::vector<int32_t> out;
    for (const int32_t other : pool_) {
      if (shape(other)[d] == shape(t)[d]) out.push_back(other);
    }
    return out;
  }

  void grow() {
    const int32_t t = random_.below(3) == 0 ? random_.pick(pool_) : pool_.back();
    const int32_t rows = shape(t)[0], cols = shape(t)[1];
    switch (random_.below(7)) {
      case 0: keep(floats_ ? node(graph_, INLAY_OP_RELU, {t}) : node(graph_, INLAY_OP_ADD, {t, t})); break;
      case 1: keep(reshape(graph_, t, random_.below(2) == 0 ? std::vector<int32_t>{cols, rows} : std::vector<int32_t>{1, rows * cols})); break;
      case 2:
      case 3: {
        const int32_t r = random_.below(rows), c = random_.below(3) == 0 ? random_.below(cols) : 0;
        keep(slice(graph_, t, {r, c}, {1 + random_.below(rows - r), c == 0 ? cols : cols - c}));
        break;
      }
      case 4: {
        const size_t axis = static_cast<size_t>(random_.below(2));
        const std::vector<int32_t> fitting = alike(t, 1 - axis);
        std::vector<int32_t> inputs = {t};
        int32_t total = shape(t)[axis];
        for (int32_t i = random_.below(3); i >= 0; --i) {
          const int32_t other = random_.pick(fitting);
          total += shape(other)[axis];
          if (total <= 24) inputs.push_back(other);
        }
        if (random_.below(2) == 0) std::swap(inputs.front(), inputs.back());
        keep(concat(graph_, inputs, static_cast<int32_t>(axis)));
        break;
      }
      default: {
        std::vector<int32_t> fitting;
        for (const int32_t other : alike(t, 1)) {
          if (shape(other)[0] == rows || shape(other)[0] == 1) fitting.push_back(other);
        }
        const int32_t other = random_.pick(fitting);
        keep(random_.below(2) == 0 ? node(graph_, INLAY_OP_ADD, {t, other}) : node(graph_, INLAY_OP_ADD, {other, t}));
      }
    }
    // Another scale now and then, before anybody reads it: such a tensor is requantized where it is joined.
    Tensor& made = graph_.tensors[static_cast<size_t>(pool_.back())];
    if (!floats_ && graph_.nodes.back().kind == INLAY_OP_ADD && random_.below(4) == 0) made.quant = {{0.07f}, {-2}, 0};
  }

  Random random_;
  bool floats_;
  Graph graph_;
  int32_t constant_ = 0;
  std::vector<int32_t> pool_;
};

/// The outputs when every tensor has memory of its own.
std::vector<Bytes> expected(Graph g, const std::vector<Bytes>& inputs) {
  const auto set = [&g](int32_t t, const Bytes& bytes) { g.tensors[static_cast<size_t>(t)].data = std::make_shared<const Bytes>(bytes); };
  for (size_t i = 0; i < inputs.size(); ++i) set(g.inputs[i], inputs[i]);
  for (const Node& n : g.nodes) set(n.outputs[0], evaluate(g, n)[0]);
  std::vector<Bytes> out;
  for (const int32_t t : g.outputs) out.push_back(*g.tensors[static_cast<size_t>(t)].data);
  return out;
}

using Storage = Aligned;
inlay_block block_of(Storage& s, size_t bytes, int fill) {
  s = Aligned(bytes);
  std::memset(s.data(), fill, bytes);
  return {s.data(), bytes};
}

/// The outputs of a run in the planned block; bit i of `bound_inputs` and `bound_outputs` gives that tensor memory of its own.
/// Nothing when the reader refuses the file.
std::optional<std::vector<Bytes>> run(const Bytes& bytes, const std::vector<Bytes>& inputs, int32_t bound_inputs, int32_t bound_outputs) {
  Storage file(bytes);
  inlay_error error = {};
  inlay_model_config skip = {};
  skip.struct_size = sizeof(skip);
  skip.skip_crc = 1;
  size_t need = 0;
  EXPECT_EQ(inlay_model_measure(file.data(), bytes.size(), &skip, &need, &error), INLAY_OK) << error.text;
  Storage tables;
  inlay_model* model = nullptr;
  if (inlay_model_init(file.data(), bytes.size(), &skip, block_of(tables, need, 0), &model, &error) != INLAY_OK) return std::nullopt;
  const inlay_device device = {&inlay_backend_builtin, 0};
  inlay_config config = {};
  config.struct_size = sizeof(config);
  config.ops = inlay_default_ops();
  config.devices = &device;
  config.device_count = 1;
  inlay_arena arena = {};
  EXPECT_EQ(inlay_session_measure(model, &config, &arena, &error), INLAY_OK) << error.text;
  Storage memory[3];
  arena = {block_of(memory[0], arena.persistent.bytes, 0), block_of(memory[1], arena.planned.bytes, 0x2b),
           block_of(memory[2], arena.scratch.bytes, 0x2b)};
  inlay_session* session = nullptr;
  if (inlay_session_init(model, &config, &arena, &session, &error) != INLAY_OK) {
    ADD_FAILURE() << error.text;
    return std::nullopt;
  }
  std::vector<Storage> given(inputs.begin(), inputs.end());
  std::vector<Bytes> out;
  std::vector<Storage> taken(8);
  for (int32_t i = 0; i < inlay_model_output_count(model); ++i) {
    inlay_tensor_info info;
    EXPECT_EQ(inlay_model_output_info(model, i, &info), INLAY_OK);
    out.emplace_back(info.bytes);
    if ((bound_outputs >> i & 1) == 0) continue;
    const inlay_block place = block_of(taken[static_cast<size_t>(i)], info.bytes, 0x2b);
    const inlay_status status = inlay_session_bind_output(session, i, place.data, place.bytes, &error);
    EXPECT_TRUE(status == INLAY_OK || status == INLAY_STATUS_UNSUPPORTED) << error.text;  // a constant, or an input
  }
  for (size_t i = 0; i < given.size(); ++i) {
    const auto index = static_cast<int32_t>(i);
    if ((bound_inputs >> i & 1) != 0) {
      EXPECT_EQ(inlay_session_bind_input(session, index, given[i].data(), inputs[i].size(), &error), INLAY_OK) << error.text;
    }
    std::memcpy(inlay_session_input(session, index), inputs[i].data(), inputs[i].size());
  }
  EXPECT_EQ(inlay_session_run(session, &error), INLAY_OK) << error.text;
  for (size_t i = 0; i < out.size(); ++i) std::memcpy(out[i].data(), inlay_session_output(session, static_cast<int32_t>(i)), out[i].size());
  for (size_t i = 0; i < given.size(); ++i) EXPECT_EQ(std::memcmp(given[i].data(), inputs[i].data(), inputs[i].size()), 0) << "only read";
  inlay_session_deinit(session);
  return out;
}

struct Sample {
  Graph graph;
  std::vector<Bytes> inputs, outputs;
  Bytes file;

  explicit Sample(uint32_t seed) : graph(GraphMaker(seed).take()) {
    Random random(seed + 77);
    for (const int32_t t : graph.inputs) {
      const Tensor& in = graph.tensors[static_cast<size_t>(t)];
      Bytes bytes(static_cast<size_t>(in.shape[0] * in.shape[1]) * (in.dtype == INLAY_FLOAT32 ? 4 : 1));
      for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(random.below(128));  // floats of any size, no NaN
      inputs.push_back(bytes);
    }
    outputs = expected(graph, inputs);
    Model model;
    model.graphs.push_back(graph);
    file = emit_inlay(model);
  }
};

TEST(Planner, RandomGraphsComputeTheSameInSharedMemory) {
  size_t views = 0;
  for (uint32_t seed = 0; seed < 300; ++seed) {
    const Sample s(seed);
    const PlannedGraph p = plan_graph(s.graph);
    EXPECT_LE(p.lower_bound, p.lower_bound_unshared) << seed;
    EXPECT_LE(p.lower_bound, p.bytes) << seed;
    views += p.lower_bound < p.lower_bound_unshared ? 1 : 0;
    for (const int32_t bound : {0, 1, 2, 7}) {
      const auto out = run(s.file, s.inputs, bound, (bound * 5) & 7);
      ASSERT_TRUE(out.has_value()) << seed;
      ASSERT_EQ(*out, s.outputs) << "seed " << seed << " bound " << bound;
    }
  }
  EXPECT_GT(views, 150u);  // else the test tests nothing
}

TEST(Planner, WhateverPlanTheReaderTakesIsRight) {
  size_t taken = 0, refused = 0;
  for (uint32_t seed = 0; seed < 150; ++seed) {
    const Sample s(seed);
    Random random(seed + 4242);
    for (int change = 0; change < 12; ++change) {
      Bytes file = s.file;
      const auto* model = format::GetModel(file.data());
      auto* offsets = const_cast<flatbuffers::Vector<uint32_t>*>(model->plans()->Get(0)->graphs()->Get(0)->offsets());
      const auto count = static_cast<int32_t>(offsets->size());
      for (int32_t i = 0; i <= random.below(2); ++i) {
        const auto t = static_cast<uint32_t>(random.below(count)), to = static_cast<uint32_t>(random.below(count));
        if (offsets->Get(t) == INLAY_NOT_PLANNED || offsets->Get(to) == INLAY_NOT_PLANNED) continue;
        const uint32_t step = s.graph.tensors[t].dtype == INLAY_FLOAT32 ? 4 : 1;
        offsets->Mutate(t, offsets->Get(to) + step * static_cast<uint32_t>(random.below(3) == 0 ? random.below(12) : 0));
      }
      for (const int32_t bound : {0, 1, 6}) {
        const auto out = run(file, s.inputs, bound, (bound * 3) & 7);
        (out ? taken : refused) += 1;
        if (out) {
          ASSERT_EQ(*out, s.outputs) << "seed " << seed << " change " << change << " bound " << bound;
        }
      }
    }
  }
  EXPECT_GT(taken, 500u);
  EXPECT_GT(refused, 500u);
}

}  // namespace
}  // namespace inlay::tools
