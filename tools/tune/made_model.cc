// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/made_model.h"

#include <cstring>

#include "tools/emit/emit.h"
#include "tools/inlay/handles.h"

namespace inlay::tools {
namespace {

constexpr int32_t kSide = 14, kChannels = 64, kWindow = 3;

std::vector<std::max_align_t> words_for(size_t bytes) { return std::vector<std::max_align_t>(bytes / sizeof(std::max_align_t) + 4); }

int32_t add_values(Graph* g, int32_t values) {
  Tensor t;
  t.name = "t" + std::to_string(g->tensors.size());
  t.shape = {1, values};
  return g->add(std::move(t));
}

void add_node(Graph* g, uint16_t kind, std::vector<int32_t> inputs, int32_t output) {
  Node n;
  n.kind = kind;
  if (kind == INLAY_OP_RELU) n.activation = INLAY_ACT_RELU;
  n.inputs = std::move(inputs);
  n.outputs = {output};
  g->nodes.push_back(std::move(n));
}

int32_t add_constant(Graph* g, inlay_dtype dtype, std::vector<int32_t> shape, size_t bytes, Quant quant) {
  Bytes data(bytes);
  for (size_t i = 0; i < bytes && dtype == INLAY_INT8; ++i) data[i] = static_cast<uint8_t>(i * 37 % 251);
  for (size_t i = 0; i + sizeof(float) <= bytes && dtype == INLAY_FLOAT32; i += sizeof(float)) {
    const float value = static_cast<float>(i % 61) / 64 - 0.5f;
    std::memcpy(data.data() + i, &value, sizeof(value));
  }
  Tensor t;
  t.name = "c" + std::to_string(g->tensors.size());
  t.dtype = dtype;
  t.shape = std::move(shape);
  t.quant = std::move(quant);
  t.data = std::make_shared<const Bytes>(std::move(data));
  return g->add(std::move(t));
}

}  // namespace

MadeModel::MadeModel(const Model& model) {
  const Bytes bytes = emit_inlay(model);
  file_ = words_for(bytes.size());
  std::memcpy(file_.data(), bytes.data(), bytes.size());
  size_t need = 0;
  inlay_error error{};
  check(inlay_model_measure(file_.data(), bytes.size(), nullptr, &need, &error), error, "a model to measure with");
  tables_ = words_for(need);
  check(inlay_model_init(file_.data(), bytes.size(), nullptr, {tables_.data(), need}, &model_, &error), error, "a model to measure with");
}

Model sum_model(int32_t ins, int32_t values) {
  Model model;
  Graph& g = model.graphs.emplace_back();
  for (int32_t i = 0; i < ins; ++i) g.inputs.push_back(add_values(&g, values));
  int32_t sum = g.inputs[0];
  for (int32_t i = 1; i < ins; ++i) {
    const int32_t next = add_values(&g, values);
    add_node(&g, INLAY_OP_ADD, {sum, g.inputs[static_cast<size_t>(i)]}, next);
    sum = next;
  }
  g.outputs = g.inputs;
  g.outputs.push_back(sum);
  return model;
}

Model chain_model(int32_t ops, int32_t values) {
  Model model;
  Graph& g = model.graphs.emplace_back();
  int32_t last = add_values(&g, values);
  g.inputs = {last};
  for (int32_t i = 0; i < ops; ++i) {
    const int32_t next = add_values(&g, values);
    add_node(&g, INLAY_OP_RELU, {last}, next);
    last = next;
  }
  g.outputs = {g.inputs[0], last};
  return model;
}

Model fan_model(int32_t outs, int32_t values) {
  Model model;
  Graph& g = model.graphs.emplace_back();
  g.inputs = {add_values(&g, values)};
  g.outputs = g.inputs;
  for (int32_t i = 0; i < outs; ++i) {
    g.outputs.push_back(add_values(&g, values));
    add_node(&g, INLAY_OP_RELU, {g.inputs[0]}, g.outputs.back());
  }
  return model;
}

Model conv_model(bool depthwise, bool floats) {
  Model model;
  Graph& g = model.graphs.emplace_back();
  const inlay_dtype dtype = floats ? INLAY_FLOAT32 : INLAY_INT8;
  const auto map = [&](const char* name) {
    Tensor t;
    t.name = name;
    t.dtype = dtype;
    t.shape = {1, kSide, kSide, kChannels};
    if (!floats) t.quant = {{0.05f}, {3}, 0};
    return g.add(std::move(t));
  };
  g.inputs = {map("in")};
  g.outputs = {map("out")};
  const int32_t outer = depthwise ? 1 : kChannels;
  const size_t weights = static_cast<size_t>(outer) * kWindow * kWindow * kChannels, each = floats ? sizeof(float) : 1;
  Quant scales, products;
  if (!floats) {
    scales = {std::vector<float>(kChannels, 0.01f), std::vector<int32_t>(kChannels, 0), depthwise ? 3 : 0};
    products = {std::vector<float>(kChannels, 0.0005f), std::vector<int32_t>(kChannels, 0), 0};
  }
  const int32_t filter = add_constant(&g, dtype, {outer, kWindow, kWindow, kChannels}, weights * each, std::move(scales));
  const int32_t bias = add_constant(&g, floats ? INLAY_FLOAT32 : INLAY_INT32, {kChannels}, kChannels * sizeof(float), std::move(products));
  add_node(&g, depthwise ? INLAY_OP_DEPTHWISE_CONV_2D : INLAY_OP_CONV_2D, {g.inputs[0], filter, bias}, g.outputs[0]);
  inlay_window window = {};
  window.stride_h = window.stride_w = window.dilation_h = window.dilation_w = 1;
  window.pad_top = window.pad_bottom = window.pad_left = window.pad_right = kWindow / 2;
  window.filter_h = window.filter_w = kWindow;
  window.groups = depthwise ? 0 : 1;
  g.nodes.back().params = window;
  return model;
}

}  // namespace inlay::tools
