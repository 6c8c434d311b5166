// SPDX-License-Identifier: Apache-2.0
// Hosts: an array on the heap that can fail to be made.
#pragma once
#include <stdlib.h>

#include <cstddef>
#include <type_traits>

namespace inlay {

/// Zeroed; of types without constructors.
template <typename T>
class HeapArray {
  static_assert(std::is_trivially_copyable_v<T>, "it comes from calloc");

 public:
  HeapArray() = default;
  ~HeapArray() { free(data_); }
  HeapArray(const HeapArray&) = delete;
  HeapArray& operator=(const HeapArray&) = delete;

  /// False: there is no memory. An array of none is there, too.
  bool make(size_t count) {
    free(data_);
    data_ = static_cast<T*>(calloc(count + 1, sizeof(T)));
    return data_ != nullptr;
  }
  T* data() const { return data_; }
  T& operator[](size_t i) const { return data_[i]; }
  T& operator[](int32_t i) const { return data_[i]; }

 private:
  T* data_ = nullptr;
};

}  // namespace inlay
