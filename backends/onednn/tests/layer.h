// SPDX-License-Identifier: Apache-2.0
// A graph of one random layer, and running it on a backend by hand.
#pragma once
#include <cstring>
#include <memory>
#include <random>
#include <vector>

#include "core/tensor.h"
#include "inlay/backend.h"

namespace inlay::onednn {

/// Memory whose first byte lies on a line of the cache, and not on two.
class Lines {
 public:
  explicit Lines(size_t bytes) : bytes_(bytes), memory_(bytes / 64 + 3) {}
  inlay_block block() {
    void* at = memory_.data();
    size_t space = memory_.size() * 64;
    auto* start = static_cast<unsigned char*>(std::align(64, bytes_ + 16, at, space));
    return {start + 16, bytes_};
  }

 private:
  struct Line {
    unsigned char bytes[64];
  };
  size_t bytes_;
  std::vector<Line> memory_;
};

/// What weights hold: any value, or only even ones so small that two products of bytes fit an int16. With those, int8 sums of a
/// CPU without VNNI are exact too.
enum class Weights { kAny, kSmallEven };

class Layer {
 public:
  Layer(uint16_t kind, inlay_dtype dtype, Weights weights, uint32_t seed) : random_(seed), dtype_(dtype), weights_(weights) {
    const bool depthwise = kind == INLAY_OP_DEPTHWISE_CONV_2D, connected = kind == INLAY_OP_FULLY_CONNECTED;
    const int32_t groups = kind == INLAY_OP_CONV_2D && pick(1, 6) == 1 ? 2 : 1;
    const int32_t in_c = pick(1, 3) == 1 ? pick(1, 4) * 16 : pick(1, 40) * groups,
                  out_c = depthwise ? in_c * (pick(1, 10) < 8 ? 1 : 2) : pick(1, 40) * groups;
    const int32_t fh = pick(1, 4) < 3 ? 1 : pick(1, 5), fw = fh == 1 ? 1 : pick(1, 5), batch = pick(1, 2);
    const int32_t h = fh + pick(0, 9), w = fw + pick(0, 9);
    window_ = {pick(1, 2), pick(1, 2), 1, 1, pick(0, fh - 1), pick(0, fh - 1), pick(0, fw - 1), pick(0, fw - 1), fh, fw, groups};
    if (depthwise) window_.groups = 0;
    add(connected ? std::vector<int32_t>{batch, in_c} : std::vector<int32_t>{batch, h, w, in_c});
    add(connected   ? std::vector<int32_t>{out_c, in_c}
        : depthwise ? std::vector<int32_t>{1, fh, fw, out_c}
                    : std::vector<int32_t>{out_c, fh, fw, in_c / groups});
    add({out_c});
    const int32_t oh = (h + window_.pad_top + window_.pad_bottom - fh) / window_.stride_h + 1;
    const int32_t ow = (w + window_.pad_left + window_.pad_right - fw) / window_.stride_w + 1;
    add(connected ? std::vector<int32_t>{batch, out_c} : std::vector<int32_t>{batch, oh, ow, out_c});
    fill(depthwise ? 3 : 0, out_c, depthwise ? fh * fw : fh * fw * in_c / groups);
    describe(kind, connected);
  }

  inlay_segment segment(const inlay_pool* pool = nullptr, int32_t threads = 1) const {
    inlay_segment s = {};
    s.struct_size = sizeof(s);
    s.graph = s.graphs = &graph_;
    s.node_count = s.graph_count = 1;
    s.ops = inlay_default_ops();
    s.pool = pool;
    s.threads = threads;
    s.allow_inexact = allow_inexact;
    s.fast_math = fast_math;
    return s;
  }
  const inlay_node& node() const { return node_; }
  const char* reason(const inlay_backend& backend) const {
    const inlay_segment s = segment();
    return backend.reject(0, &s, &node_);
  }
  size_t output_bytes() const { return tensors_[3].bytes; }

  /// Places for one run; `output` has the output's bytes.
  std::vector<void*> places(void* output) const {
    return {const_cast<uint8_t*>(input_.data()), const_cast<void*>(tensors_[1].data), const_cast<void*>(tensors_[2].data),
            output};
  }

  uint32_t allow_inexact = 0, fast_math = 0;

