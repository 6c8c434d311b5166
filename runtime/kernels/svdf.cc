// SPDX-License-Identifier: Apache-2.0
#include "kernels/svdf.h"

#include <cstring>

namespace inlay::kernels {
namespace {

/// Makes room at the end of a filter's memory.
template <typename T>
void forget_oldest(int32_t memory, T* state) {
  std::memmove(state, state + 1, sizeof(T) * static_cast<size_t>(memory - 1));
}

DynamicVector vector_of(const FloatSvdf<int8_t>& s, const float* x, void* scratch) {
  return quantize_vector(s.shape.in, x, s.asymmetric != 0, static_cast<int8_t*>(scratch));
}
const float* vector_of(const FloatSvdf<float>&, const float* x, void*) { return x; }

float feature(const FloatSvdf<float>& s, int64_t filter, const float* x) {
  return dot(s.shape.in, s.features + filter * s.shape.in, x);
}
float feature(const FloatSvdf<int8_t>& s, int64_t filter, const DynamicVector& x) {
  return static_cast<float>(dot(s.shape.in, x.q, x.zero, s.features + filter * s.shape.in)) * (x.scale * s.feature_scale);
}

float remember(const FloatSvdf<float>& s, int64_t filter, const float* state) {
  return dot(s.shape.memory, s.times + filter * s.shape.memory, state);
}
float remember(const FloatSvdf<int8_t>& s, int64_t filter, const float* state) {
  const int8_t* w = s.times + filter * s.shape.memory;
  float sum = 0.0f;
  for (int32_t m = 0; m < s.shape.memory; ++m) sum += static_cast<float>(w[m]) * s.time_scale * state[m];
  return sum;
}

template <typename W>
void run(const FloatSvdf<W>& s, const float* x, float* state, float* y, void* scratch) {
  for (int32_t b = 0; b < s.shape.batch; ++b, x += s.shape.in, y += s.shape.units) {
    const auto vector = vector_of(s, x, scratch);
    int64_t filter = 0;
    for (int32_t u = 0; u < s.shape.units; ++u) {
      y[u] = s.bias != nullptr ? s.bias[u] : 0.0f;
      for (int32_t r = 0; r < s.shape.rank; ++r, ++filter, state += s.shape.memory) {
        forget_oldest(s.shape.memory, state);
        state[s.shape.memory - 1] = feature(s, filter, vector);
        y[u] += remember(s, filter, state);
      }
    }
    activate_f32(s.shape.units, s.activation, y);
  }
}

template <typename T>
void run(const IntegerSvdf& s, const int8_t* x, T* state, int8_t* y) {
  constexpr QuantRange kState = {-(1 << (8 * sizeof(T) - 1)), (1 << (8 * sizeof(T) - 1)) - 1};
  for (int32_t b = 0; b < s.shape.batch; ++b, x += s.shape.in) {
    const int8_t* features = s.features;
    const T* times = static_cast<const T*>(s.times);
    for (int32_t u = 0; u < s.shape.units; ++u) {
      uint32_t acc = s.bias != nullptr ? static_cast<uint32_t>(s.bias[u]) : 0;  // wraps, as defined
      for (int32_t r = 0; r < s.shape.rank; ++r, features += s.shape.in) {
        forget_oldest(s.shape.memory, state);
        state[s.shape.memory - 1] = static_cast<T>(requantize(dot(s.shape.in, x, s.input_zero, features), s.feature_scale, 0, kState));
        for (int32_t m = 0; m < s.shape.memory; ++m) acc += static_cast<uint32_t>(*state++ * *times++);
      }
      *y++ = static_cast<int8_t>(requantize(static_cast<int32_t>(acc), s.time_scale, s.output_zero, s.range));
    }
  }
}

}  // namespace

void svdf_float(const FloatSvdf<float>& svdf, const float* x, float* state, float* y, void* scratch) {
  run(svdf, x, state, y, scratch);
}

void svdf_float(const FloatSvdf<int8_t>& svdf, const float* x, float* state, float* y, void* scratch) {
  run(svdf, x, state, y, scratch);
}

void svdf_integer(const IntegerSvdf& svdf, const int8_t* x, int16_t* state, int8_t* y) { run(svdf, x, state, y); }

void svdf_integer(const IntegerSvdf& svdf, const int8_t* x, int8_t* state, int8_t* y) { run(svdf, x, state, y); }

}  // namespace inlay::kernels
