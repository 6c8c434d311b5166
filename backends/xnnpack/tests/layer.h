// SPDX-License-Identifier: Apache-2.0
// What the tests of this backend share: memory without slack, and random layers to run on two backends.
#pragma once
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "core/tensor.h"
#include "inlay/backend.h"

extern "C" const inlay_backend inlay_backend_xnnpack;

namespace inlay {

/// Calls of the heap by the whole process, where INLAY_COUNT_HEAP counts them.
extern std::atomic<int64_t> g_heap_calls;

inline bool available() {
  inlay_device_info info;
  inlay_error why = {};
  if (inlay_backend_xnnpack.probe(&info, 1, &why) > 0) return true;
  std::printf("no device: %s\n", why.text);
  return false;
}

/// `bytes` bytes of which the last is the last of a page, with nothing mapped behind it.
class Edge {
 public:
  explicit Edge(size_t bytes) : size_((bytes + 4095) / 4096 * 4096 + 4096) {
    base_ = static_cast<uint8_t*>(mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (base_ == MAP_FAILED || mprotect(base_ + size_ - 4096, 4096, PROT_NONE) != 0) std::abort();
    data_ = base_ + size_ - 4096 - bytes;
  }
  ~Edge() { munmap(base_, size_); }
  Edge(const Edge&) = delete;
  Edge& operator=(const Edge&) = delete;
  uint8_t* data() const { return data_; }

 private:
  size_t size_;
  uint8_t *base_, *data_;
};

struct Aligned {
  explicit Aligned(size_t bytes) : bytes_(bytes), memory((bytes + 63) / 8 + 8) {}
  inlay_block block() {
    void* at = memory.data();
    size_t space = memory.size() * 8;
    return {std::align(64, bytes_, at, space), bytes_};
  }
  size_t bytes_;
  std::vector<uint64_t> memory;
};

/// A layer with random sizes, weights and quantization.
class Layer {
 public:
  Layer(uint16_t kind, inlay_dtype dtype, uint32_t seed) : random_(seed), kind_(kind), dtype_(dtype) {
    const bool depthwise = kind == INLAY_OP_DEPTHWISE_CONV_2D, connected = kind == INLAY_OP_FULLY_CONNECTED;
    const int32_t in_c = pick(1, 40), multiplier = pick(1, 10) < 8 ? 1 : pick(2, 3);
    const int32_t out_c = depthwise ? in_c * multiplier : pick(1, 40);
    const int32_t fh = pick(1, 5), fw = pick(1, 5), batch = pick(1, 2);
    const int32_t h = fh + pick(0, 9), w = fw + pick(0, 9);
    window_ = {pick(1, 2),      pick(1, 2),      1,  1,  pick(0, fh - 1),  pick(0, fh - 1),
               pick(0, fw - 1), pick(0, fw - 1), fh, fw, depthwise ? 0 : 1};
    if (connected) {
      add({batch, in_c});
      add({out_c, in_c});
    } else {
      add({batch, h, w, in_c});
      add(depthwise ? std::vector<int32_t>{1, fh, fw, out_c} : std::vector<int32_t>{out_c, fh, fw, in_c});
    }
    add({out_c});
    const int32_t oh = (h + window_.pad_top + window_.pad_bottom - fh) / window_.stride_h + 1;
    const int32_t ow = (w + window_.pad_left + window_.pad_right - fw) / window_.stride_w + 1;
    add(connected ? std::vector<int32_t>{batch, out_c} : std::vector<int32_t>{batch, oh, ow, out_c});
    fill(depthwise ? 3 : 0, out_c, depthwise ? fh * fw : connected ? in_c : fh * fw * in_c);
    const int activations[] = {INLAY_ACT_NONE, INLAY_ACT_RELU, INLAY_ACT_RELU6};
    node_.name = "layer";
    node_.kind = kind;
    node_.params = connected ? static_cast<const void*>(&matmul_) : &window_;
    node_.params_type = connected ? INLAY_PARAMS_MATMUL : INLAY_PARAMS_WINDOW;
    node_.activation = static_cast<uint8_t>(activations[pick(0, 2)]);
    node_.inputs = ids_;
    node_.outputs = ids_ + 3;
    node_.input_count = 3;
    node_.output_count = 1;
    graph_.name = "graph";
    graph_.tensors = tensors_;
    graph_.nodes = &node_;
    graph_.tensor_count = 4;
    graph_.node_count = 1;
  }

