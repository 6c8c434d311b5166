// SPDX-License-Identifier: Apache-2.0
// Between real numbers and the stored elements of one tensor.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tools/graph/ir.h"

namespace inlay::tools {

/// Fills the bytes of an input element by element. Takes FLOAT32, INT8, UINT8 and INT16; throws Error for other dtypes.
class ElementWriter {
 public:
  explicit ElementWriter(const inlay_tensor_info& info);
  size_t count() const { return count_; }
  /// Stores a real number: as is, or round(real / scale) + zero point, clamped.
  void put_real(size_t index, float real);
  /// Stores a number without scaling it, clamped to the dtype.
  void put_raw(size_t index, float value);
  Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
  size_t count_;
  inlay_dtype dtype_;
  float scale_ = 1;  // per tensor; inputs quantized per channel use the first
  int32_t zero_point_ = 0;
};

/// Element `index` of `data` as a real number, dequantized where the tensor is. 0 for dtypes that are no numbers.
double real_at(const inlay_tensor_info& info, const void* data, size_t index);
/// How many elements the tensor has.
size_t element_count(const inlay_tensor_info& info);
std::vector<int64_t> shape_of(const inlay_tensor_info& info);
/// "input 0 'image' (float32 1x28x28x1)": how errors call a tensor.
std::string describe(const char* role, int32_t index, const inlay_tensor_info& info);
/// Text of a model without control characters, so that a hostile name cannot steer a terminal.
std::string printable(const char* text);
/// An op's name for a line of a table. Converters join the names of all layers they have fused: the first of them, and how many more.
std::string short_name(const std::string& whole);

}  // namespace inlay::tools
