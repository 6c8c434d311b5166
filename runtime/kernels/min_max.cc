// SPDX-License-Identifier: Apache-2.0
#include "kernels/min_max.h"

namespace inlay::kernels {

template <typename T>
void maximum(const Broadcast& plan, const T* a, const T* b, T* output) {
  for_each_pair(plan, a, b, output, [](T x, T y) { return x > y ? x : y; });
}

template <typename T>
void minimum(const Broadcast& plan, const T* a, const T* b, T* output) {
  for_each_pair(plan, a, b, output, [](T x, T y) { return x < y ? x : y; });
}

#define INLAY_MIN_MAX(T)                                           \
  template void maximum(const Broadcast&, const T*, const T*, T*); \
  template void minimum(const Broadcast&, const T*, const T*, T*);
INLAY_MIN_MAX(float)
INLAY_MIN_MAX(int8_t)
INLAY_MIN_MAX(uint8_t)
INLAY_MIN_MAX(int16_t)
INLAY_MIN_MAX(int32_t)
INLAY_MIN_MAX(int64_t)
#undef INLAY_MIN_MAX

}  // namespace inlay::kernels
