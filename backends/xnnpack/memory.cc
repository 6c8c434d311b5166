// SPDX-License-Identifier: Apache-2.0
#include "memory.h"

#include <xnnpack.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace inlay::xnnpack {
namespace {

thread_local Memory* t_memory = nullptr;

/// Lies in the kPieceAlignment bytes before each piece.
struct Head {
  size_t bytes;
  void* next;    // lent pieces: the one lent before
  bool is_heap;  // to be freed when XNNPACK says so
};
static_assert(sizeof(Head) <= kPieceAlignment, "a head fits before its piece");

Head* head_of(void* piece) { return reinterpret_cast<Head*>(static_cast<unsigned char*>(piece) - kPieceAlignment); }

/// Bytes of a piece with its head; 0 when they overflow.
size_t whole(size_t bytes) {
  if (bytes > SIZE_MAX / 2) return 0;
  return kPieceAlignment + ((bytes + kPieceAlignment - 1) & ~(kPieceAlignment - 1));
}

void* from_heap(size_t bytes) {
  const size_t size = whole(bytes);
  auto* start = size != 0 ? static_cast<unsigned char*>(std::aligned_alloc(kPieceAlignment, size)) : nullptr;
  if (start == nullptr) return nullptr;
  void* piece = start + kPieceAlignment;
  *head_of(piece) = {bytes, nullptr, true};
  return piece;
}

void free_heap(void* piece) { std::free(head_of(piece)); }

void* allocate(void*, size_t bytes) { return t_memory != nullptr ? t_memory->take(bytes) : from_heap(bytes); }

void deallocate(void*, void* piece) {
  if (piece != nullptr && head_of(piece)->is_heap) free_heap(piece);
}

void* reallocate(void* context, void* piece, size_t bytes) {
  void* moved = allocate(context, bytes);
  if (moved == nullptr || piece == nullptr) return moved;
  const size_t old = head_of(piece)->bytes;
  std::memcpy(moved, piece, old < bytes ? old : bytes);
  deallocate(context, piece);
  return moved;
}

void* aligned_allocate(void* context, size_t alignment, size_t bytes) {
  return alignment <= kPieceAlignment ? allocate(context, bytes) : nullptr;
}

const xnn_allocator kAllocator = {nullptr, allocate, reallocate, deallocate, aligned_allocate, deallocate};

}  // namespace

Memory::Memory(inlay_block block) : kind_(Kind::kCut) {
  const size_t skip = (kPieceAlignment - reinterpret_cast<uintptr_t>(block.data) % kPieceAlignment) % kPieceAlignment;
  if (block.data != nullptr && block.bytes >= skip) {
    next_ = static_cast<unsigned char*>(block.data) + skip;
    left_ = block.bytes - skip;
  }
  enter();
}

Memory::~Memory() {
  give_back();
  t_memory = outer_;
}

void Memory::enter() {
  outer_ = t_memory;
  t_memory = this;
}

void* Memory::take(size_t bytes) {
  const size_t size = whole(bytes);
  if (kind_ == Kind::kRefuse || size == 0) return nullptr;
  void* piece = nullptr;
  if (kind_ == Kind::kCount) {
    piece = from_heap(bytes);
    if (piece == nullptr) return nullptr;
    *head_of(piece) = {bytes, lent_, false};
    lent_ = piece;
  } else {
    if (size > left_) return nullptr;
    piece = next_ + kPieceAlignment;
    *head_of(piece) = {bytes, nullptr, false};
    next_ += size;
    left_ -= size;
  }
  used_ += size;
  std::memset(piece, 0, bytes);
  return piece;
}

void Memory::give_back() {
  while (lent_ != nullptr) {
    void* next = head_of(lent_)->next;
    free_heap(lent_);
    lent_ = next;
  }
}

const xnn_allocator* allocator() { return &kAllocator; }

}  // namespace inlay::xnnpack
