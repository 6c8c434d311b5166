// SPDX-License-Identifier: Apache-2.0
// Streams of samples between runs: delays, frames, overlapping sums, stacks. The state of each starts as zeros.
#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace inlay::kernels {

/// The last `delay` samples wait in `state`; in and out are `count` samples.
template <typename T>
inline void signal_delay(int64_t count, int64_t delay, const T* in, T* state, T* out) {
  const int64_t waiting = std::min(count, delay);
  std::copy(state, state + waiting, out);
  std::copy(in, in + (count - waiting), out + waiting);
  std::copy(state + waiting, state + delay, state);
  std::copy(in + (count - waiting), in + count, state + (delay - waiting));
}

/// Frames of `size` samples, `step` apart. Each call brings `count` = step * frames samples.
struct Framing {
  int32_t size, step, frames;
  /// Samples that one call's frames span.
  int32_t span() const { return size + step * (frames - 1); }
  /// Samples of `state`: less than a span wait, then a call's samples come.
  int32_t capacity() const { return span() - 1 + step * frames; }
};

/// Appends `in` to the `waiting` samples in `state`; when they suffice, writes frames * size samples and drops a call's worth.
template <typename T>
inline bool signal_frame(const Framing& f, int32_t waiting, const T* in, T* state, T* out) {
  const int32_t count = f.step * f.frames;
  std::copy(in, in + count, state + waiting);
  if (waiting + count < f.span()) {
    std::fill_n(out, static_cast<int64_t>(f.frames) * f.size, T{0});
    return false;
  }
  for (int32_t k = 0; k < f.frames; ++k) out = std::copy(state + k * f.step, state + k * f.step + f.size, out);
  std::copy(state + count, state + waiting + count, state);
  return true;
}

/// Adds `frames` frames of `size` samples into `state` (size samples), each time giving away the first `step`.
template <typename T>
inline void signal_overlap_add(int32_t frames, int32_t size, int32_t step, const T* in, T* state, T* out) {
  for (int32_t k = 0; k < frames; ++k, in += size) {
    for (int32_t i = 0; i < size; ++i) {
      if constexpr (std::is_integral_v<T>) {
        const int32_t sum = int32_t{state[i]} + in[i];
        state[i] = static_cast<T>(std::clamp<int32_t>(sum, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
      } else {
        state[i] += in[i];
      }
    }
    out = std::copy(state, state + step, out);
    std::copy(state + step, state + size, state);
    std::fill(state + (size - step), state + size, T{0});
  }
}

/// A frame and its neighbours: `frames` rows of `channels`, every `step` rows.
struct Stacking {
  int32_t channels, frames, left, step;
};

/// Appends a row to the rows in `state` (frames * channels). `*started` is 0 before the first call, then 1 + the number of rows:
/// the first row also fills the places left of it. When the stack is full, writes it and drops `step` rows.
template <typename T>
inline bool signal_stack(const Stacking& s, const T* in, int32_t* started, T* state, T* out) {
  const int64_t row = s.channels, size = s.frames * row;
  int32_t rows = *started == 0 ? 0 : *started - 1;
  for (int32_t copies = *started == 0 ? s.left + 1 : 1; copies > 0; --copies) std::copy(in, in + row, state + rows++ * row);
  const bool full = rows == s.frames;
  if (full) {
    std::copy(state, state + size, out);
    std::copy(state + s.step * row, state + size, state);
    rows -= s.step;
  } else {
    std::fill_n(out, size, T{0});
  }
  *started = rows + 1;
  return full;
}

}  // namespace inlay::kernels