 private:
  int32_t pick(int32_t low, int32_t high) { return std::uniform_int_distribution<int32_t>(low, high)(random_); }
  float real(float low, float high) { return std::uniform_real_distribution<float>(low, high)(random_); }
  bool is_float() const { return dtype_ == INLAY_FLOAT32; }
  void add(std::vector<int32_t> dims) {
    inlay_tensor& t = tensors_[count_];
    dims_[count_] = std::move(dims);
    t.name = "t";
    t.dims = dims_[count_].data();
    t.rank = static_cast<uint8_t>(dims_[count_].size());
    t.dtype = static_cast<uint8_t>(count_ == 2 && !is_float() ? INLAY_INT32 : dtype_);
    t.variable = -1;
    t.bytes = static_cast<size_t>(element_count(t)) * inlay_dtype_bits(static_cast<inlay_dtype>(t.dtype)) / 8;
    ++count_;
  }
  void random_bytes(std::vector<uint8_t>* out, size_t bytes) {
    out->resize(bytes);
    for (size_t i = 0; i < bytes; i += is_float() ? 4 : 1) {
      const float v = real(-1, 1);
      if (is_float()) {
        std::memcpy(out->data() + i, &v, 4);
      } else {
        (*out)[i] = static_cast<uint8_t>(random_());
      }
    }
  }
  void fill(int32_t axis, int32_t out_c, int32_t taps) {
    random_bytes(&input_, tensors_[0].bytes);
    random_bytes(&weight_bytes_, tensors_[1].bytes);
    bias_.resize(static_cast<size_t>(out_c));
    for (int32_t& b : bias_) b = is_float() ? 0 : pick(-1000 * taps, 1000 * taps);
    tensors_[1].data = weight_bytes_.data();
    tensors_[2].data = bias_.data();
    if (is_float()) return;
    if (weights_ == Weights::kSmallEven) {
      for (uint8_t& b : weight_bytes_) b = static_cast<uint8_t>(static_cast<int>(b % 60) * 2 - 60);
    }
    for (int i = 0; i < 4; ++i) zeros_[i] = pick(-128, 127);
    scales_[0] = real(0.001f, 0.1f);
    // Every fourth layer has factors that are powers of two, so that many results lie halfway between integers.
    const bool ties = pick(0, 3) == 0;
    if (ties) scales_[0] = 0.5f;
    scales_[3] = ties ? 4.0f : scales_[0] * real(0.05f, 3.0f) * static_cast<float>(taps);
    const bool per_channel = pick(0, 3) > 0;
    for (int32_t c = 0; c < (per_channel ? out_c : 1); ++c) {
      channel_scales_.push_back(ties ? (c % 2 != 0 ? 0.0625f : 0.125f) : real(0.002f, 0.03f));
    }
    tensors_[0].quant = {&scales_[0], &zeros_[0], 1, 0};
    tensors_[3].quant = {&scales_[3], &zeros_[3], 1, 0};
    tensors_[1].quant = {channel_scales_.data(), nullptr, static_cast<int32_t>(channel_scales_.size()), per_channel ? axis : 0};
  }
  void describe(uint16_t kind, bool connected) {
    node_.name = "layer";
    node_.kind = kind;
    node_.inputs = ids_;
    node_.input_count = static_cast<uint16_t>(pick(2, 3));
    node_.outputs = ids_ + 3;
    node_.output_count = 1;
    node_.activation = static_cast<uint8_t>(pick(INLAY_ACT_NONE, INLAY_ACT_RELU_N1_TO_1));
    node_.params = connected ? static_cast<const void*>(&matmul_) : &window_;
    node_.params_type = connected ? INLAY_PARAMS_MATMUL : INLAY_PARAMS_WINDOW;
    graph_.name = "main";
    graph_.tensors = tensors_;
    graph_.nodes = &node_;
    graph_.inputs = ids_;
    graph_.outputs = ids_ + 3;
    graph_.tensor_count = 4;
    graph_.node_count = graph_.input_count = graph_.output_count = 1;
  }

  std::mt19937 random_;
  inlay_dtype dtype_;
  Weights weights_;
  inlay_window window_ = {};
  inlay_matmul matmul_ = {};
  const int32_t ids_[4] = {0, 1, 2, 3};
  int count_ = 0;
  std::vector<int32_t> dims_[4];
  inlay_tensor tensors_[4] = {};
  std::vector<uint8_t> input_, weight_bytes_;
  std::vector<int32_t> bias_;
  std::vector<float> channel_scales_;
  float scales_[4] = {};
  int32_t zeros_[4] = {};
  inlay_node node_ = {};
  inlay_graph graph_ = {};
};

}  // namespace inlay::onednn
