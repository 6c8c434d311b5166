// SPDX-License-Identifier: Apache-2.0
#include "kernels/floor_div.h"

#include <cmath>

#include "kernels/wrap.h"

namespace inlay::kernels {
namespace {

template <typename T>
inline T quotient(T x, T y) {
  if (y == -1) return wrap_sub(T{0}, x);  // x / y traps for the lowest x
  const T q = static_cast<T>(x / y);
  return x % y != 0 && (x < 0) != (y < 0) ? static_cast<T>(q - 1) : q;
}

template <typename T>
inline T modulo(T x, T y) {
  if (y == -1) return 0;
  const T r = static_cast<T>(x % y);
  return r != 0 && (r < 0) != (y < 0) ? static_cast<T>(r + y) : r;
}

// floor and fmod are exact: every libm gives the same bits.
inline float quotient(float x, float y) { return std::floor(x / y); }
inline float modulo(float x, float y) {
  const float r = std::fmod(x, y);
  return r != 0.0f && (r < 0.0f) != (y < 0.0f) ? r + y : r;
}

}  // namespace

template <typename T>
void floor_div(const Broadcast& plan, const T* a, const T* b, T* output) {
  for_each_pair(plan, a, b, output, [](T x, T y) { return quotient(x, y); });
}

template <typename T>
void floor_mod(const Broadcast& plan, const T* a, const T* b, T* output) {
  for_each_pair(plan, a, b, output, [](T x, T y) { return modulo(x, y); });
}

template void floor_div(const Broadcast&, const float*, const float*, float*);
template void floor_div(const Broadcast&, const int8_t*, const int8_t*, int8_t*);
template void floor_div(const Broadcast&, const int16_t*, const int16_t*, int16_t*);
template void floor_div(const Broadcast&, const int32_t*, const int32_t*, int32_t*);
template void floor_mod(const Broadcast&, const float*, const float*, float*);
template void floor_mod(const Broadcast&, const int8_t*, const int8_t*, int8_t*);
template void floor_mod(const Broadcast&, const int16_t*, const int16_t*, int16_t*);
template void floor_mod(const Broadcast&, const int32_t*, const int32_t*, int32_t*);
template void floor_mod(const Broadcast&, const int64_t*, const int64_t*, int64_t*);

}  // namespace inlay::kernels