  const char* reason() const {
    const inlay_segment s = segment(1);
    return inlay_backend_xnnpack.reject(0, &s, &node_);
  }
  /// The output of one run from an input that ends where its page does.
  std::vector<uint8_t> run(const inlay_backend& backend, int32_t threads, int64_t* heap_calls = nullptr) const {
    const inlay_segment s = segment(threads);
    inlay_need need = {};
    inlay_error error = {};
    EXPECT_EQ(backend.measure(0, &s, &need, &error), INLAY_OK) << error.text;
    Aligned persistent(need.persistent), scratch(need.scratch);
    void* compiled = nullptr;
    EXPECT_EQ(backend.compile(0, &s, persistent.block(), &compiled, &error), INLAY_OK) << error.text;
    if (compiled == nullptr) return {};
    const Edge in(input_.size());
    std::memcpy(in.data(), input_.data(), input_.size());
    std::vector<uint8_t> out(tensors_[3].bytes + 64, 0xa5);
    void* const places[] = {in.data(), const_cast<void*>(tensors_[1].data), const_cast<void*>(tensors_[2].data), out.data()};
    inlay_run call = {};
    call.tensors = places;
    call.scratch = scratch.block();
    call.error = &error;
    const int64_t before = g_heap_calls;
    const inlay_status status = backend.execute(compiled, &call);
    if (heap_calls != nullptr) *heap_calls += g_heap_calls - before;
    EXPECT_EQ(status, INLAY_OK) << error.text;
    backend.release(compiled);
    for (size_t i = tensors_[3].bytes; i < out.size(); ++i) EXPECT_EQ(out[i], 0xa5) << "written behind the output";
    out.resize(tensors_[3].bytes);
    return out;
  }

 private:
  int32_t pick(int32_t low, int32_t high) { return std::uniform_int_distribution<int32_t>(low, high)(random_); }
  float real(float low, float high) { return std::uniform_real_distribution<float>(low, high)(random_); }
  inlay_segment segment(int32_t threads) const {
    inlay_segment s = {};
    s.struct_size = sizeof(s);
    s.graph = s.graphs = &graph_;
    s.node_count = s.graph_count = 1;
    s.ops = inlay_default_ops();
    s.threads = threads;
    s.pool = inlay_backend_xnnpack.pool(0, threads);
    s.allow_inexact = dtype_ == INLAY_FLOAT32 ? 1 : 0;
    return s;
  }
  void add(std::vector<int32_t> dims) {
    inlay_tensor& t = tensors_[count_];
    dims_[count_] = std::move(dims);
    t.name = "t";
    t.dims = dims_[count_].data();
    t.rank = static_cast<uint8_t>(dims_[count_].size());
    t.dtype = static_cast<uint8_t>(count_ == 2 && dtype_ != INLAY_FLOAT32 ? INLAY_INT32 : dtype_);
    t.variable = -1;
    t.bytes = static_cast<size_t>(element_count(t)) * inlay_dtype_bits(static_cast<inlay_dtype>(t.dtype)) / 8;
    ++count_;
  }
  void random_bytes(std::vector<uint8_t>* out, size_t bytes) {
    out->resize(bytes);
    if (dtype_ != INLAY_FLOAT32) {
      for (uint8_t& b : *out) b = static_cast<uint8_t>(random_());
      return;
    }
    for (size_t i = 0; i < bytes; i += 4) {
      const float v = real(-1, 1);
      std::memcpy(out->data() + i, &v, 4);
    }
  }
  void fill(int32_t axis, int32_t out_c, int32_t taps) {
    random_bytes(&input_, tensors_[0].bytes);
    random_bytes(&weights_, tensors_[1].bytes);
    bias_.resize(static_cast<size_t>(out_c));
    for (int32_t& b : bias_) b = pick(-1000 * taps, 1000 * taps);
    if (dtype_ == INLAY_FLOAT32) std::fill(bias_.begin(), bias_.end(), 0);
    tensors_[1].data = weights_.data();
    tensors_[2].data = bias_.data();
    if (dtype_ == INLAY_FLOAT32) return;
    const int32_t low = dtype_ == INLAY_INT8 ? -128 : 0;
    for (int i = 0; i < 4; ++i) zeros_[i] = pick(low, low + 255);
    scales_[0] = real(0.001f, 0.1f);
    scales_[3] = scales_[0] * real(0.05f, 3.0f) * static_cast<float>(taps);
    const bool per_channel = dtype_ == INLAY_INT8 && pick(0, 3) > 0;
    for (int32_t c = 0; c < (per_channel ? out_c : 1); ++c) channel_scales_.push_back(real(0.002f, 0.03f));
    tensors_[0].quant = {&scales_[0], &zeros_[0], 1, 0};
    tensors_[3].quant = {&scales_[3], &zeros_[3], 1, 0};
    tensors_[1].quant = {channel_scales_.data(), dtype_ == INLAY_INT8 ? nullptr : &zeros_[1],
                         static_cast<int32_t>(channel_scales_.size()), per_channel ? axis : 0};
  }

  std::mt19937 random_;
  uint16_t kind_;
  inlay_dtype dtype_;
  inlay_window window_ = {};
  inlay_matmul matmul_ = {};
  const int32_t ids_[4] = {0, 1, 2, 3};
  int count_ = 0;
  std::vector<int32_t> dims_[4];
  inlay_tensor tensors_[4] = {};
  std::vector<uint8_t> input_, weights_;
  std::vector<int32_t> bias_;
  std::vector<float> channel_scales_;
  float scales_[4] = {};
  int32_t zeros_[4] = {};
  inlay_node node_ = {};
  inlay_graph graph_ = {};
};

}  // namespace inlay
