// SPDX-License-Identifier: Apache-2.0
// Small random networks, and what a backend makes of them: outputs, kernels, launches, memory.
#pragma once
#include <deque>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "inlay/backend.h"

namespace inlay::cuda {

/// What a run of a segment left.
struct Ran {
  inlay_status status = INLAY_OK;
  std::string sentence;
  std::vector<std::vector<uint8_t>> outputs;
  std::vector<std::string> kernels;  ///< by node
  inlay_device_use use = {};
};

/// The largest difference of their first outputs, floats.
float distance(const Ran& a, const Ran& b);

/// Tensors of one dtype, int8, uint8 or float32, those of 8 bits each with scale and zero point of its own. Functions that add a node
/// answer its output. Weights are drawn so that results fill the range.
class Net {
 public:
  Net(inlay_dtype dtype, uint32_t seed) : dtype_(dtype), random_(seed) {}
  Net(const Net&) = delete;
  Net& operator=(const Net&) = delete;

  int32_t input(const std::vector<int32_t>& dims);
  int32_t constant(const std::vector<int32_t>& dims);
  /// Square filters, pads that keep the size, one stride.
  int32_t conv(int32_t in, int32_t channels, int32_t side, inlay_activation activation = INLAY_ACT_NONE, int32_t groups = 1);
  int32_t depthwise(int32_t in, int32_t side, inlay_activation activation = INLAY_ACT_NONE);
  int32_t dense(int32_t in, int32_t channels, inlay_activation activation = INLAY_ACT_NONE);
  int32_t add(int32_t a, int32_t b, inlay_activation activation = INLAY_ACT_NONE);
  int32_t tanh(int32_t in);
  /// Of four weights side by side, two are zeros from now on.
  void prune() { pruned_ = true; }
  void set_fast_math(uint32_t bits) { fast_math_ = bits; }
  void set_scale(int32_t tensor, float scale) { tensors_[static_cast<size_t>(tensor)].scale = scale; }
  void finish(std::vector<int32_t> outputs);

  /// Of all nodes.
  inlay_segment segment() const;
  /// All nodes as one segment. variants: by node, or empty.
  Ran run(const inlay_backend& backend, int32_t device, const std::vector<uint8_t>& variants = {},
          const inlay_observer* observer = nullptr);
  /// Each node a segment by itself; the launches are those of all.
  Ran run_apart(const inlay_backend& backend, int32_t device, const std::vector<uint8_t>& variants = {});

 private:
  struct Tensor {
    std::vector<int32_t> dims;
    std::vector<uint8_t> data;  ///< constants and inputs
    std::vector<float> scales;  ///< of weights
    float scale = 0;
    int32_t zero = 0;
    bool constant = false;
  };
  struct Op {
    uint16_t kind;
    std::vector<int32_t> inputs, outputs;
    inlay_window window;
    inlay_activation activation;
  };

  int32_t tensor(const std::vector<int32_t>& dims);
  int32_t weights(const std::vector<int32_t>& dims, int32_t depth, int32_t scales);
  int32_t node(uint16_t kind, std::vector<int32_t> inputs, const std::vector<int32_t>& dims, inlay_activation activation,
               int32_t side = 0);
  void fill(Tensor* t);
  void run_part(const inlay_backend& backend, int32_t device, inlay_segment segment, const std::vector<void*>& places,
                const inlay_observer* observer, Ran* ran);
  std::vector<void*> take(std::vector<std::vector<uint64_t>>* memory);
  void fetch(const std::vector<void*>& places, Ran* ran) const;

  inlay_dtype dtype_;
  uint32_t fast_math_ = 0;
  bool pruned_ = false;
  std::mt19937 random_;
  std::deque<Tensor> tensors_;
  std::deque<Op> ops_;
  std::vector<int32_t> inputs_, outputs_;
  std::vector<inlay_tensor> tensor_views_;
  std::vector<inlay_node> nodes_;
  inlay_graph graph_ = {};
};

}  // namespace inlay::cuda
