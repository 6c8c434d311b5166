// SPDX-License-Identifier: Apache-2.0
// Integers that are not quantized: arithmetic that wraps around, and the range of a fused activation.
#pragma once
#include <cstdint>
#include <type_traits>

namespace inlay::kernels {

/// Bounds of an integer result; {INT64_MIN, INT64_MAX} does nothing to any type.
struct IntRange {
  int64_t min, max;
};

template <typename T>
inline T clamp(T v, IntRange r) {
  constexpr T kLowest = std::is_unsigned_v<T> ? T{0} : static_cast<T>(std::make_unsigned_t<T>{1} << (sizeof(T) * 8 - 1));
  constexpr T kHighest = static_cast<T>(~kLowest);
  // Bounds in the type's own width, so that the loop around this stays narrow.
  const T low = r.min < static_cast<int64_t>(kLowest) ? kLowest : static_cast<T>(r.min);
  const T high = r.max > static_cast<int64_t>(kHighest) ? kHighest : static_cast<T>(r.max);
  v = v < low ? low : v;
  return v > high ? high : v;
}

// In unsigned arithmetic, where overflow is defined: the low bits are those of the wrapped result.
template <typename T>
inline T wrap_add(T a, T b) {
  return static_cast<T>(static_cast<std::make_unsigned_t<T>>(a) + static_cast<std::make_unsigned_t<T>>(b));
}
template <typename T>
inline T wrap_sub(T a, T b) {
  return static_cast<T>(static_cast<std::make_unsigned_t<T>>(a) - static_cast<std::make_unsigned_t<T>>(b));
}
/// T of at least 16 bits; 16-bit operands are promoted first, as unsigned ones would overflow the int they are promoted to.
template <typename T>
inline T wrap_mul(T a, T b) {
  using Wide = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;
  return static_cast<T>(static_cast<Wide>(a) * static_cast<Wide>(b));
}

}  // namespace inlay::kernels
