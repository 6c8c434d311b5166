// SPDX-License-Identifier: Apache-2.0
#include "kernels/mean.h"

namespace inlay::kernels {
namespace {

/// Channels averaged together: their accumulators stay on the stack, and the inner loop runs along them.
constexpr int32_t kBlock = 64;

/// Of MeanShape::inner: blocks may then be counted in int32.
constexpr int64_t kInnerMax = 1 << 30;

inline int32_t sum(const int8_t* x, int32_t n, int32_t zero) {
  int32_t acc = 0;
  for (int32_t i = 0; i < n; ++i) acc += x[i] - zero;
  return acc;
}
inline int32_t sum(const uint8_t* x, int32_t n, int32_t zero) {
  int32_t acc = 0;
  for (int32_t i = 0; i < n; ++i) acc += x[i] - zero;
  return acc;
}
/// Partial sums: strict float arithmetic vectorizes only an order that is written down.
inline float sum(const float* x, int32_t n, float) {
  constexpr int32_t kLanes = 8;
  float lanes[kLanes] = {};
  int32_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (int32_t j = 0; j < kLanes; ++j) lanes[j] += x[i + j];
  }
  for (int32_t j = 0; i < n; ++i, ++j) lanes[j] += x[i];
  return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

/// Writes store(sum of x - zero) for every kept index, in order.
template <typename Acc, typename T, typename Store>
inline void mean(const MeanShape& s, const T* input, Acc zero, T* output, Store store) {
  for (int64_t k = 0; k < s.kept.count; ++k) {
    const T* base = input + offset_of(s.kept, k);
    if (s.inner_reduced) {
      Acc acc = 0;
      for (int64_t r = 0; r < s.reduced.count; ++r) acc += sum(base + offset_of(s.reduced, r), s.inner, zero);
      *output++ = store(acc);
      continue;
    }
    for (int32_t c0 = 0; c0 < s.inner; c0 += kBlock) {
      const int32_t n = s.inner - c0 < kBlock ? s.inner - c0 : kBlock;
      Acc acc[kBlock] = {};
      for (int64_t r = 0; r < s.reduced.count; ++r) {
        const T* x = base + offset_of(s.reduced, r) + c0;
        for (int32_t i = 0; i < n; ++i) acc[i] += x[i] - zero;
      }
      for (int32_t i = 0; i < n; ++i) *output++ = store(acc[i]);
    }
  }
}

/// Like requantize() of core/quant.h, but rounding what is stored. Clamped first, as there.
inline int32_t requantize_stored(int32_t acc, const MeanQuant& q) {
  float v = static_cast<float>(acc) * q.scale + static_cast<float>(q.output_zero);
  const auto low = static_cast<float>(q.range.min), high = static_cast<float>(q.range.max);
  v = v < low ? low : v;
  v = v > high ? high : v;
  return round_even(v);
}

template <typename T>
void mean_q8(const MeanShape& shape, const MeanQuant& q, const T* input, T* output) {
  mean<int32_t>(shape, input, q.input_zero, output, [&](int32_t acc) { return static_cast<T>(requantize_stored(acc, q)); });
}

/// Adds a dim at the outer end.
void push_outer(MeanLoops* loops, int32_t dim, int64_t stride) {
  for (int32_t i = loops->rank; i > 0; --i) {
    loops->dims[i] = loops->dims[i - 1];
    loops->strides[i] = loops->strides[i - 1];
  }
  loops->dims[0] = dim;
  loops->strides[0] = stride;
  loops->count *= dim;
  ++loops->rank;
}

}  // namespace

MeanShape mean_shape(const int32_t* dims, int32_t rank, uint32_t mask) {
  MeanShape s = {};
  s.kept.count = s.reduced.count = 1;
  s.inner = 1;
  int64_t stride = 1;
  bool inner_open = true;
  for (int32_t i = rank - 1; i >= 0; --i) {
    if (dims[i] == 1) continue;
    const bool reduced = (mask >> i & 1u) != 0;
    if (stride == 1) s.inner_reduced = reduced;
    inner_open = inner_open && reduced == s.inner_reduced && stride * dims[i] <= kInnerMax;
    if (inner_open) {
      s.inner *= dims[i];
    } else {
      push_outer(reduced ? &s.reduced : &s.kept, dims[i], stride);
    }
    stride *= dims[i];
  }
  return s;
}

MeanShape empty_mean_shape(int32_t outputs) {
  MeanShape s = {};
  s.kept.rank = 1;
  s.kept.dims[0] = outputs;
  s.kept.count = outputs;
  s.inner = 1;
  return s;
}

void mean_s8(const MeanShape& shape, const MeanQuant& quant, const int8_t* input, int8_t* output) {
  mean_q8(shape, quant, input, output);
}

void mean_u8(const MeanShape& shape, const MeanQuant& quant, const uint8_t* input, uint8_t* output) {
  mean_q8(shape, quant, input, output);
}

void sum_f32(const MeanShape& shape, const float* input, float* output) {
  mean<float>(shape, input, 0.0f, output, [](float acc) { return acc; });
}

void mean_f32(const MeanShape& shape, const float* input, float* output) {
  const auto count = static_cast<float>(shape.reduced.count * (shape.inner_reduced ? shape.inner : 1));
  mean<float>(shape, input, 0.0f, output, [&](float acc) { return acc / count; });
}

}  // namespace inlay::kernels
