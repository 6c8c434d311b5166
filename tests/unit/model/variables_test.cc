// SPDX-License-Identifier: Apache-2.0
// Variables in hostile or odd models: what the reader refuses, and that a graph called for its effect alone runs.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "inlay/backend.h"
#include "inlay/op.h"
#include "tools/emit/emit.h"

namespace inlay::tools {
namespace {

/// A tensor; `variable` below 0: an activation.
int32_t add(Graph& g, inlay_dtype dtype, std::vector<int32_t> shape, int32_t variable = -1) {
  Tensor t;
  t.name = "t" + std::to_string(g.tensors.size());
  t.dtype = dtype;
  t.shape = std::move(shape);
  t.is_variable = variable >= 0;
  t.variable = variable;
  return g.add(t);
}

void node(Graph& g, uint16_t kind, std::vector<int32_t> inputs, std::vector<int32_t> outputs, Params params = {}) {
  Node n;
  n.kind = kind;
  n.inputs = std::move(inputs);
  n.outputs = std::move(outputs);
  n.params = std::move(params);
  g.nodes.push_back(n);
}

/// A model on memory of its own, and one session of it.
class Loaded {
 public:
  explicit Loaded(const std::vector<Graph>& graphs) {
    Model m;
    m.graphs = graphs;
    const Bytes bytes = emit_inlay(m);
    file_.resize(bytes.size() / sizeof(Unit) + 1);
    std::memcpy(file_.data(), bytes.data(), bytes.size());
    inlay_model_config skip = {};
    skip.struct_size = sizeof(skip);
    size_t need = 0;
    status = inlay_model_measure(file_.data(), bytes.size(), &skip, &need, &error_);
    if (status == INLAY_OK) status = inlay_model_init(file_.data(), bytes.size(), &skip, block(0, need), &model, &error_);
    if (status == INLAY_OK) open();
  }
  std::string message() const { return error_.text; }
  inlay_status run() { return inlay_session_run(session, &error_); }

  inlay_status status = INLAY_OK;
  inlay_model* model = nullptr;
  inlay_session* session = nullptr;

 private:
  struct alignas(64) Unit {
    uint8_t bytes[64];
  };

  void open() {
    config_.struct_size = sizeof(config_);
    config_.ops = inlay_default_ops();
    config_.devices = &device_;
    config_.device_count = 1;
    inlay_arena need = {};
    status = inlay_session_measure(model, &config_, &need, &error_);
    if (status != INLAY_OK) return;
    const inlay_arena arena = {block(1, need.persistent.bytes), block(2, need.planned.bytes), block(3, need.scratch.bytes)};
    status = inlay_session_init(model, &config_, &arena, &session, &error_);
  }
  inlay_block block(size_t i, size_t bytes) {
    memory_[i].resize(bytes / sizeof(Unit) + 1);
    return {memory_[i].data(), bytes};
  }

  std::vector<Unit> file_, memory_[4];
  inlay_device device_ = {&inlay_backend_builtin, 0};
  inlay_config config_ = {};
  inlay_error error_ = {};
};

/// What the reader says of a model, which emit_inlay shows it before it returns.
std::string refusal(const Graph& g) {
  Model m;
  m.graphs = {g};
  try {
    emit_inlay(m);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

constexpr const char* kShared = "uses it for something else, too";

TEST(Variables, AnOutputMayNotLieOverCheckedIndices) {
  Graph g;  // the first row that is written becomes the lengths of the rows behind it
  const int32_t in = add(g, INLAY_INT8, {2, 8}), lengths = add(g, INLAY_INT64, {2}, 0), out = add(g, INLAY_INT8, {2, 8}, 0);
  g.inputs = {in};
  g.outputs = {out};
  node(g, INLAY_OP_REVERSE_SEQUENCE, {in, lengths}, {out}, inlay_axis{1, 0, 0});
  EXPECT_NE(refusal(g).find(kShared), std::string::npos) << refusal(g);
}

TEST(Variables, TwoOutputsMayNotBeOne) {
  Graph g;
  const int32_t in = add(g, INLAY_FLOAT32, {4}), values = add(g, INLAY_FLOAT32, {4}, 0), places = add(g, INLAY_INT32, {4}, 0);
  g.inputs = {in};
  g.outputs = {places};
  node(g, INLAY_OP_TOPK_V2, {in}, {values, places}, inlay_dims{1, {4}});
  EXPECT_NE(refusal(g).find(kShared), std::string::npos) << refusal(g);
}

TEST(Variables, AGraphCalledForItsEffectAloneRuns) {
  Graph main, write, nothing;
  const int32_t condition = add(main, INLAY_BOOL, {}), value = add(main, INLAY_FLOAT32, {2});
  const int32_t state = add(main, INLAY_FLOAT32, {2}, 0), seen = add(main, INLAY_FLOAT32, {2});
  main.inputs = {condition, value};
  main.outputs = {seen};
  node(main, INLAY_OP_IF, {condition, value}, {}, inlay_graphs{1, 2});
  node(main, INLAY_OP_COPY, {state}, {seen});
  const int32_t given = add(write, INLAY_FLOAT32, {2}), kept = add(write, INLAY_FLOAT32, {2}, 0);
  write.inputs = {given};
  node(write, INLAY_OP_COPY, {given}, {kept});
  nothing.inputs = {add(nothing, INLAY_FLOAT32, {2})};
  Loaded loaded({main, write, nothing});
  ASSERT_EQ(loaded.status, INLAY_OK) << loaded.message();
  auto* yes = static_cast<uint8_t*>(inlay_session_input(loaded.session, 0));
  auto* numbers = static_cast<float*>(inlay_session_input(loaded.session, 1));
  const auto run = [&](bool condition_value, float number) {
    *yes = condition_value ? 1 : 0;
    numbers[0] = numbers[1] = number;
    EXPECT_EQ(loaded.run(), INLAY_OK) << loaded.message();
    return static_cast<const float*>(inlay_session_output(loaded.session, 0))[1];
  };
  EXPECT_EQ(run(false, 3.0f), 0.0f);
  EXPECT_EQ(run(true, 5.0f), 5.0f);
  EXPECT_EQ(run(false, 7.0f), 5.0f);
}

TEST(Run, FailingOpsSaySo) {
  Graph g;
  const int32_t a = add(g, INLAY_INT32, {2}), b = add(g, INLAY_INT32, {2}), out = add(g, INLAY_INT32, {2});
  g.inputs = {a, b};
  g.outputs = {out};
  node(g, INLAY_OP_DIV, {a, b}, {out});
  Loaded loaded({g});
  ASSERT_EQ(loaded.status, INLAY_OK) << loaded.message();
  std::memset(inlay_session_input(loaded.session, 0), 1, 8);
  std::memset(inlay_session_input(loaded.session, 1), 0, 8);
  EXPECT_EQ(loaded.run(), INLAY_STATUS_BACKEND_FAILED);
  EXPECT_NE(loaded.message().find("op 0"), std::string::npos) << loaded.message();
}

}  // namespace
}  // namespace inlay::tools
