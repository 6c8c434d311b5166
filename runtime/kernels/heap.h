// SPDX-License-Identifier: Apache-2.0
// A binary heap in an array: below(heap[0], x) is false for every x in it. An element sinks bottom-up (I. Wegener, "Bottom-up
// heapsort", 1993): the hole goes down to a leaf along the higher children, then the element rises from there. Equal elements
// leave in an order that this file alone decides, on every target.
#pragma once
#include <cstdint>

namespace inlay::kernels {

/// Fills `hole` with `value`, which may belong higher up, but not above `top`.
template <typename T, typename Below>
inline void heap_rise(T* heap, int64_t hole, int64_t top, T value, Below below) {
  while (hole > top && below(heap[(hole - 1) / 2], value)) {
    heap[hole] = heap[(hole - 1) / 2];
    hole = (hole - 1) / 2;
  }
  heap[hole] = value;
}

/// Fills `hole` of a heap of `count` with `value`, which may belong lower down.
template <typename T, typename Below>
inline void heap_sink(T* heap, int64_t hole, int64_t count, T value, Below below) {
  const int64_t top = hole;
  int64_t child = 2 * hole + 2;
  for (; child < count; child = 2 * hole + 2) {
    if (below(heap[child], heap[child - 1])) --child;
    heap[hole] = heap[child];
    hole = child;
  }
  if (child == count) {
    heap[hole] = heap[child - 1];
    hole = child - 1;
  }
  heap_rise(heap, hole, top, value, below);
}

template <typename T, typename Below>
inline void heap_make(T* heap, int64_t count, Below below) {
  for (int64_t i = count / 2; i-- > 0;) heap_sink(heap, i, count, heap[i], below);
}

/// Takes the highest element off a heap of `count` >= 1.
template <typename T, typename Below>
inline T heap_pop(T* heap, int64_t count, Below below) {
  const T top = heap[0];
  if (count > 1) heap_sink(heap, 0, count - 1, heap[count - 1], below);
  return top;
}

}  // namespace inlay::kernels
