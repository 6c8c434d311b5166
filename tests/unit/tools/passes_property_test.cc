// SPDX-License-Identifier: Apache-2.0
// Random small graphs give the same answers before and after the passes, run after run (they may keep state).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

#include "inlay/inlay.h"
#include "tools/emit/emit.h"
#include "tools/graph/aligned.h"
#include "tools/graph/op_call.h"
#include "tools/graph/passes.h"

namespace inlay::tools {
namespace {

/// Builds one graph of 4-dim tensors, float or int8, with every rewrite's pattern likely somewhere.
class Maker {
 public:
  explicit Maker(uint32_t seed) : random_(seed), quantized_(seed % 2 == 1) {}

  Model make() {
    const int32_t inputs = pick(1, 2);
    for (int32_t i = 0; i < inputs; ++i) {
      graph_.inputs.push_back(add("in", {1, pick(1, 4), pick(1, 4), 2}));
      values_.push_back(graph_.inputs.back());
    }
    const int32_t steps = pick(4, 14);
    for (int32_t i = 0; i < steps; ++i) step();
    graph_.outputs.push_back(values_.back());
    for (int32_t i = pick(0, 2); i > 0; --i) graph_.outputs.push_back(any());
    Model model;
    model.graphs.push_back(std::move(graph_));
    return model;
  }

 private:
  int32_t pick(int32_t low, int32_t high) { return std::uniform_int_distribution<int32_t>(low, high)(random_); }
  int32_t any() {
    return pick(0, 2) == 0 ? values_[static_cast<size_t>(pick(0, static_cast<int32_t>(values_.size()) - 1))] : values_.back();
  }
  const std::vector<int32_t>& shape(int32_t id) const { return graph_.tensors[static_cast<size_t>(id)].shape; }

  int32_t add(const char* name, std::vector<int32_t> dims = {}) {
    Tensor t;
    t.name = name + std::to_string(graph_.tensors.size());
    t.shape = std::move(dims);
    if (quantized_) {
      t.dtype = INLAY_INT8;
      t.quant.scales = {pick(0, 3) == 0 ? 0.06f : 0.05f};
      t.quant.zero_points = {pick(0, 3) == 0 ? -3 : 4};
    }
    return graph_.add(std::move(t));
  }
  int32_t constant(std::vector<int32_t> dims) {
    size_t count = 1;
    for (const int32_t dim : dims) count *= static_cast<size_t>(dim);
    for (const int32_t id : constants_) {  // shared ones now and then
      if (shape(id) == dims && pick(0, 1) == 0) return id;
    }
    Bytes bytes(count * sizeof(float));
    for (size_t i = 0; i < count; ++i) {
      const float value = static_cast<float>(pick(-8, 8)) / 8.0f;
      std::memcpy(bytes.data() + i * sizeof(float), &value, sizeof(float));
    }
    Tensor t;
    t.name = "c" + std::to_string(graph_.tensors.size());
    t.shape = std::move(dims);
    t.data = std::make_shared<const Bytes>(std::move(bytes));
    constants_.push_back(graph_.add(std::move(t)));
    return constants_.back();
  }

  /// Adds the node if its op takes it; the output has the quantization of input 0 where the op asks for that.
  void then(uint16_t kind, std::vector<int32_t> inputs, Params params = {}, uint8_t activation = INLAY_ACT_NONE,
            bool same_quant = true) {
    Node n;
    n.kind = kind;
    n.outputs = {add("t")};
    Tensor& out = graph_.tensors.back();
    const Tensor& in = graph_.tensors[static_cast<size_t>(inputs[0])];
    if (same_quant || pick(0, 1) == 0) out.quant = in.quant;
    n.name = out.name;
    n.inputs = std::move(inputs);
    n.params = std::move(params);
    n.activation = activation;
    try {
      infer_shapes(graph_, n);
    } catch (const Error&) {
      graph_.tensors.pop_back();
      return;
    }
    size_t elements = 1;
    for (const int32_t dim : graph_.tensors.back().shape) elements *= static_cast<size_t>(dim);
    if (elements == 0 || elements > 4000) {
      graph_.tensors.pop_back();
      return;
    }
    values_.push_back(n.outputs[0]);
    graph_.nodes.push_back(std::move(n));
  }

