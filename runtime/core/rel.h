// SPDX-License-Identifier: Apache-2.0
// A place beside an op's data, as a number: the same bytes on a 64-bit host and on the 32-bit board that reads them from flash.
#pragma once
#include "core/checked.h"

namespace inlay {

/// Where `count` T lie that prepare allocated, counted in lines of 16 bytes from the op's data. 0: nowhere.
template <typename T>
struct Rel {
  int32_t lines;

  /// `at` may be NULL. Both are aligned to 16, in one block.
  static Rel to(const T* at, const void* data) {
    if (at == nullptr) return {0};
    return {static_cast<int32_t>((reinterpret_cast<const uint8_t*>(at) - static_cast<const uint8_t*>(data)) / 16)};
  }
  const T* from(const void* data) const {
    return lines != 0 ? reinterpret_cast<const T*>(static_cast<const uint8_t*>(data) + static_cast<ptrdiff_t>(lines) * 16)
                      : nullptr;
  }
};

}  // namespace inlay
