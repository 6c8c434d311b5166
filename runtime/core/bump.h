// SPDX-License-Identifier: Apache-2.0
// A bump allocator over memory of the caller, which can also only count.
#pragma once
#include "core/checked.h"
#include "inlay/inlay.h"

namespace inlay {

constexpr size_t kBlockAlignment = 16;

/// Gives pieces of a block, or with a NULL block only adds up what they would take. The memory is zeroed when given.
class Bump {
 public:
  /// Counts only.
  Bump() = default;
  explicit Bump(inlay_block block) : base_(static_cast<uint8_t*>(block.data)), capacity_(block.bytes) {}

  bool counting() const { return base_ == nullptr; }
  /// Bytes given so far.
  size_t used() const { return used_; }
  /// True once a request did not fit (or the sum overflowed); what was given since is NULL.
  bool failed() const { return failed_; }

  void* take(size_t bytes, size_t alignment = kBlockAlignment) {
    size_t start = 0, end = 0;
    if (!checked_add(used_, alignment - 1, &start)) return fail();
    start &= ~(alignment - 1);
    if (!checked_add(start, bytes, &end)) return fail();
    if (!counting() && end > capacity_) return fail();
    used_ = end;
    if (counting()) return nullptr;
    __builtin_memset(base_ + start, 0, bytes);
    return base_ + start;
  }
  template <typename T>
  T* take_array(size_t count) {
    size_t bytes = 0;
    if (!checked_mul(count, sizeof(T), &bytes)) return static_cast<T*>(fail());
    return static_cast<T*>(take(bytes, alignof(T) > 4 ? alignof(T) : 4));
  }

 private:
  void* fail() {
    failed_ = true;
    return nullptr;
  }
  uint8_t* base_ = nullptr;
  size_t capacity_ = 0;
  size_t used_ = 0;
  bool failed_ = false;
};

}  // namespace inlay
