// SPDX-License-Identifier: Apache-2.0
// Runs what an op plans in the emulator: a node of random floats or int8, its recipe, the launches one after another.
#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <random>
#include <vector>

#include "gpu/op.h"

namespace inlay::cuda {

/// Memory of the exact size at a multiple of 16, so that AddressSanitizer sees a step outside.
class Memory {
 public:
  explicit Memory(size_t bytes, uint8_t fill = 0xa5);
  uint8_t* data() const { return data_.get(); }
  size_t bytes() const { return bytes_; }

 private:
  struct Free {
    void operator()(uint8_t* p) const;
  };
  size_t bytes_;
  std::unique_ptr<uint8_t, Free> data_;
};

/// How an int8 tensor is quantized.
struct Quant8 {
  float scale;
  int32_t zero;
};

/// A node with float or int8 tensors: inputs first, then the output. Floats lie in memory as the node's fast_math says; `values` has
/// what memory has, so that halves are the rounded numbers and int8 what is stored.
class TestNode {
 public:
  TestNode(uint16_t kind, uint32_t fast_math, uint32_t activation = INLAY_ACT_NONE);
  TestNode(const TestNode&) = delete;
  TestNode& operator=(const TestNode&) = delete;

  /// A tensor of random numbers in -1..1; constant: the model holds it.
  void add_input(const std::vector<int32_t>& dims, bool constant, std::mt19937* random);
  /// int8 numbers of all sizes.
  void add_input8(const std::vector<int32_t>& dims, const Quant8& quant, std::mt19937* random);
  /// Makes zeros of random weights until at most two of four neighbours are left; before node().
  void prune(size_t input, std::mt19937* random);
  void no_input() { ids_.push_back(-1); }
  void set_output(const std::vector<int32_t>& dims);
  void set_output8(const std::vector<int32_t>& dims, const Quant8& quant);
  void set_params(const void* params) { node_.params = params; }
  /// The compute capability, 10 * major + minor; 90 at first.
  void set_architecture(int32_t arch) { caps_.arch = arch; }
  /// Its multiprocessors, and the bytes of shared memory of a block.
  void set_device(uint32_t units, size_t shared) { caps_.units = units, caps_.local_bytes = shared; }
  /// What ops see; call it when all tensors are there.
  gpu::Node node();
  const std::vector<double>& values(size_t input) const { return values_[input]; }
  const std::vector<int32_t>& dims(size_t tensor) const { return dims_[tensor]; }

  /// Runs the launches, in which each kernel must be in the table. Answers the output's numbers.
  std::vector<double> run(const gpu::Recipe& recipe);

 private:
  void* place(const gpu::Launch::Argument& argument, const Memory& scratch, std::vector<Memory>* constants);
  void launch(const gpu::Launch& launch, const Memory& scratch);
  size_t element_bytes(size_t tensor) const {
    return quants_[tensor].scale != 0.0f ? 1 : (segment_.fast_math & INLAY_FAST_MATH_FP16) != 0 ? 2 : 4;
  }
  void add_tensor(const std::vector<int32_t>& dims, bool constant, const Quant8& quant = {});
  void set_float(size_t tensor, size_t i, float v);
  double value_at(size_t tensor, size_t i) const;

  std::vector<std::vector<int32_t>> dims_;
  std::vector<std::vector<float>> floats_;  ///< of the model's constants, by tensor
  std::vector<std::vector<double>> values_;
  std::deque<Quant8> quants_;  ///< scale 0: floats
  std::vector<Memory> memory_;
  std::vector<bool> constant_;
  std::vector<int32_t> ids_;
  std::vector<inlay_tensor> tensors_;
  int32_t output_ = -1;
  inlay_node node_ = {};
  inlay_graph graph_ = {};
  inlay_segment segment_ = {};
  gpu::Caps caps_;
};

}  // namespace inlay::cuda
