// SPDX-License-Identifier: Apache-2.0
// Small int8 networks for tests of splits, and their answers on any devices.
#pragma once
#include <gtest/gtest.h>

#include <random>

#include "inlay/backend.h"
#include "tools/emit/emit.h"
#include "tools/graph/aligned.h"
#include "tools/graph/op_call.h"
#include "tools/graph/uses.h"
#include "tools/inlay/handles.h"
#include "tools/tune/random_input.h"

namespace inlay::tools {

struct WindowSpec {
  int32_t filter = 3, stride = 1, dilation = 1;
  bool same = true;
};

/// Appends int8 layers with random weights; each returns its output.
class Net {
 public:
  explicit Net(uint32_t seed) : random_(seed) { model_.graphs.emplace_back(); }

  int32_t pick(int32_t low, int32_t high) { return std::uniform_int_distribution<int32_t>(low, high)(random_); }
  Graph& graph() { return model_.graphs[0]; }
  const std::vector<int32_t>& shape(int32_t t) { return tensor_at(graph(), t).shape; }

  int32_t input(std::vector<int32_t> dims) {
    graph().inputs.push_back(activation(std::move(dims)));
    return graph().inputs.back();
  }
  int32_t conv(int32_t in, int32_t channels, WindowSpec w = {}, uint8_t act = INLAY_ACT_RELU) {
    const std::vector<int32_t> weights = {channels, w.filter, w.filter, shape(in)[3]};
    return then(INLAY_OP_CONV_2D, {in, constant(weights, 0), bias(channels)}, window(in, w, 1), act);
  }
  int32_t depthwise(int32_t in, WindowSpec w = {}) {
    const int32_t channels = shape(in)[3];
    return then(INLAY_OP_DEPTHWISE_CONV_2D, {in, constant({1, w.filter, w.filter, channels}, 3), bias(channels)}, window(in, w, 0));
  }
  int32_t pool(int32_t in, uint16_t kind, WindowSpec w = {}) { return then(kind, {in}, window(in, w, 0), INLAY_ACT_NONE, true); }
  int32_t add(int32_t a, int32_t b) { return then(INLAY_OP_ADD, {a, b}, {}, INLAY_ACT_RELU); }
  int32_t unary(int32_t in, uint16_t kind) { return then(kind, {in}, {}, kind == INLAY_OP_RELU ? INLAY_ACT_RELU : INLAY_ACT_NONE); }
  int32_t softmax(int32_t in) { return then(INLAY_OP_SOFTMAX, {in}, inlay_scalars{1, 0, 0, 0}); }
  int32_t pad(int32_t in, int32_t before, int32_t after) {
    inlay_pad p = {};
    p.before[1] = before, p.after[1] = after, p.before[2] = 1;
    p.value = tensor_at(graph(), in).quant.zero_points[0];
    return then(INLAY_OP_PAD, {in}, p, INLAY_ACT_NONE, true);
  }
  int32_t join(int32_t a, int32_t b, int32_t axis) { return then(INLAY_OP_CONCATENATION, {a, b}, inlay_axis{axis, 0, 0}); }
  int32_t reshape(int32_t in, std::vector<int32_t> dims) {
    inlay_dims d = {};
    for (const int32_t dim : dims) d.dims[d.rank++] = dim;
    return then(INLAY_OP_RESHAPE, {in}, d, INLAY_ACT_NONE, true);
  }
  int32_t dense(int32_t in, int32_t features) {
    const std::vector<int32_t> weights = {features, shape(in).back()};
    return then(INLAY_OP_FULLY_CONNECTED, {in, constant(weights, 0), bias(features)}, inlay_matmul{0, 0, 0});
  }
  /// `spec`: 0 plain, 1 align corners, 2 half pixels.
  int32_t resize(int32_t in, uint16_t kind, int32_t height, int32_t width, int32_t spec) {
    Tensor t;
    t.name = "size" + std::to_string(graph().tensors.size());
    t.dtype = INLAY_INT32;
    t.shape = {2};
    Bytes bytes(8);
    std::memcpy(bytes.data(), &height, 4);
    std::memcpy(bytes.data() + 4, &width, 4);
    t.data = std::make_shared<const Bytes>(std::move(bytes));
    return then(kind, {in, graph().add(std::move(t))}, inlay_resize{spec == 1, spec == 2}, INLAY_ACT_NONE, true);
  }
  int32_t transpose_conv(int32_t in, int32_t channels, int32_t filter, int32_t stride, int32_t before, int32_t after) {
    const std::vector<int32_t> weights = {channels, filter, filter, shape(in)[3]};
    const inlay_window w = {stride, stride, 1, 1, before, after, 0, 0, filter, filter, 1};
    return then(INLAY_OP_TRANSPOSE_CONV, {in, constant(weights, 0), bias(channels)}, w);
  }
  int32_t reduce(int32_t in, uint16_t kind, int32_t mask, bool keep) { return then(kind, {in}, inlay_axes{mask, keep}, INLAY_ACT_NONE, true); }
  /// Every `stride`th of some rows.
  int32_t slice(int32_t in, int32_t begin, int32_t rows, int32_t stride) {
    inlay_slice s = {};
    for (size_t d = 0; d < shape(in).size(); ++d) s.size[d] = shape(in)[d], s.stride[d] = 1;
    s.begin[1] = begin, s.size[1] = rows, s.stride[1] = stride;
    return then(INLAY_OP_SLICE, {in}, s, INLAY_ACT_NONE, true);
  }
  int32_t transpose(int32_t in, const std::vector<int32_t>& order) {
    inlay_dims d = {};
    for (const int32_t from : order) d.dims[d.rank++] = from;
    return then(INLAY_OP_TRANSPOSE, {in}, d, INLAY_ACT_NONE, true);
  }
  int32_t blocks(int32_t in, uint16_t kind, int32_t size) {
    return then(kind, {in}, inlay_block_params{size, size, 0, 0, 0, 0}, INLAY_ACT_NONE, true);
  }
  int32_t matmul(int32_t a, int32_t b) { return then(INLAY_OP_BATCH_MATMUL, {a, b}, inlay_matmul{0, 1, 0}); }

