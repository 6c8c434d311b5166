// SPDX-License-Identifier: Apache-2.0
// A small graph, what builtin makes of it, and one life of it on the device of a backend: compile, runs, release.
#pragma once
#include <cstring>
#include <string>
#include <vector>

#include "inlay/backend.h"

namespace inlay::gpu {

/// TANH, LOGISTIC and RESHAPE over int8: two programs of kernels, one input, one output.
class Chain {
 public:
  static constexpr int32_t kSide = 48, kCount = kSide * kSide;

  Chain() {
    static constexpr float kScales[4] = {1.0f / 16, 1.0f / 128, 1.0f / 256, 1.0f / 256};
    static constexpr int32_t kZeros[4] = {3, 0, -128, -128};
    for (int i = 0; i < 4; ++i) {
      inlay_tensor& t = tensors_[i];
      t.name = "t";
      t.dims = i < 3 ? flat_ : square_;
      t.rank = 2;
      t.bytes = kCount;
      t.dtype = INLAY_INT8;
      t.quant = {&kScales[i], &kZeros[i], 1, 0};
      t.variable = -1;
    }
    static constexpr uint16_t kKinds[3] = {INLAY_OP_TANH, INLAY_OP_LOGISTIC, INLAY_OP_RESHAPE};
    for (int i = 0; i < 3; ++i) {
      inlay_node& n = nodes_[i];
      n.name = "node";
      n.kind = kKinds[i];
      n.inputs = ids_ + i;
      n.outputs = ids_ + i + 1;
      n.input_count = n.output_count = 1;
    }
    shape_.rank = 2;
    shape_.dims[0] = shape_.dims[1] = kSide;
    nodes_[2].params = &shape_;
    nodes_[2].params_type = INLAY_PARAMS_DIMS;
    graph_ = {"main", tensors_, nodes_, ids_, ids_ + 3, 4, 3, 1, 1};
    for (int32_t i = 0; i < kCount; ++i) input_.push_back(static_cast<int8_t>(i * 37 % 251 - 125));
    expected_ = compute(inlay_backend_builtin);
  }
  Chain(const Chain&) = delete;
  Chain& operator=(const Chain&) = delete;

  inlay_segment segment(const char* cache_dir = nullptr, const inlay_progress* progress = nullptr) const {
    inlay_segment s = {};
    s.struct_size = sizeof(s);
    s.graph = s.graphs = &graph_;
    s.node_count = graph_.node_count;
    s.graph_count = 1;
    s.ops = inlay_default_ops();
    s.threads = 1;
    s.cache_dir = cache_dir;
    s.progress = progress;
    return s;
  }
  const inlay_node& node(int i) const { return nodes_[i]; }
  /// Places for a run that writes to `output`.
  std::vector<void*> places(std::vector<int8_t>* output) {
    output->assign(kCount, 99);
    return {input_.data(), between_[0].data(), between_[1].data(), output->data()};
  }
  const std::vector<int8_t>& expected() const { return expected_; }

 private:
  /// Empty where anything fails.
  std::vector<int8_t> compute(const inlay_backend& backend) {
    const inlay_segment s = segment();
    inlay_need need = {};
    inlay_error error = {};
    if (backend.measure(0, &s, &need, &error) != INLAY_OK) return {};
    std::vector<uint64_t> persistent(need.persistent / 8 + 8), scratch(need.scratch / 8 + 8);
    void* compiled = nullptr;
    if (backend.compile(0, &s, {persistent.data(), need.persistent}, &compiled, &error) != INLAY_OK) return {};
    std::vector<int8_t> output;
    const std::vector<void*> at = places(&output);
    inlay_run run = {};
    run.tensors = at.data();
    run.scratch = {scratch.data(), need.scratch};
    const inlay_status status = backend.execute(compiled, &run);
    backend.release(compiled);
    return status == INLAY_OK ? output : std::vector<int8_t>();
  }

  const int32_t flat_[2] = {1, kCount}, square_[2] = {kSide, kSide}, ids_[4] = {0, 1, 2, 3};
  inlay_dims shape_ = {};
  inlay_tensor tensors_[4] = {};
  inlay_node nodes_[3] = {};
  inlay_graph graph_ = {};
  std::vector<int8_t> input_, between_[2] = {std::vector<int8_t>(kCount), std::vector<int8_t>(kCount)}, expected_;
};

/// One life of the chain on a device. After the first failure nothing more is done but release.
struct Life {
  inlay_status status = INLAY_OK;
  std::string sentence;
  std::vector<int8_t> output;  ///< of the last run
  inlay_device_use use = {};
};

/// How a chain lives: on which device, what its segment is told.
struct Place {
  const inlay_backend& backend;
  int32_t device = 0;
  const char* cache_dir = nullptr;
  const inlay_progress* progress = nullptr;
  const inlay_observer* observer = nullptr;
};

inline Life live(const Place& place, Chain* chain, int runs) {
  const inlay_backend& backend = place.backend;
  Life life;
  inlay_error error = {};
  void* compiled = nullptr;
  const inlay_segment s = chain->segment(place.cache_dir, place.progress);
  life.status = backend.compile(place.device, &s, {nullptr, 0}, &compiled, &error);
  for (int i = 0; i < runs && life.status == INLAY_OK; ++i) {
    const std::vector<void*> at = chain->places(&life.output);
    inlay_run run = {};
    run.tensors = at.data();
    run.error = &error;
    run.observer = place.observer;
    life.status = backend.execute(compiled, &run);
  }
  life.use.struct_size = sizeof(life.use);
  if (life.status == INLAY_OK) backend.usage(compiled, &life.use);
  if (compiled != nullptr) backend.release(compiled);
  life.sentence = error.text;
  return life;
}

}  // namespace inlay::gpu
