// SPDX-License-Identifier: Apache-2.0
#include "kernels/cast.h"

#include <limits>

#include "kernels/quantize.h"

namespace inlay::kernels {
namespace {

constexpr int32_t kBlock = 64;

bool is_float(uint32_t dtype) { return dtype == INLAY_FLOAT32 || dtype == INLAY_FLOAT16 || dtype == INLAY_FLOAT64; }

template <typename T, typename Middle>
void load(const void* in, int64_t at, int32_t n, Middle* middle) {
  const T* from = static_cast<const T*>(in) + at;
  for (int32_t i = 0; i < n; ++i) middle[i] = static_cast<Middle>(from[i]);
}

void load_any(uint32_t dtype, const void* in, int64_t at, int32_t n, int64_t* middle) {
  switch (dtype) {
    case INLAY_INT8: load<int8_t>(in, at, n, middle); break;
    case INLAY_INT16: load<int16_t>(in, at, n, middle); break;
    case INLAY_UINT16: load<uint16_t>(in, at, n, middle); break;
    case INLAY_INT32: load<int32_t>(in, at, n, middle); break;
    case INLAY_UINT32: load<uint32_t>(in, at, n, middle); break;
    case INLAY_INT64: load<int64_t>(in, at, n, middle); break;
    default: load<uint8_t>(in, at, n, middle); break;
  }
}

void load_any(uint32_t dtype, const void* in, int64_t at, int32_t n, double* middle) {
  if (dtype == INLAY_FLOAT32) return load<float>(in, at, n, middle);
  if (dtype == INLAY_FLOAT64) return load<double>(in, at, n, middle);
  const uint16_t* from = static_cast<const uint16_t*>(in) + at;
  for (int32_t i = 0; i < n; ++i) middle[i] = static_cast<double>(half_to_float(from[i]));
}

template <typename T>
T convert(int64_t v) {
  return static_cast<T>(v);
}
/// Saturates; the ends of int64 are compared as the doubles next to them.
template <typename T>
T convert(double v) {
  if constexpr (std::numeric_limits<T>::is_integer) {
    constexpr T kLow = std::numeric_limits<T>::min(), kHigh = std::numeric_limits<T>::max();
    if (!(v < static_cast<double>(kHigh))) return kHigh;
    return v > static_cast<double>(kLow) ? static_cast<T>(v) : kLow;
  } else {
    return static_cast<T>(v);
  }
}

template <typename T, typename Middle>
void store(const Middle* middle, int64_t at, int32_t n, void* out) {
  T* to = static_cast<T*>(out) + at;
  for (int32_t i = 0; i < n; ++i) to[i] = convert<T>(middle[i]);
}

template <typename Middle>
void store_any(uint32_t dtype, const Middle* middle, int64_t at, int32_t n, void* out) {
  switch (dtype) {
    case INLAY_INT8: store<int8_t>(middle, at, n, out); break;
    case INLAY_UINT8: store<uint8_t>(middle, at, n, out); break;
    case INLAY_INT16: store<int16_t>(middle, at, n, out); break;
    case INLAY_UINT16: store<uint16_t>(middle, at, n, out); break;
    case INLAY_INT32: store<int32_t>(middle, at, n, out); break;
    case INLAY_UINT32: store<uint32_t>(middle, at, n, out); break;
    case INLAY_INT64: store<int64_t>(middle, at, n, out); break;
    case INLAY_FLOAT32: store<float>(middle, at, n, out); break;
    case INLAY_FLOAT64: store<double>(middle, at, n, out); break;
    case INLAY_FLOAT16:
      for (int32_t i = 0; i < n; ++i) static_cast<uint16_t*>(out)[at + i] = float_to_half(static_cast<float>(middle[i]));
      break;
    default:
      for (int32_t i = 0; i < n; ++i) static_cast<uint8_t*>(out)[at + i] = middle[i] != 0 ? 1 : 0;
      break;
  }
}

template <typename Middle>
void cast_by(uint32_t from, uint32_t to, int64_t count, const void* in, void* out) {
  Middle middle[kBlock];
  for (int64_t at = 0; at < count; at += kBlock) {
    const auto n = static_cast<int32_t>(count - at < kBlock ? count - at : kBlock);
    load_any(from, in, at, n, middle);
    store_any(to, middle, at, n, out);
  }
}

}  // namespace

bool can_cast(uint32_t dtype) {
  switch (dtype) {
    case INLAY_INT8:
    case INLAY_UINT8:
    case INLAY_INT16:
    case INLAY_UINT16:
    case INLAY_INT32:
    case INLAY_UINT32:
    case INLAY_INT64:
    case INLAY_BOOL: return true;
    default: return is_float(dtype);
  }
}

void cast(uint32_t from, uint32_t to, int64_t count, const void* in, void* out) {
  if (is_float(from)) {
    cast_by<double>(from, to, count, in, out);
  } else {
    cast_by<int64_t>(from, to, count, in, out);
  }
}

}  // namespace inlay::kernels