  int32_t last_node() { return static_cast<int32_t>(graph().nodes.size()) - 1; }
  Model finish(std::vector<int32_t> outputs) {
    graph().outputs = std::move(outputs);
    return model_;
  }

 private:
  int32_t activation(std::vector<int32_t> dims) {
    Tensor t;
    t.name = "t" + std::to_string(graph().tensors.size());
    t.shape = std::move(dims);
    t.dtype = INLAY_INT8;
    t.quant.scales = {0.04f + 0.01f * static_cast<float>(pick(0, 3))};
    t.quant.zero_points = {pick(-9, 9)};
    return graph().add(std::move(t));
  }
  /// int8 weights, a scale for each index of `axis`.
  int32_t constant(std::vector<int32_t> dims, int32_t axis) {
    Tensor t;
    t.name = "w" + std::to_string(graph().tensors.size());
    t.dtype = INLAY_INT8;
    size_t count = 1;
    for (const int32_t dim : dims) count *= static_cast<size_t>(dim);
    Bytes bytes(count);
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(static_cast<int8_t>(pick(-127, 127)));
    t.data = std::make_shared<const Bytes>(std::move(bytes));
    for (int32_t i = 0; i < dims[static_cast<size_t>(axis)]; ++i) {
      t.quant.scales.push_back(0.002f + 0.001f * static_cast<float>(pick(0, 4)));
      t.quant.zero_points.push_back(0);
    }
    t.quant.axis = axis;
    t.shape = std::move(dims);
    return graph().add(std::move(t));
  }
  int32_t bias(int32_t channels) {
    Tensor t;
    t.name = "b" + std::to_string(graph().tensors.size());
    t.dtype = INLAY_INT32;
    t.shape = {channels};
    Bytes bytes(static_cast<size_t>(channels) * 4);
    for (size_t i = 0; i < bytes.size(); i += 4) {
      const int32_t value = pick(-2000, 2000);
      std::memcpy(bytes.data() + i, &value, 4);
    }
    t.data = std::make_shared<const Bytes>(std::move(bytes));
    return graph().add(std::move(t));
  }
  inlay_window window(int32_t in, const WindowSpec& w, int32_t groups) {
    const int32_t reach = (w.filter - 1) * w.dilation + 1;
    const auto total = [&](int32_t size) {
      return w.same ? std::max(((size + w.stride - 1) / w.stride - 1) * w.stride + reach - size, 0) : 0;
    };
    const int32_t h = total(shape(in)[1]), v = total(shape(in)[2]);
    return {w.stride, w.stride, w.dilation, w.dilation, h / 2, h - h / 2, v / 2, v - v / 2, w.filter, w.filter, groups};
  }
  int32_t then(uint16_t kind, std::vector<int32_t> inputs, Params params = {}, uint8_t act = INLAY_ACT_NONE, bool same_quant = false) {
    Node n;
    n.kind = kind;
    n.outputs = {activation({})};
    if (kind == INLAY_OP_SOFTMAX) graph().tensors.back().quant = {{1.0f / 256}, {-128}, 0};
    if (same_quant) graph().tensors.back().quant = tensor_at(graph(), inputs[0]).quant;
    n.name = "op" + std::to_string(graph().nodes.size());
    n.inputs = std::move(inputs);
    n.params = std::move(params);
    n.activation = act;
    infer_shapes(graph(), n);
    graph().nodes.push_back(n);
    return n.outputs[0];
  }

