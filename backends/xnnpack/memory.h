// SPDX-License-Identifier: Apache-2.0
// Where XNNPACK's memory comes from. It asks one allocator per process; ours looks at what the calling thread is doing.
#pragma once
#include <cstddef>

#include "inlay/inlay.h"

struct xnn_allocator;

namespace inlay::xnnpack {

/// What every piece begins at, and the space before it that remembers its size.
constexpr size_t kPieceAlignment = 64;

/// While it lives, all that XNNPACK allocates on this thread is one of:
/// counted, and lent from the heap until the counter dies (measure);
/// cut from a block, and given back with the block as a whole (compile);
/// refused (execute), so that a run cannot allocate.
/// Without any, on threads that use XNNPACK for themselves, it is the heap.
class Memory {
 public:
  /// Counts.
  Memory() : kind_(Kind::kCount) { enter(); }
  /// Cuts from `block`.
  explicit Memory(inlay_block block);
  static Memory refusing() { return Memory(Kind::kRefuse); }
  ~Memory();
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  /// Zeroed, aligned to kPieceAlignment; NULL when there is none.
  void* take(size_t bytes);
  /// What a block needs for the same requests, wherever it begins.
  size_t used() const { return used_ + kPieceAlignment; }
  /// Gives back what was lent so far; the count stays.
  void give_back();

 private:
  enum class Kind { kCount, kCut, kRefuse };
  explicit Memory(Kind kind) : kind_(kind) { enter(); }
  void enter();

  Kind kind_;
  unsigned char* next_ = nullptr;
  size_t left_ = 0;
  size_t used_ = 0;
  void* lent_ = nullptr;
  Memory* outer_ = nullptr;
};

const xnn_allocator* allocator();

}  // namespace inlay::xnnpack
