// SPDX-License-Identifier: Apache-2.0
#include "tests/attention_chain.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "kernels/quantize.h"

namespace inlay::cuda {
namespace {

size_t count_of(const inlay_tensor& t) {
  return std::accumulate(t.dims, t.dims + t.rank, size_t{1}, [](size_t n, int32_t d) { return n * static_cast<size_t>(d); });
}

}  // namespace

AttentionChain::AttentionChain(const ChainShape& shape, uint8_t dtype, uint32_t seed) : shape_(shape), dtype_(dtype), random_(seed) {
  const int32_t h = shape.heads, m = shape.queries, n = shape.keys, d = shape.depth;
  const float spread = 0.34f * std::sqrt(static_cast<float>(d));  // of sums of products of what fill() draws
  queries = add_tensor({h, m, d}, 0.008f, 3);
  keys = shape.keys_turned ? add_tensor({h, d, n}, 0.008f, -7) : add_tensor({h, n, d}, 0.008f, -7);
  values = add_tensor({h, n, shape.width}, 0.008f, 12);
  inputs_ = {queries, keys, values};
  for (const int32_t input : inputs_) fill(input, -1.0f, 1.0f);
  const std::vector<int32_t> square = {h, m, n};
  scores_.transpose_b = shape.keys_turned ? 0 : 1;
  int32_t last = add_tensor(square, spread * 4 / 127, 5);
  add_node(INLAY_OP_BATCH_MATMUL, {queries, keys}, last, &scores_, INLAY_PARAMS_MATMUL);
  if (shape.scaled) {
    factor = add_tensor({1}, 0.01f, 0);
    fill(factor, 0.5f, 0.5f);
    tensors_[static_cast<size_t>(factor)].data = memory_[static_cast<size_t>(factor)].data();
    const int32_t out = add_tensor(square, spread * 2 / 127, -4);
    add_node(INLAY_OP_MUL, {last, factor}, out, nullptr, INLAY_PARAMS_NONE);
    last = out;
  }
  if (!shape.mask.empty()) {
    mask = add_tensor(shape.mask, 0.04f, 100);
    fill(mask, -4.0f, 1.0f);
    inputs_.push_back(mask);
    const int32_t out = add_tensor(square, (spread * 4 + 4) / 127, 0);
    add_node(INLAY_OP_ADD, {last, mask}, out, nullptr, INLAY_PARAMS_NONE);
    last = out;
  }
  const int32_t weights = add_tensor(square, 1.0f / 256, -128);
  add_node(INLAY_OP_SOFTMAX, {last}, weights, &softmax_, INLAY_PARAMS_SCALARS);
  outputs_ = {add_tensor({h, m, shape.width}, 0.006f, -9)};
  add_node(INLAY_OP_BATCH_MATMUL, {weights, values}, outputs_[0], &answers_, INLAY_PARAMS_MATMUL);
}

int32_t AttentionChain::add_tensor(const std::vector<int32_t>& dims, float scale, int32_t zero) {
  lists_.push_back(dims);
  quants_.emplace_back(scale, zero);
  inlay_tensor t = {};
  t.name = "t";
  t.dims = lists_.back().data();
  t.rank = static_cast<decltype(t.rank)>(dims.size());
  t.dtype = dtype_;
  if (dtype_ == INLAY_INT8) t.quant = {&quants_.back().first, &quants_.back().second, 1, 0};
  t.bytes = count_of(t) * (dtype_ == INLAY_INT8 ? 1 : sizeof(float));
  t.variable = -1;
  memory_.emplace_back(t.bytes / 8 + 1);
  tensors_.push_back(t);
  return static_cast<int32_t>(tensors_.size()) - 1;
}

/// Random numbers that halves hold, too.
void AttentionChain::fill(int32_t tensor, float low, float high) {
  const auto at = static_cast<size_t>(tensor);
  std::uniform_real_distribution<float> any(low, high);
  for (size_t i = 0; i < count_of(tensors_[at]); ++i) {
    const float drawn = low < high ? any(random_) : low;
    if (dtype_ == INLAY_INT8) {
      const float steps = std::nearbyint(drawn / quants_[at].first) + static_cast<float>(quants_[at].second);
      reinterpret_cast<int8_t*>(memory_[at].data())[i] = static_cast<int8_t>(std::fmin(std::fmax(steps, -128.0f), 127.0f));
    } else {
      reinterpret_cast<float*>(memory_[at].data())[i] = kernels::half_to_float(kernels::float_to_half(drawn));
    }
  }
}

void AttentionChain::hide(int32_t count) {
  auto* const numbers = reinterpret_cast<float*>(memory_[static_cast<size_t>(mask)].data());
  std::fill(numbers, numbers + count, -INFINITY);
}

void AttentionChain::add_node(uint16_t kind, const std::vector<int32_t>& inputs, int32_t output, const void* params,
                              uint8_t params_type) {
  inlay_node node = {};
  node.name = "node";
  node.kind = kind;
  lists_.push_back(inputs);
  node.inputs = lists_.back().data();
  node.input_count = static_cast<decltype(node.input_count)>(inputs.size());
  lists_.push_back({output});
  node.outputs = lists_.back().data();
  node.output_count = 1;
  node.params = params;
  node.params_type = params_type;
  nodes_.push_back(node);
}

AttentionChain::Answer AttentionChain::run(const inlay_backend& backend, int32_t device, uint32_t fast_math,
                                           const std::vector<uint8_t>& variants) {
  inlay_graph graph = {};
  graph.name = "main";
  graph.tensors = tensors_.data(), graph.tensor_count = static_cast<int32_t>(tensors_.size());
  graph.nodes = nodes_.data(), graph.node_count = node_count();
  graph.inputs = inputs_.data(), graph.input_count = static_cast<int32_t>(inputs_.size());
  graph.outputs = outputs_.data(), graph.output_count = static_cast<int32_t>(outputs_.size());
  inlay_segment segment = {};
  segment.struct_size = sizeof(segment);
  segment.graph = segment.graphs = &graph;
  segment.graph_count = segment.threads = 1;
  segment.node_count = node_count();
  segment.ops = inlay_default_ops();
  segment.fast_math = fast_math;
  segment.variants = variants.empty() ? nullptr : variants.data();
  Answer answer = {};
  inlay_need need = {};
  inlay_error error = {};
  void* compiled = nullptr;
  answer.status = backend.measure != nullptr ? backend.measure(device, &segment, &need, &error) : INLAY_OK;
  std::vector<uint64_t> persistent(need.persistent / 8 + 8), scratch(need.scratch / 8 + 8);
  if (answer.status == INLAY_OK) answer.status = backend.compile(device, &segment, {persistent.data(), need.persistent}, &compiled, &error);
  std::vector<void*> places;
  for (std::vector<uint64_t>& m : memory_) places.push_back(m.data());
  const auto out = static_cast<size_t>(outputs_[0]);
  std::memset(places[out], 0x77, tensors_[out].bytes);
  inlay_run run = {};
  run.tensors = places.data();
  run.scratch = {scratch.data(), need.scratch};
  run.error = &error;
  if (answer.status == INLAY_OK) answer.status = backend.execute(compiled, &run);
  if (answer.status == INLAY_OK && backend.kernel != nullptr) {
    for (int32_t n = 0; n < node_count(); ++n) answer.kernels.emplace_back(backend.kernel(compiled, n));
  }
  answer.use.struct_size = sizeof(answer.use);
  if (answer.status == INLAY_OK && backend.usage != nullptr) backend.usage(compiled, &answer.use);
  if (compiled != nullptr) backend.release(compiled);
  answer.sentence = error.text;
  const auto* bytes = static_cast<const uint8_t*>(places[out]);
  answer.bytes.assign(bytes, bytes + tensors_[out].bytes);
  return answer;
}

std::vector<float> AttentionChain::reals(int32_t tensor) const {
  const auto at = static_cast<size_t>(tensor);
  std::vector<float> v(count_of(tensors_[at]));
  for (size_t i = 0; i < v.size(); ++i) {
    v[i] = dtype_ == INLAY_INT8 ? quants_[at].first * static_cast<float>(reinterpret_cast<const int8_t*>(memory_[at].data())[i] -
                                                                         quants_[at].second)
                                : reinterpret_cast<const float*>(memory_[at].data())[i];
  }
  return v;
}

}  // namespace inlay::cuda
