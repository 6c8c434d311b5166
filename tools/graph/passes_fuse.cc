// SPDX-License-Identifier: Apache-2.0
// Nodes that move into a neighbour: activations and biases into the producer, paddings into the consumer.
#include <algorithm>
#include <cstring>

#include "core/tensor.h"
#include "tools/graph/passes.h"
#include "tools/graph/uses.h"

namespace inlay::tools {
namespace {

bool is_conv(const Node& node) { return node.kind == INLAY_OP_CONV_2D || node.kind == INLAY_OP_DEPTHWISE_CONV_2D; }

bool takes_activation(const Node& node) {
  switch (node.kind) {
    case INLAY_OP_CONV_2D:
    case INLAY_OP_DEPTHWISE_CONV_2D:
    case INLAY_OP_FULLY_CONNECTED:
    case INLAY_OP_ADD:
    case INLAY_OP_SUB:
    case INLAY_OP_MUL:
    case INLAY_OP_DIV:
    case INLAY_OP_AVERAGE_POOL_2D:
    case INLAY_OP_MAX_POOL_2D: return true;
    default: return false;
  }
}

/// The node that alone feeds input `i` of `node`, NULL when there is none, others read it too, or the next run does (a variable).
Node* lone_producer(Graph& graph, const Uses& uses, const Node& node, size_t i) {
  if (i >= node.inputs.size() || node.inputs[i] < 0 || !uses.single(node.inputs[i])) return nullptr;
  const int32_t index = uses.producer(node.inputs[i]);
  if (index < 0 || tensor_at(graph, node.inputs[i]).is_variable) return nullptr;
  Node* found = &graph.nodes[static_cast<size_t>(index)];
  return found->outputs.size() == 1 && found->kind != INLAY_OP_NONE ? found : nullptr;
}

/// `producer` takes over the output of `node`, which goes.
void take_output(Node* producer, Node* node) {
  producer->outputs = node->outputs;
  node->kind = INLAY_OP_NONE;
  node->inputs.clear();
  node->outputs.clear();
}

bool fuse_activation(Graph& graph, const Uses& uses, Node* node) {
  if (node->kind != INLAY_OP_RELU || node->outputs.size() != 1) return false;
  if (node->activation == INLAY_ACT_RELU_0_TO_1) return false;  // no other op takes it
  Node* producer = lone_producer(graph, uses, *node, 0);
  if (producer == nullptr || !takes_activation(*producer) || producer->activation != INLAY_ACT_NONE) return false;
  const Tensor& before = tensor_at(graph, node->inputs[0]);
  const Tensor& after = tensor_at(graph, node->outputs[0]);
  // With another output scale the answers would be rounded once where they were rounded twice.
  if (!same_meaning(before, after) || before.shape != after.shape) return false;
  producer->activation = node->activation;
  take_output(producer, node);
  return true;
}

/// `t` holds one float per channel, the channels being the last dim of an output of `rank` dims.
bool is_channel_vector(const Tensor& t, int32_t channels, size_t rank) {
  if (!t.is_constant() || t.dtype != INLAY_FLOAT32 || t.shape.empty() || t.shape.size() > rank || t.shape.back() != channels) return false;
  return std::all_of(t.shape.begin(), t.shape.end() - 1, [](int32_t dim) { return dim == 1; });
}

Bytes floats_to_bytes(const std::vector<float>& values) {
  Bytes bytes(values.size() * sizeof(float));
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

std::vector<float> floats_of(const Tensor& t) {
  std::vector<float> values(t.data->size() / sizeof(float));
  if (!values.empty()) std::memcpy(values.data(), t.data->data(), values.size() * sizeof(float));
  return values;
}

Bytes sum_of(const Tensor& a, const Tensor& b) {
  std::vector<float> values = floats_of(a);
  const std::vector<float> more = floats_of(b);
  for (size_t i = 0; i < values.size() && i < more.size(); ++i) values[i] += more[i];
  return floats_to_bytes(values);
}

bool is_float_constant(const Graph& graph, int32_t id) {
  return id >= 0 && tensor_at(graph, id).is_constant() && tensor_at(graph, id).dtype == INLAY_FLOAT32;
}

/// Floats only: a quantized sum rounds twice, a bias once.
bool fuse_bias(Graph& graph, const Uses& uses, Node* node) {
  if (node->kind != INLAY_OP_ADD || node->inputs.size() != 2 || node->outputs.size() != 1) return false;
  for (const size_t side : {size_t{0}, size_t{1}}) {
    Node* producer = lone_producer(graph, uses, *node, side);
    const int32_t addend = node->inputs[1 - side];
    if (producer == nullptr || addend < 0 || !(is_conv(*producer) || producer->kind == INLAY_OP_FULLY_CONNECTED)) continue;
    const bool has_bias = producer->inputs.size() > 2 && producer->inputs[2] >= 0;
    if (producer->inputs.size() < 2 || producer->activation != INLAY_ACT_NONE) continue;
    if (has_bias && !is_float_constant(graph, producer->inputs[2])) continue;
    if (node->activation == INLAY_ACT_TANH) continue;  // not a clamp: convolutions do not apply it
    const Tensor& sum = tensor_at(graph, node->outputs[0]);
    const Tensor& product = tensor_at(graph, node->inputs[side]);
    if (sum.dtype != INLAY_FLOAT32 || product.dtype != INLAY_FLOAT32 || sum.shape != product.shape || sum.shape.empty()) continue;
    Tensor bias = tensor_at(graph, addend);
    if (!is_channel_vector(bias, sum.shape.back(), sum.shape.size())) continue;
    bias.shape = {sum.shape.back()};
    if (has_bias) bias.data = std::make_shared<const Bytes>(sum_of(bias, tensor_at(graph, producer->inputs[2])));
    producer->inputs.resize(3, -1);
    producer->inputs[2] = graph.add(std::move(bias));
    producer->activation = node->activation;
    take_output(producer, node);
    return true;
  }
  return false;
}

/// Constant `id` with value i multiplied by factors[channel_of(i)], as a new tensor.
template <typename ChannelOf>
int32_t scaled(Graph& graph, int32_t id, const std::vector<float>& factors, ChannelOf channel_of) {
  Tensor t = tensor_at(graph, id);
  std::vector<float> values = floats_of(t);
  for (size_t i = 0; i < values.size(); ++i) values[i] *= factors[channel_of(i)];
  t.data = std::make_shared<const Bytes>(floats_to_bytes(values));
  return graph.add(std::move(t));
}

/// A product of float weights times a constant per channel: the weights and the bias take the factors over.
bool fuse_scale(Graph& graph, const Uses& uses, Node* node) {
  if (node->kind != INLAY_OP_MUL || node->inputs.size() != 2 || node->outputs.size() != 1) return false;
  if (node->activation == INLAY_ACT_TANH) return false;
  for (const size_t side : {size_t{0}, size_t{1}}) {
    Node* producer = lone_producer(graph, uses, *node, side);
    const int32_t factor = node->inputs[1 - side];
    if (producer == nullptr || !(is_conv(*producer) || producer->kind == INLAY_OP_FULLY_CONNECTED)) continue;
    if (producer->activation != INLAY_ACT_NONE || producer->inputs.size() < 2) continue;
    const bool has_bias = producer->inputs.size() > 2 && producer->inputs[2] >= 0;
    if (!is_float_constant(graph, factor) || !is_float_constant(graph, producer->inputs[1])) continue;
    if (uses.readers(producer->inputs[1]) != 1) continue;  // the others need the weights as they are: two copies would be stored
    if (has_bias && !is_float_constant(graph, producer->inputs[2])) continue;
    const Tensor& result = tensor_at(graph, node->outputs[0]);
    const Tensor& product = tensor_at(graph, node->inputs[side]);
    if (result.dtype != INLAY_FLOAT32 || product.dtype != INLAY_FLOAT32 || result.shape != product.shape || result.shape.empty()) continue;
    const int32_t channels = result.shape.back();
    const std::vector<int32_t>& filter = tensor_at(graph, producer->inputs[1]).shape;
    const bool last = producer->kind == INLAY_OP_DEPTHWISE_CONV_2D;  // the filter's dim of output channels
    if (channels < 1 || filter.empty() || (last ? filter.back() : filter.front()) != channels) continue;
    std::vector<float> factors = floats_of(tensor_at(graph, factor));
    if (factors.size() == 1) {
      factors.assign(static_cast<size_t>(channels), factors[0]);
    } else if (!is_channel_vector(tensor_at(graph, factor), channels, result.shape.size())) {
      continue;
    }
    const auto count = static_cast<size_t>(channels);
    const size_t each = tensor_at(graph, producer->inputs[1]).data->size() / sizeof(float) / count;
    if (each < 1) continue;
    producer->inputs[1] = scaled(graph, producer->inputs[1], factors, [=](size_t i) { return last ? i % count : i / each; });
    if (has_bias) producer->inputs[2] = scaled(graph, producer->inputs[2], factors, [](size_t i) { return i; });
    producer->activation = node->activation;
    take_output(producer, node);
    return true;
  }
  return false;
}

/// `pad` adds zeros, as a convolution's own padding does, around height and width alone.
bool pads_zeros_around(const inlay_pad& pad, const Tensor& in) {
  if (pad.mode != 0 || in.shape.size() != 4) return false;
  for (size_t i = 0; i < 4; ++i) {
    if (i != 1 && i != 2 && (pad.before[i] != 0 || pad.after[i] != 0)) return false;
    if (pad.before[i] < 0 || pad.after[i] < 0) return false;
  }
  if (in.dtype == INLAY_FLOAT32) return pad.value == 0;
  return is_quantized_dtype(in.dtype) && in.quant.zero_points.size() == 1 && pad.value == in.quant.zero_points[0];
}

bool fuse_pad(Graph& graph, const Uses& uses, Node* node) {
  if (!is_conv(*node) || !std::holds_alternative<inlay_window>(node->params)) return false;
  Node* producer = lone_producer(graph, uses, *node, 0);
  if (producer == nullptr || producer->kind != INLAY_OP_PAD || !std::holds_alternative<inlay_pad>(producer->params)) return false;
  if (producer->inputs.empty() || producer->inputs[0] < 0) return false;
  const auto& pad = std::get<inlay_pad>(producer->params);
  const Tensor& in = tensor_at(graph, producer->inputs[0]);
  if (in.is_variable || !pads_zeros_around(pad, in) || !same_meaning(in, tensor_at(graph, node->inputs[0]))) return false;
  auto& window = std::get<inlay_window>(node->params);
  constexpr int32_t kLimit = 1 << 20;  // keeps the sums small; no real padding comes near
  for (const int32_t n : {pad.before[1], pad.after[1], pad.before[2], pad.after[2], window.pad_top, window.pad_bottom, window.pad_left,
                          window.pad_right}) {
    if (n > kLimit) return false;
  }
  window.pad_top += pad.before[1];
  window.pad_bottom += pad.after[1];
  window.pad_left += pad.before[2];
  window.pad_right += pad.after[2];
  node->inputs[0] = producer->inputs[0];
  producer->kind = INLAY_OP_NONE;
  producer->inputs.clear();
  producer->outputs.clear();
  return true;
}

}  // namespace

void fuse(Graph& graph) {
  bool changed = true;
  while (changed) {
    changed = false;
    Uses uses(graph);
    for (Node& node : graph.nodes) {
      if (fuse_pad(graph, uses, &node) || fuse_bias(graph, uses, &node) || fuse_scale(graph, uses, &node) || fuse_activation(graph, uses, &node)) {
        changed = true;
        uses = Uses(graph);  // tensors and producers moved
      }
    }
  }
  sweep(graph);
}

}  // namespace inlay::tools