  void step() {
    const int32_t in = any();
    const std::vector<int32_t> dims = shape(in);
    switch (pick(0, 13)) {
      case 0:
        return then(INLAY_OP_RELU, {in}, {},
                    static_cast<uint8_t>(std::vector<int32_t>{1, 2, 3, 5}[static_cast<size_t>(pick(0, 3))]), false);
      case 1: return convolve(in, dims);
      case 2: return arithmetic(in, dims);
      case 3: return pad(in);
      case 4:
        return then(INLAY_OP_RESHAPE, {in},
                    pick(0, 1) == 0 ? inlay_dims{4, {dims[0], dims[1], dims[2], dims[3]}}
                                    : inlay_dims{4, {1, dims[1] * dims[2], dims[0], dims[3]}});
      case 5: return transpose(in);
      case 6: return slice(in, dims);
      case 7: return then(INLAY_OP_TILE, {in}, inlay_dims{4, {1, 1, pick(1, 2), 1}});
      case 8: return then(INLAY_OP_BROADCAST_TO, {in}, inlay_dims{4, {dims[0], dims[1], dims[2], dims[3]}});
      case 9: return quantized_ ? then(INLAY_OP_QUANTIZE, {in}, {}, INLAY_ACT_NONE, false) : then(INLAY_OP_LOGISTIC, {in});
      case 10: return state(in);
      case 11: return convolve(in, dims);
      case 12: return arithmetic(in, dims);
      default: return then(INLAY_OP_CONCATENATION, {in, in}, inlay_axis{pick(1, 3), 0, 0});
    }
  }
  void pad(int32_t in) {
    inlay_pad p = {};
    for (const int32_t d : {1, 2}) p.before[d] = pick(0, 1), p.after[d] = pick(0, 2);
    p.after[3] = pick(0, 4) == 0 ? 1 : 0;
    if (quantized_) p.value = pick(0, 3) == 0 ? 0 : graph_.tensors[static_cast<size_t>(in)].quant.zero_points[0];
    then(INLAY_OP_PAD, {in}, p);
    if (pick(0, 1) == 0) convolve(values_.back(), shape(values_.back()));
  }
  void transpose(int32_t in) {
    std::vector<int32_t> order = {0, 1, 2, 3};
    std::shuffle(order.begin(), order.end(), random_);
    then(INLAY_OP_TRANSPOSE, {in}, inlay_dims{4, {order[0], order[1], order[2], order[3]}});
  }
  void slice(int32_t in, const std::vector<int32_t>& dims) {
    inlay_slice s = {};
    for (size_t d = 0; d < 4; ++d) s.size[d] = dims[d], s.stride[d] = 1;
    if (pick(0, 2) == 0) s.begin[1] = dims[1] - 1, s.stride[1] = -1;
    if (pick(0, 2) == 0 && dims[2] > 1) s.size[2] = dims[2] - 1, s.begin[2] = pick(0, 1);
    then(INLAY_OP_SLICE, {in}, s);
  }
  void convolve(int32_t in, const std::vector<int32_t> dims) {
    if (quantized_) {
      inlay_window w = {1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0};
      return then(INLAY_OP_MAX_POOL_2D, {in}, w);
    }
    const bool depthwise = pick(0, 1) == 0;
    const int32_t size = pick(1, 2);
    inlay_window w = {pick(1, 2), 1, 1, 1, pick(0, 1), 0, 0, pick(0, 1), size, size, depthwise ? 0 : 1};
    const int32_t weights = depthwise ? constant({1, size, size, dims[3]}) : constant({2, size, size, dims[3]});
    std::vector<int32_t> inputs = {in, weights};
    if (pick(0, 1) == 0) inputs.push_back(constant({depthwise ? dims[3] : 2}));
    then(depthwise ? INLAY_OP_DEPTHWISE_CONV_2D : INLAY_OP_CONV_2D, inputs, w,
         static_cast<uint8_t>(pick(0, 3) == 0 ? INLAY_ACT_RELU6 : INLAY_ACT_NONE));
    for (int32_t i = pick(0, 3); i > 0; --i) arithmetic(values_.back(), shape(values_.back()));
  }
  void arithmetic(int32_t in, const std::vector<int32_t> dims) {
    const auto activation = static_cast<uint8_t>(pick(0, 4) == 0 ? pick(1, 3) : 0);
    if (quantized_) return then(INLAY_OP_ADD, {in, in}, {}, activation, false);
    const std::vector<std::vector<int32_t>> shapes = {{dims[3]}, {1, 1, dims[3]}, {1, 1, 1, dims[3]}, {1}, {dims[2], 1}};
    const int32_t other = pick(0, 4) == 0 ? in : constant(shapes[static_cast<size_t>(pick(0, 4))]);
    const std::vector<uint16_t> kinds = {INLAY_OP_ADD, INLAY_OP_MUL, INLAY_OP_SUB, INLAY_OP_MUL, INLAY_OP_ADD};
    const uint16_t kind = kinds[static_cast<size_t>(pick(0, 4))];
    pick(0, 1) == 0 ? then(kind, {in, other}, {}, activation) : then(kind, {other, in}, {}, activation);
  }
  /// A read of the variable, or a write of a value of its shape, through COPY as importers put them.
  void state(int32_t in) {
    const int32_t variable = pick(0, 1);
    auto& id = variables_[variable];
    if (id < 0) {
      Tensor t = graph_.tensors[static_cast<size_t>(in)];
      t.name = "state" + std::to_string(variable);
      t.is_variable = true;
      t.variable = variable;
      id = graph_.add(std::move(t));
    }
    if (pick(0, 1) == 0) return then(INLAY_OP_COPY, {id});
    const Tensor &value = graph_.tensors[static_cast<size_t>(in)], &state = graph_.tensors[static_cast<size_t>(id)];
    if (value.shape != state.shape || value.quant.scales != state.quant.scales ||
        value.quant.zero_points != state.quant.zero_points)
      return;
    Node n;
    n.kind = INLAY_OP_COPY;
    n.inputs = {in};
    n.outputs = {id};
    n.name = "assign";
    graph_.nodes.push_back(n);
  }

