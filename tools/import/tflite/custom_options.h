// SPDX-License-Identifier: Apache-2.0
// The options of a custom op: a FlexBuffers map of numbers (flatbuffers.dev/flexbuffers), read with every access checked.
#pragma once
#include <optional>

#include "tools/import/tflite/op_reader.h"

namespace inlay::tools::tflite_import {

/// Lives no longer than its OpReader. Every failure is a sentence naming the op and the option.
class CustomOptions {
 public:
  /// No options at all read as an empty map.
  explicit CustomOptions(const OpReader& reader);
  /// The integer (or boolean) `key`; `otherwise` when the map lacks it. Fails outside int32, or when missing without `otherwise`.
  int32_t integer(const char* key, std::optional<int32_t> otherwise = std::nullopt) const;
  float real(const char* key, std::optional<float> otherwise = std::nullopt) const;

 private:
  struct Number {
    bool is_real;
    double real;
    int64_t integer;
  };
  uint64_t raw(size_t at, uint32_t width) const;
  size_t follow(size_t at, uint32_t width) const;
  bool key_equals(size_t at, const char* key) const;
  std::optional<size_t> index_of(const char* key) const;
  std::optional<Number> find(const char* key) const;
  [[noreturn]] void damaged() const;

  const OpReader& reader_;
  Bytes bytes_;
  size_t values_ = 0, keys_ = 0;  ///< where the elements of the two vectors begin
  uint32_t value_width_ = 1, key_width_ = 1;
  uint64_t count_ = 0;
};

}  // namespace inlay::tools::tflite_import
