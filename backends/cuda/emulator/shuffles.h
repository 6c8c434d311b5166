// SPDX-License-Identifier: Apache-2.0
// Values that lanes of a warp hand to each other: CUDA C++ Programming Guide, "Warp Shuffle Functions", "Warp Vote Functions",
// "Warp Reduce Functions". A fault where CUDA leaves the value undefined.
#pragma once
#include "emulator/cuda_emulator.h"

namespace inlay::cuda::emulator {

/// Lane `from`'s value.
uint64_t shuffle(uint32_t mask, const char* what, uint64_t value, int from);
/// One bit of every lane of the mask.
uint32_t ballot(uint32_t mask, bool bit);
/// The sum of the lanes of the mask, which wraps around.
uint32_t sum_of_lanes(uint32_t mask, uint32_t value);

template <typename T>
T shuffle_value(uint32_t mask, const char* what, T value, int from) {
  static_assert(sizeof(T) <= sizeof(uint64_t), "CUDA shuffles up to 8 bytes");
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof(T));
  bits = shuffle(mask, what, bits, from);
  std::memcpy(&value, &bits, sizeof(T));
  return value;
}

/// The first lane of this one's segment of `width`.
inline int segment(int width) { return static_cast<int>(lane()) & ~(width - 1); }

}  // namespace inlay::cuda::emulator

// NOLINTBEGIN: names are CUDA's
template <typename T>
T __shfl_sync(unsigned mask, T value, int from, int width = 32) {
  using namespace inlay::cuda::emulator;
  return shuffle_value(mask, "__shfl_sync", value, segment(width) + (from & (width - 1)));
}
template <typename T>
T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32) {
  using namespace inlay::cuda::emulator;
  const int from = static_cast<int>(lane()) - static_cast<int>(delta);
  return shuffle_value(mask, "__shfl_up_sync", value, from < segment(width) ? static_cast<int>(lane()) : from);
}
template <typename T>
T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32) {
  using namespace inlay::cuda::emulator;
  const int from = static_cast<int>(lane()) + static_cast<int>(delta);
  return shuffle_value(mask, "__shfl_down_sync", value, from >= segment(width) + width ? static_cast<int>(lane()) : from);
}
template <typename T>
T __shfl_xor_sync(unsigned mask, T value, int bits, int width = 32) {
  using namespace inlay::cuda::emulator;
  const int from = static_cast<int>(lane()) ^ bits;
  return shuffle_value(mask, "__shfl_xor_sync", value, from >= segment(width) + width ? static_cast<int>(lane()) : from);
}
inline unsigned __ballot_sync(unsigned mask, int bit) { return inlay::cuda::emulator::ballot(mask, bit != 0); }
inline int __any_sync(unsigned mask, int bit) { return inlay::cuda::emulator::ballot(mask, bit != 0) != 0; }
inline int __all_sync(unsigned mask, int bit) { return inlay::cuda::emulator::ballot(mask, bit == 0) == 0; }
inline unsigned __reduce_add_sync(unsigned mask, unsigned v) { return inlay::cuda::emulator::sum_of_lanes(mask, v); }
inline int __reduce_add_sync(unsigned mask, int v) {
  return static_cast<int>(inlay::cuda::emulator::sum_of_lanes(mask, static_cast<unsigned>(v)));
}
// NOLINTEND