  std::mt19937 random_;
  bool quantized_;
  Graph graph_;
  std::vector<int32_t> values_, constants_;
  int32_t variables_[2] = {-1, -1};
};

/// The outputs of three runs on inputs that `seed` decides.
std::vector<Bytes> answers(const Model& model, uint32_t seed) {
  const Bytes written = emit_inlay(model);
  Aligned file(written);
  size_t need = 0;
  inlay_error error = {};
  EXPECT_EQ(inlay_model_measure(file.data(), written.size(), nullptr, &need, &error), INLAY_OK) << error.text;
  Aligned memory(need);
  inlay_model* opened = nullptr;
  inlay_session* session = nullptr;
  EXPECT_EQ(inlay_model_init(file.data(), written.size(), nullptr, {memory.data(), need}, &opened, &error), INLAY_OK) << error.text;
  EXPECT_EQ(inlay_session_create(opened, nullptr, &session, &error), INLAY_OK) << error.text;
  std::vector<Bytes> results;
  if (session == nullptr) return results;
  std::mt19937 random(seed);
  for (int run = 0; run < 3; ++run) {
    for (int32_t i = 0; i < inlay_model_input_count(opened); ++i) {
      inlay_tensor_info info = {};
      EXPECT_EQ(inlay_model_input_info(opened, i, &info), INLAY_OK);
      auto* to = static_cast<uint8_t*>(inlay_session_input(session, i));
      for (size_t k = 0; k < info.bytes; k += info.dtype == INLAY_FLOAT32 ? 4 : 1) {
        const float value = static_cast<float>(static_cast<int32_t>(random() % 33) - 16) / 8.0f;
        if (info.dtype == INLAY_FLOAT32)
          std::memcpy(to + k, &value, 4);
        else
          to[k] = static_cast<uint8_t>(random());
      }
    }
    EXPECT_EQ(inlay_session_run(session, &error), INLAY_OK) << error.text;
    for (int32_t i = 0; i < inlay_model_output_count(opened); ++i) {
      inlay_tensor_info info = {};
      EXPECT_EQ(inlay_model_output_info(opened, i, &info), INLAY_OK);
      const auto* from = static_cast<const uint8_t*>(inlay_session_output(session, i));
      results.emplace_back(from, from + info.bytes);
    }
  }
  inlay_session_destroy(session);
  return results;
}

float largest_difference(const Bytes& a, const Bytes& b, float* largest) {
  float difference = 0;
  for (size_t i = 0; i + 4 <= a.size(); i += 4) {
    float x = 0, y = 0;
    std::memcpy(&x, a.data() + i, 4);
    std::memcpy(&y, b.data() + i, 4);
    *largest = std::max(*largest, std::abs(x));
    difference = std::max(difference, std::abs(x - y));
  }
  return difference;
}

TEST(PassesProperty, AnswersStay) {
  size_t before = 0, after = 0;
  for (uint32_t seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Model plain = Maker(seed).make();
    Model optimized = plain;
    optimize(optimized);
    before += plain.graphs[0].nodes.size();
    after += optimized.graphs[0].nodes.size();
    ASSERT_EQ(optimized.graphs[0].inputs.size(), plain.graphs[0].inputs.size());
    const std::vector<Bytes> want = answers(plain, seed), got = answers(optimized, seed);
    ASSERT_EQ(want.size(), got.size());
    for (size_t i = 0; i < want.size(); ++i) {
      ASSERT_EQ(want[i].size(), got[i].size());
      float largest = 0;
      if (seed % 2 == 1)
        ASSERT_EQ(want[i], got[i]) << "result " << i;
      else
        ASSERT_LE(largest_difference(want[i], got[i], &largest), 1e-5f * std::max(largest, 1.0f)) << "result " << i;
    }
  }
  EXPECT_LT(after * 4, before * 3) << "the graphs made give the passes nothing to do";
}

}  // namespace
}  // namespace inlay::tools
