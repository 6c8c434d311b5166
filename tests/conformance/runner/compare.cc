// SPDX-License-Identifier: Apache-2.0
#include "conformance/runner/compare.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>

namespace inlay::conformance {
namespace {

template <typename T>
T load(const void* data, size_t index) {
  T value;
  std::memcpy(&value, static_cast<const char*>(data) + index * sizeof(T), sizeof(T));
  return value;
}

double half(uint16_t bits) {
  const int exponent = bits >> 10 & 31, fraction = bits & 1023;
  const double size = exponent == 31  ? (fraction != 0 ? NAN : INFINITY)
                      : exponent == 0 ? std::ldexp(fraction, -24)
                                      : std::ldexp(fraction + 1024, exponent - 25);
  return (bits & 0x8000) != 0 ? -size : size;
}

/// Elements of a tensor as numbers; a complex one counts as two. Beyond 2^53 an int64 loses bits, so those are compared apart.
struct Numbers {
  inlay_dtype dtype;

  bool is_float() const {
    return dtype == INLAY_FLOAT32 || dtype == INLAY_FLOAT16 || dtype == INLAY_FLOAT64 || dtype == INLAY_COMPLEX64 ||
           dtype == INLAY_BFLOAT16;
  }
  size_t width() const { return dtype == INLAY_COMPLEX64 ? 4 : inlay_dtype_bits(dtype) / 8; }
  double at(const void* data, size_t i) const {
    switch (dtype) {
      case INLAY_FLOAT32:
      case INLAY_COMPLEX64: return load<float>(data, i);
      case INLAY_FLOAT64: return load<double>(data, i);
      case INLAY_FLOAT16: return half(load<uint16_t>(data, i));
      case INLAY_INT8: return load<int8_t>(data, i);
      case INLAY_UINT8:
      case INLAY_BOOL: return load<uint8_t>(data, i);
      case INLAY_INT16: return load<int16_t>(data, i);
      case INLAY_UINT16: return load<uint16_t>(data, i);
      case INLAY_INT32: return load<int32_t>(data, i);
      case INLAY_UINT32: return load<uint32_t>(data, i);
      case INLAY_INT64: return static_cast<double>(load<int64_t>(data, i));
      case INLAY_UINT64: return static_cast<double>(load<uint64_t>(data, i));
      default: return NAN;
    }
  }
};

/// Of the largest expected value, where inputs, constants and what lies between ops are rounded to 11 bits.
constexpr double kHalves = 2e-3;

double default_tolerance(const inlay_tensor_info& info, bool is_float) {
  if (is_float) return info.dtype == INLAY_FLOAT16 ? 1e-3 : 1e-5;
  return info.quant.count > 0 && inlay_dtype_bits(info.dtype) <= 16 ? 1 : 0;
}

/// |got - expected| in units of `unit`; infinite where one is no finite number and the other is not the same.
double distance(double got, double expected, double unit) {
  if (got == expected || (std::isnan(got) && std::isnan(expected))) return 0;
  const double d = std::fabs(got - expected) / unit;
  return std::isfinite(got) && std::isfinite(expected) ? d : INFINITY;
}

}  // namespace

Difference compare(const inlay_tensor_info& info, const void* got, const void* expected, std::optional<double> tolerance,
                   bool halves) {
  const Numbers numbers{info.dtype};
  Difference result;
  result.is_float = numbers.is_float();
  double allowed = tolerance.value_or(default_tolerance(info, result.is_float));
  if (halves && result.is_float) allowed = std::max(allowed, kHalves);
  const size_t width = numbers.width();
  if (width == 0) {
    if (std::memcmp(got, expected, info.bytes) != 0) result.failure = "its bytes differ";
    return result;
  }
  const size_t count = info.bytes / width;
  double unit = result.is_float ? 0 : 1;
  for (size_t i = 0; i < count && result.is_float; ++i) {
    const double size = std::fabs(numbers.at(expected, i));
    if (std::isfinite(size) && size > unit) unit = size;
  }
  size_t worst = 0, wrong = 0;
  for (size_t i = 0; i < count; ++i) {
    double d = distance(numbers.at(got, i), numbers.at(expected, i), unit);
    if (d == 0 && width == 8 && !result.is_float && load<int64_t>(got, i) != load<int64_t>(expected, i)) d = INFINITY;
    wrong += d > allowed ? 1 : 0;
    if (d > result.largest) {
      result.largest = d;
      worst = i;
    }
  }
  if (wrong == 0) return result;
  char text[200];
  std::snprintf(text, sizeof(text),
                "%zu of %zu elements differ by more than %g; element %zu is %.9g, expected %.9g (difference %g)", wrong, count,
                allowed, worst, numbers.at(got, worst), numbers.at(expected, worst), result.largest);
  result.failure = text;
  return result;
}

}  // namespace inlay::conformance
