// SPDX-License-Identifier: Apache-2.0
#include "tools/import/tflite/custom_options.h"

#include <cstring>

namespace inlay::tools::tflite_import {
namespace {

// Types of FlexBuffers values; a type byte is type << 2 | log2 of a width.
enum Type : uint32_t {
  kNull = 0,
  kInt = 1,
  kUint = 2,
  kFloat = 3,
  kIndirectInt = 6,
  kIndirectUint = 7,
  kIndirectFloat = 8,
  kMap = 9,
  kBool = 26
};

int64_t sign_extended(uint64_t value, uint32_t width) {
  const uint32_t unused = 64 - 8 * width;
  return static_cast<int64_t>(value << unused) >> unused;
}

}  // namespace

// The buffer ends with the root's value, its type byte and its width. A map is a vector with, in front of its elements, the place
// of the vector of keys, that vector's width, and the count; behind its elements, one type byte each.
CustomOptions::CustomOptions(const OpReader& reader) : reader_(reader), bytes_(reader.custom_options()) {
  if (bytes_.empty()) return;
  if (bytes_.size() < 3) damaged();
  const uint32_t root_width = bytes_.back();
  const uint32_t type = bytes_[bytes_.size() - 2];
  if (type >> 2 != kMap || root_width == 0 || root_width > 8 || root_width + 2 > bytes_.size()) damaged();
  values_ = follow(bytes_.size() - 2 - root_width, root_width);
  value_width_ = 1u << (type & 3u);
  if (values_ < size_t{3} * value_width_) damaged();
  count_ = raw(values_ - value_width_, value_width_);
  const uint64_t key_width = raw(values_ - size_t{2} * value_width_, value_width_);
  keys_ = follow(values_ - size_t{3} * value_width_, value_width_);
  if (key_width == 0 || key_width > 8 || count_ > bytes_.size()) damaged();
  key_width_ = static_cast<uint32_t>(key_width);
}

void CustomOptions::damaged() const { reader_.fail("its options are not a FlexBuffers map (the file is damaged)"); }

/// The little-endian unsigned number of `width` bytes.
uint64_t CustomOptions::raw(size_t at, uint32_t width) const {
  if (at > bytes_.size() || bytes_.size() - at < width) damaged();
  uint64_t value = 0;
  for (uint32_t i = 0; i < width; ++i) value |= uint64_t{bytes_[at + i]} << (8 * i);
  return value;
}

/// Where the offset stored at `at` leads: that far back.
size_t CustomOptions::follow(size_t at, uint32_t width) const {
  const uint64_t back = raw(at, width);
  if (back > at) damaged();
  return at - static_cast<size_t>(back);
}

bool CustomOptions::key_equals(size_t at, const char* key) const {
  const size_t length = std::strlen(key) + 1;  // with the zero at the end
  return at <= bytes_.size() && bytes_.size() - at >= length && std::memcmp(bytes_.data() + at, key, length) == 0;
}

std::optional<size_t> CustomOptions::index_of(const char* key) const {
  for (uint64_t i = 0; i < count_; ++i) {
    if (key_equals(follow(keys_ + static_cast<size_t>(i) * key_width_, key_width_), key)) return static_cast<size_t>(i);
  }
  return std::nullopt;
}

std::optional<CustomOptions::Number> CustomOptions::find(const char* key) const {
  const std::optional<size_t> index = index_of(key);
  if (!index) return std::nullopt;
  const auto packed = static_cast<uint32_t>(raw(values_ + static_cast<size_t>(count_) * value_width_ + *index, 1));
  const uint32_t type = packed >> 2;
  if (type == kNull) return std::nullopt;
  const bool indirect = type == kIndirectInt || type == kIndirectUint || type == kIndirectFloat;
  size_t at = values_ + *index * value_width_;
  if (indirect) at = follow(at, value_width_);
  const uint32_t width = indirect ? 1u << (packed & 3u) : value_width_;
  const uint64_t bits = raw(at, width);
  if (type == kInt || type == kIndirectInt) return Number{false, 0, sign_extended(bits, width)};
  if (type == kUint || type == kIndirectUint || type == kBool) {
    return Number{false, 0, bits > INT64_MAX ? INT64_MAX : static_cast<int64_t>(bits)};
  }
  double real = 0;
  float narrow = 0;
  if ((type == kFloat || type == kIndirectFloat) && width == 8) {
    std::memcpy(&real, &bits, sizeof(real));
  } else if ((type == kFloat || type == kIndirectFloat) && width == 4) {
    const auto low = static_cast<uint32_t>(bits);
    std::memcpy(&narrow, &low, sizeof(narrow));
    real = narrow;
  } else {
    reader_.fail(std::string("the option '") + key + "' is not a number");
  }
  return Number{true, real, 0};
}

int32_t CustomOptions::integer(const char* key, std::optional<int32_t> otherwise) const {
  const std::optional<Number> found = find(key);
  if (!found) {
    if (!otherwise) reader_.fail(std::string("the option '") + key + "' is missing");
    return *otherwise;
  }
  if (found->is_real || found->integer < INT32_MIN || found->integer > INT32_MAX) {
    reader_.fail(std::string("the option '") + key + "' is not a 32-bit integer");
  }
  return static_cast<int32_t>(found->integer);
}

float CustomOptions::real(const char* key, std::optional<float> otherwise) const {
  const std::optional<Number> found = find(key);
  if (!found && !otherwise) reader_.fail(std::string("the option '") + key + "' is missing");
  if (!found) return *otherwise;
  return found->is_real ? static_cast<float>(found->real) : static_cast<float>(found->integer);
}

}  // namespace inlay::tools::tflite_import
