// SPDX-License-Identifier: Apache-2.0
#include "tests/net.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

namespace inlay::cuda {
namespace {

size_t count_of(const std::vector<int32_t>& dims) {
  return std::accumulate(dims.begin(), dims.end(), size_t{1}, [](size_t n, int32_t d) { return n * static_cast<size_t>(d); });
}

constexpr inlay_quant kNoQuant = {nullptr, nullptr, 0, 0};

}  // namespace

float distance(const Ran& a, const Ran& b) {
  float most = 0;
  for (size_t i = 0; i < a.outputs[0].size() && a.outputs[0].size() == b.outputs[0].size(); i += sizeof(float)) {
    float x, y;
    std::memcpy(&x, a.outputs[0].data() + i, sizeof(x));
    std::memcpy(&y, b.outputs[0].data() + i, sizeof(y));
    most = std::max(most, std::abs(x - y));
  }
  return most;
}

// ---- making one ----------------------------------------------------------------------------------------------------------

int32_t Net::tensor(const std::vector<int32_t>& dims) {
  Tensor t;
  t.dims = dims;
  t.scale = 0.03f + 0.001f * static_cast<float>(random_() % 30);
  t.zero = static_cast<int32_t>(random_() % 41) - 20 + (dtype_ == INLAY_UINT8 ? 128 : 0);
  tensors_.push_back(std::move(t));
  return static_cast<int32_t>(tensors_.size()) - 1;
}

void Net::fill(Tensor* t) {
  const size_t count = count_of(t->dims);
  t->data.resize(count * (dtype_ == INLAY_FLOAT32 ? sizeof(float) : 1));
  std::uniform_real_distribution<float> any(-1.0f, 1.0f);
  for (size_t i = 0; i < count; ++i) {
    if (dtype_ != INLAY_FLOAT32) {
      t->data[i] = static_cast<uint8_t>(random_());
      continue;
    }
    const float v = any(random_);
    std::memcpy(t->data.data() + i * sizeof(v), &v, sizeof(v));
  }
}

int32_t Net::input(const std::vector<int32_t>& dims) {
  inputs_.push_back(tensor(dims));
  fill(&tensors_.back());
  return inputs_.back();
}

int32_t Net::constant(const std::vector<int32_t>& dims) {
  const int32_t id = tensor(dims);
  fill(&tensors_.back());
  tensors_.back().constant = true;
  return id;
}

int32_t Net::weights(const std::vector<int32_t>& dims, int32_t depth, int32_t scales) {
  const int32_t id = constant(dims);
  Tensor& t = tensors_.back();
  t.zero = dtype_ == INLAY_UINT8 ? 128 : 0;
  for (size_t i = 0; i < t.data.size() && pruned_; ++i) {
    if (i % 4 % 3 == 0) t.data[i] = static_cast<uint8_t>(t.zero);
  }
  const float scale = 1.0f / (74.0f * std::sqrt(static_cast<float>(depth)));
  for (int32_t c = 0; c < scales; ++c) t.scales.push_back(scale * (0.7f + 0.1f * static_cast<float>(random_() % 7)));
  return id;
}

int32_t Net::node(uint16_t kind, std::vector<int32_t> inputs, const std::vector<int32_t>& dims, inlay_activation activation,
                  int32_t side) {
  const int32_t out = tensor(dims), pad = side / 2;
  ops_.push_back({kind, std::move(inputs), {out}, {1, 1, 1, 1, pad, pad, pad, pad, side, side, 1}, activation});
  return out;
}

int32_t Net::conv(int32_t in, int32_t channels, int32_t side, inlay_activation activation, int32_t groups) {
  std::vector<int32_t> dims = tensors_[static_cast<size_t>(in)].dims;
  const int32_t depth = dims[3] / groups;
  const int32_t w = weights({channels, side, side, depth}, side * side * depth, dtype_ == INLAY_INT8 ? channels : 1);
  dims[3] = channels;
  const int32_t out = node(INLAY_OP_CONV_2D, {in, w, -1}, dims, activation, side);
  ops_.back().window.groups = groups;
  return out;
}

int32_t Net::depthwise(int32_t in, int32_t side, inlay_activation activation) {
  const std::vector<int32_t> dims = tensors_[static_cast<size_t>(in)].dims;
  const int32_t w = weights({1, side, side, dims[3]}, side * side, dtype_ == INLAY_INT8 ? dims[3] : 1);
  const int32_t out = node(INLAY_OP_DEPTHWISE_CONV_2D, {in, w, -1}, dims, activation, side);
  ops_.back().window.groups = 0;
  return out;
}

int32_t Net::dense(int32_t in, int32_t channels, inlay_activation activation) {
  const std::vector<int32_t> dims = tensors_[static_cast<size_t>(in)].dims;
  const int32_t w = weights({channels, dims.back()}, dims.back(), 1);
  return node(INLAY_OP_FULLY_CONNECTED, {in, w, -1}, {static_cast<int32_t>(count_of(dims)) / dims.back(), channels}, activation);
}

int32_t Net::add(int32_t a, int32_t b, inlay_activation activation) {
  const std::vector<int32_t>&x = tensors_[static_cast<size_t>(a)].dims, &y = tensors_[static_cast<size_t>(b)].dims;
  return node(INLAY_OP_ADD, {a, b}, count_of(x) >= count_of(y) ? x : y, activation);
}

int32_t Net::tanh(int32_t in) {
  const int32_t out = node(INLAY_OP_TANH, {in}, tensors_[static_cast<size_t>(in)].dims, INLAY_ACT_NONE);
  tensors_.back().scale = 1.0f / 128;
  tensors_.back().zero = dtype_ == INLAY_UINT8 ? 128 : 0;
  return out;
}

void Net::finish(std::vector<int32_t> outputs) {
  outputs_ = std::move(outputs);
  for (const Tensor& t : tensors_) {
    inlay_tensor view = {};
    view.name = "t";
    view.data = t.constant ? t.data.data() : nullptr;
    view.dims = t.dims.data();
    view.rank = static_cast<uint8_t>(t.dims.size());
    view.bytes = count_of(t.dims) * (dtype_ == INLAY_FLOAT32 ? sizeof(float) : 1);
    view.dtype = static_cast<uint8_t>(dtype_);
    view.variable = -1;
    static const std::vector<int32_t> kZeros(1024);
    const auto scales = static_cast<int32_t>(t.scales.size());
    view.quant = {&t.scale, &t.zero, 1, 0};
    if (scales == 1) view.quant.scales = t.scales.data();
    if (scales > 1) view.quant = {t.scales.data(), kZeros.data(), scales, t.dims[0] == scales ? 0 : 3};
    if (dtype_ == INLAY_FLOAT32) view.quant = kNoQuant;
    tensor_views_.push_back(view);
  }
  for (const Op& op : ops_) {
    inlay_node n = {};
    n.name = "node";
    n.kind = op.kind;
    n.inputs = op.inputs.data();
    n.outputs = op.outputs.data();
    n.input_count = static_cast<uint16_t>(op.inputs.size());
    n.output_count = 1;
    n.activation = static_cast<uint8_t>(op.activation);
    if (op.window.filter_h != 0) {
      n.params = &op.window;
      n.params_type = INLAY_PARAMS_WINDOW;
    }
    if (op.kind == INLAY_OP_FULLY_CONNECTED) {
      static constexpr inlay_matmul kPlain = {0, 0, 0};
      n.params = &kPlain;
      n.params_type = INLAY_PARAMS_MATMUL;
    }
    nodes_.push_back(n);
  }
  graph_ = {"main",
            tensor_views_.data(),
            nodes_.data(),
            inputs_.data(),
            outputs_.data(),
            static_cast<int32_t>(tensor_views_.size()),
            static_cast<int32_t>(nodes_.size()),
            static_cast<int32_t>(inputs_.size()),
            static_cast<int32_t>(outputs_.size())};
}

// ---- running it ----------------------------------------------------------------------------------------------------------

inlay_segment Net::segment() const {
  inlay_segment s = {};
  s.struct_size = sizeof(s);
  s.graph = s.graphs = &graph_;
  s.node_count = graph_.node_count;
  s.graph_count = s.threads = 1;
  s.ops = inlay_default_ops();
  s.fast_math = fast_math_;
  return s;
}

/// Memory of the host for every tensor that is no constant.
std::vector<void*> Net::take(std::vector<std::vector<uint64_t>>* memory) {
  std::vector<void*> places;
  for (size_t i = 0; i < tensors_.size(); ++i) {
    memory->emplace_back(tensor_views_[i].bytes / 8 + 1, 0x5555555555555555u);
    places.push_back(memory->back().data());
    if (!tensors_[i].data.empty()) std::memcpy(places.back(), tensors_[i].data.data(), tensors_[i].data.size());
  }
  return places;
}

void Net::fetch(const std::vector<void*>& places, Ran* ran) const {
  for (const int32_t t : outputs_) {
    const auto* from = static_cast<const uint8_t*>(places[static_cast<size_t>(t)]);
    ran->outputs.emplace_back(from, from + tensor_views_[static_cast<size_t>(t)].bytes);
  }
}

void Net::run_part(const inlay_backend& backend, int32_t device, inlay_segment s, const std::vector<void*>& places,
                   const inlay_observer* observer, Ran* ran) {
  if (ran->status != INLAY_OK) return;
  inlay_error error = {};
  inlay_need need = {};
  ran->status = backend.measure(device, &s, &need, &error);
  std::vector<uint64_t> persistent(need.persistent / 8 + 8), scratch(need.scratch / 8 + 8);
  void* compiled = nullptr;
  if (ran->status == INLAY_OK) ran->status = backend.compile(device, &s, {persistent.data(), need.persistent}, &compiled, &error);
  inlay_run run = {};
  run.tensors = places.data();
  run.scratch = {scratch.data(), need.scratch};
  run.error = &error;
  run.observer = observer;
  if (ran->status == INLAY_OK) ran->status = backend.execute(compiled, &run);
  if (ran->status == INLAY_OK && INLAY_OFFERS(&backend, usage)) {
    inlay_device_use use = {};
    use.struct_size = sizeof(use);
    backend.usage(compiled, &use);
    use.launches += ran->use.launches;
    ran->use = use;
    for (int32_t n = s.first_node; n < s.first_node + s.node_count; ++n) ran->kernels.emplace_back(backend.kernel(compiled, n));
  }
  if (compiled != nullptr) backend.release(compiled);
  ran->sentence = error.text;
}

Ran Net::run(const inlay_backend& backend, int32_t device, const std::vector<uint8_t>& variants, const inlay_observer* observer) {
  std::vector<std::vector<uint64_t>> memory;
  const std::vector<void*> places = take(&memory);
  inlay_segment s = segment();
  s.variants = variants.empty() ? nullptr : variants.data();
  Ran ran;
  run_part(backend, device, s, places, observer, &ran);
  fetch(places, &ran);
  return ran;
}

Ran Net::run_apart(const inlay_backend& backend, int32_t device, const std::vector<uint8_t>& variants) {
  std::vector<std::vector<uint64_t>> memory;
  const std::vector<void*> places = take(&memory);
  Ran ran;
  for (int32_t n = 0; n < graph_.node_count; ++n) {
    inlay_segment s = segment();
    s.first_node = n;
    s.node_count = 1;
    s.variants = variants.empty() ? nullptr : variants.data();
    run_part(backend, device, s, places, nullptr, &ran);
  }
  fetch(places, &ran);
  return ran;
}

}  // namespace inlay::cuda
