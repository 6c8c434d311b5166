// SPDX-License-Identifier: Apache-2.0
// Sizes that cannot wrap around.
#pragma once
#include <cstddef>
#include <cstdint>

namespace inlay {

/// a * b into out; false when it does not fit.
template <typename T>
[[nodiscard]] inline bool checked_mul(T a, T b, T* out) {
  return !__builtin_mul_overflow(a, b, out);
}
/// a + b into out; false when it does not fit.
template <typename T>
[[nodiscard]] inline bool checked_add(T a, T b, T* out) {
  return !__builtin_add_overflow(a, b, out);
}
/// Rounds up to a multiple of `alignment` (a power of two); the caller knows that it fits.
template <typename T>
constexpr T align_up(T value, T alignment) {
  return (value + alignment - 1) & ~(alignment - 1);
}

}  // namespace inlay
