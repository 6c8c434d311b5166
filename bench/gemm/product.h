// SPDX-License-Identifier: Apache-2.0
// A product of matrices as a model has it: a FULLY_CONNECTED node with constant weights, and what its answer must be.
#pragma once
#include "bench/gemm/options.h"
#include "gpu/op.h"

namespace inlay::bench {

class Product {
 public:
  /// Random values; of int8 with scales that make use of the whole range.
  Product(const GemmShape& s, GemmType type);
  Product(const Product&) = delete;
  Product& operator=(const Product&) = delete;

  const GemmShape& shape() const { return shape_; }
  GemmType type() const { return type_; }
  /// The node as ops plan it; variant 0: their own choice.
  gpu::Node node(const gpu::Caps& caps, uint8_t variant);
  /// The input (0) and the weights (1) as the device has them, halves as halves.
  std::vector<uint8_t> on_device(const gpu::Caps& caps, int tensor);

  /// int8: that `ours` is what `sums`, the exact sums, are after requantization; floats: that both are near one another. Either
  /// is [m][n]. Empty, or what differs first.
  std::string difference(const std::vector<uint8_t>& ours, const std::vector<uint8_t>& sums) const;

 private:
  void set(int tensor, int32_t rows, int32_t columns, const std::vector<uint8_t>* data, const float* scale);
  bool is_int8() const { return type_ == GemmType::kInt8; }

  GemmShape shape_;
  GemmType type_;
  std::vector<uint8_t> values_[2];  ///< as the model has them: int8, or float32
  float scales_[3];
  int32_t dims_[3][2];
  inlay_tensor tensors_[3] = {};
  inlay_node node_ = {};
  inlay_matmul matmul_ = {};
  inlay_graph graph_ = {};
  inlay_segment segment_ = {};
  uint8_t variant_ = 0;
};

}  // namespace inlay::bench
