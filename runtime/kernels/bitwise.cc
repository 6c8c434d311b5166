// SPDX-License-Identifier: Apache-2.0
#include "kernels/bitwise.h"

namespace inlay::kernels {

void logical_and(const Broadcast& plan, const uint8_t* a, const uint8_t* b, uint8_t* output) {
  for_each_pair(plan, a, b, output, [](uint8_t x, uint8_t y) { return static_cast<uint8_t>((x != 0) & (y != 0)); });
}

void logical_or(const Broadcast& plan, const uint8_t* a, const uint8_t* b, uint8_t* output) {
  for_each_pair(plan, a, b, output, [](uint8_t x, uint8_t y) { return static_cast<uint8_t>((x | y) != 0); });
}

template <typename T>
void bitwise_xor(const Broadcast& plan, const T* a, const T* b, T* output) {
  for_each_pair(plan, a, b, output, [](T x, T y) { return static_cast<T>(x ^ y); });
}

template <typename T>
void right_shift(const Broadcast& plan, const T* a, const T* b, T* output) {
  constexpr T kMost = sizeof(T) * 8 - 1;
  for_each_pair(plan, a, b, output, [](T x, T y) {
    const T by = y > kMost ? kMost : y;
    return static_cast<T>(x >> (by < 1 ? T{0} : by));
  });
}

template void bitwise_xor(const Broadcast&, const uint8_t*, const uint8_t*, uint8_t*);
template void bitwise_xor(const Broadcast&, const uint16_t*, const uint16_t*, uint16_t*);
template void bitwise_xor(const Broadcast&, const uint32_t*, const uint32_t*, uint32_t*);
template void right_shift(const Broadcast&, const int8_t*, const int8_t*, int8_t*);
template void right_shift(const Broadcast&, const uint8_t*, const uint8_t*, uint8_t*);
template void right_shift(const Broadcast&, const int16_t*, const int16_t*, int16_t*);
template void right_shift(const Broadcast&, const uint16_t*, const uint16_t*, uint16_t*);
template void right_shift(const Broadcast&, const int32_t*, const int32_t*, int32_t*);
template void right_shift(const Broadcast&, const uint32_t*, const uint32_t*, uint32_t*);

}  // namespace inlay::kernels