  Model model_;
  std::mt19937 random_;
};

/// A residual network of 11 convolutions, two of them with strides.
inline Model conv_heavy(int32_t size = 56) {
  Net net(1);
  int32_t x = net.conv(net.input({1, size, size, 3}), 16);
  for (int32_t stage = 0; stage < 3; ++stage) {
    if (stage > 0) x = net.conv(x, net.shape(x)[3] * 2, {3, 2, 1, true});
    const int32_t channels = net.shape(x)[3];
    x = net.add(x, net.conv(net.conv(x, channels), channels, {3, 1, 1, true}, INLAY_ACT_NONE));
  }
  x = net.pool(x, INLAY_OP_AVERAGE_POOL_2D, {net.shape(x)[1], 1, 1, false});
  x = net.dense(net.reshape(x, {1, net.shape(x)[3]}), 10);
  return net.finish({net.softmax(x)});
}

/// A model as a file in memory.
class OpenedModel {
 public:
  explicit OpenedModel(const Model& model, const std::vector<Placement>& placements = {})
      : bytes_(emit_inlay(model, placements)), file_(bytes_) {
    size_t need = 0;
    inlay_error error = {};
    check(inlay_model_measure(file_.data(), bytes_.size(), nullptr, &need, &error), error, "measuring");
    memory_ = Aligned(need);
    check(inlay_model_init(file_.data(), bytes_.size(), nullptr, {memory_.data(), need}, &model_, &error), error, "opening");
  }
  OpenedModel(const OpenedModel&) = delete;
  OpenedModel& operator=(const OpenedModel&) = delete;
  const inlay_model* get() const { return model_; }

 private:
  Bytes bytes_;
  Aligned file_, memory_;
  inlay_model* model_ = nullptr;
};

/// The outputs of a run on pseudo-random inputs, one behind the other.
inline Bytes answers(const inlay_model* model, const std::vector<inlay_device>& devices, const std::vector<int32_t>& placement,
                     int32_t seed) {
  const SessionPtr session = make_session(model, devices, {1, false, 0, placement, nullptr, "none"});
  for (int32_t i = 0; i < inlay_model_input_count(model); ++i) {
    const Bytes values = random_input(input_info(model, i), seed + i);
    std::memcpy(inlay_session_input(session.get(), i), values.data(), values.size());
  }
  run_session(session.get());
  Bytes out;
  for (int32_t i = 0; i < inlay_model_output_count(model); ++i) {
    const auto* from = static_cast<const uint8_t*>(inlay_session_output(session.get(), i));
    out.insert(out.end(), from, from + output_info(model, i).bytes);
  }
  return out;
}

}  // namespace inlay::tools
