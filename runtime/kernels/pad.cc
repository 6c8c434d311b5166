// SPDX-License-Identifier: Apache-2.0
#include "kernels/pad.h"

#include <cstring>

namespace inlay::kernels {
namespace {

/// Where coordinate `i` of the input really lies, or -1 for the constant. Reflect leaves the edge out, symmetric repeats it.
inline int64_t source(int64_t i, int64_t size, int32_t mode) {
  if (i >= 0 && i < size) return i;
  if (mode == kPadConstant) return -1;
  const int64_t repeat = mode == kPadSymmetric ? 1 : 0;
  return i < 0 ? -i - repeat : 2 * size - 2 + repeat - i;
}

template <typename T>
inline void fill(T* out, int64_t count, T value) {
  for (int64_t i = 0; i < count; ++i) out[i] = value;
}

/// One row of the output; in is NULL when the row lies outside the input.
template <typename T>
inline void pad_row(const PadShape& s, T value, const T* in, T* out) {
  const int32_t last = s.rank - 1;
  const int64_t size = s.in[last], before = s.before[last], total = s.out[last];
  if (in == nullptr) return fill(out, total, value);
  if (s.mode == kPadConstant) {
    fill(out, before, value);
    fill(out + before + size, total - before - size, value);
  } else {
    for (int64_t i = 0; i < before; ++i) out[i] = in[source(i - before, size, s.mode)];
    for (int64_t i = before + size; i < total; ++i) out[i] = in[source(i - before, size, s.mode)];
  }
  if (size > 0) std::memcpy(out + before, in, static_cast<size_t>(size) * sizeof(T));
}

template <typename T>
void pad_all(const PadShape& s, T value, const T* input, T* output, Part part) {
  for (int32_t d = 0; d < s.rank; ++d) {
    if (s.out[d] == 0) return;
  }
  const int32_t last = s.rank - 1;
  int64_t stride[kPadRank];
  stride[last] = 1;
  for (int32_t d = last - 1; d >= 0; --d) stride[d] = stride[d + 1] * s.in[d + 1];
  int64_t rows = 1;
  for (int32_t d = 0; d < last; ++d) rows *= s.out[d];
  const Stretch own = stretch_of(rows, 1, part);
  int64_t index[kPadRank] = {};
  for (int64_t d = last - 1, rest = own.begin; d >= 0; rest /= s.out[d--]) index[d] = rest % s.out[d];
  output += own.begin * s.out[last];
  for (int64_t r = own.begin; r < own.end; ++r) {
    int64_t offset = 0;
    bool inside = true;
    for (int32_t d = 0; d < last; ++d) {
      const int64_t at = source(index[d] - s.before[d], s.in[d], s.mode);
      inside = inside && at >= 0;
      offset += at * stride[d];
    }
    pad_row(s, value, inside ? input + offset : nullptr, output);
    output += s.out[last];
    int32_t d = last - 1;
    while (d >= 0 && ++index[d] == s.out[d]) index[d--] = 0;
  }
}

}  // namespace

void make_pad_shape(const int32_t* in, const int32_t* before, const int32_t* after, int32_t rank, int32_t mode, PadShape* shape) {
  int32_t n = 0;
  for (int32_t d = 0; d < rank; ++d) {
    const bool whole = before[d] == 0 && after[d] == 0;
    // A dim without padding is part of the elements of the dim before it; a mirrored dim is read element by element.
    if (whole && n > 0 && mode == kPadConstant) {
      shape->in[n - 1] *= in[d];
      shape->before[n - 1] *= in[d];
      shape->out[n - 1] *= in[d];
      continue;
    }
    shape->in[n] = in[d];
    shape->before[n] = before[d];
    shape->out[n] = static_cast<int64_t>(before[d]) + in[d] + after[d];
    ++n;
  }
  if (n == 0) {
    shape->in[0] = shape->out[0] = 1;
    shape->before[0] = 0;
    n = 1;
  }
  shape->rank = n;
  shape->mode = mode;
}

void pad(const PadShape& shape, int32_t element_bytes, int32_t value, const void* input, void* output, Part part) {
  switch (element_bytes) {
    case 1:
      pad_all(shape, static_cast<uint8_t>(value), static_cast<const uint8_t*>(input), static_cast<uint8_t*>(output), part);
      break;
    case 2:
      pad_all(shape, static_cast<uint16_t>(value), static_cast<const uint16_t*>(input), static_cast<uint16_t*>(output), part);
      break;
    case 4:
      pad_all(shape, static_cast<uint32_t>(value), static_cast<const uint32_t*>(input), static_cast<uint32_t*>(output), part);
      break;
    default:
      pad_all(shape, static_cast<uint64_t>(int64_t{value}), static_cast<const uint64_t*>(input), static_cast<uint64_t*>(output),
              part);
      break;
  }
}

}  // namespace inlay::kernels
