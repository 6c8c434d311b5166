// SPDX-License-Identifier: Apache-2.0
#include "kernels/normalize.h"

#include <cmath>

#include "core/math.h"
#include "kernels/table.h"

namespace inlay::kernels {

void l2_normalize_f32(const RowShape& s, const float* in, float* out) {
  for (int64_t r = 0; r < s.rows; ++r, in += s.depth, out += s.depth) {
    float sum = 0;
    for (int32_t i = 0; i < s.depth; ++i) sum += in[i] * in[i];
    const float root = std::sqrt(sum);
    const float norm = root > 1e-6f ? root : 1e-6f;
    for (int32_t i = 0; i < s.depth; ++i) out[i] = in[i] / norm;
  }
}

template <typename T>
void l2_normalize_q8(const RowShape& s, int32_t in_zero, float out_scale, int32_t out_zero, QuantRange range, const T* in, T* out) {
  for (int64_t r = 0; r < s.rows; ++r, in += s.depth, out += s.depth) {
    int64_t sum = 0;
    for (int32_t i = 0; i < s.depth; ++i) sum += (in[i] - in_zero) * (in[i] - in_zero);
    const double norm = sum > 0 ? std::sqrt(static_cast<double>(sum)) : 1.0;
    for (int32_t i = 0; i < s.depth; ++i) {
      out[i] = static_cast<T>(round_away((in[i] - in_zero) / norm / static_cast<double>(out_scale) + out_zero, range));
    }
  }
}
template void l2_normalize_q8<int8_t>(const RowShape&, int32_t, float, int32_t, QuantRange, const int8_t*, int8_t*);
template void l2_normalize_q8<uint8_t>(const RowShape&, int32_t, float, int32_t, QuantRange, const uint8_t*, uint8_t*);

void log_softmax_f32(const RowShape& s, const float* in, float* out) {
  for (int64_t r = 0; s.depth > 0 && r < s.rows; ++r, in += s.depth, out += s.depth) {
    float max = in[0];
    for (int32_t i = 1; i < s.depth; ++i) max = in[i] > max ? in[i] : max;
    float sum = 0;
    for (int32_t i = 0; i < s.depth; ++i) sum += exp_det(in[i] - max);
    const float rest = log_det(sum);
    for (int32_t i = 0; i < s.depth; ++i) out[i] = in[i] - max - rest;
  }
}

template <typename T>
void log_softmax_q8(const RowShape& s, const uint32_t* table, float in_scale, float out_scale, int32_t out_zero, QuantRange range,
                    const T* in, T* out) {
  for (int64_t r = 0; s.depth > 0 && r < s.rows; ++r, in += s.depth, out += s.depth) {
    int32_t max = in[0];
    for (int32_t i = 1; i < s.depth; ++i) max = in[i] > max ? in[i] : max;
    uint64_t sum = 0;
    for (int32_t i = 0; i < s.depth; ++i) sum += table[max - in[i]];
    const double rest = log_det64(static_cast<double>(sum) / 1073741824.0);
    for (int32_t i = 0; i < s.depth; ++i) {
      const double v = (in[i] - max) * static_cast<double>(in_scale) - rest;
      out[i] = static_cast<T>(round_away(v / static_cast<double>(out_scale) + out_zero, range));
    }
  }
}
template void log_softmax_q8<int8_t>(const RowShape&, const uint32_t*, float, float, int32_t, QuantRange, const int8_t*, int8_t*);
template void log_softmax_q8<uint8_t>(const RowShape&, const uint32_t*, float, float, int32_t, QuantRange, const uint8_t*, uint8_t*);

void local_response_f32(const RowShape& s, const ResponseParams& p, const float* in, float* out) {
  for (int64_t r = 0; r < s.rows; ++r, in += s.depth, out += s.depth) {
    for (int32_t i = 0; i < s.depth; ++i) {
      const int32_t begin = i > p.radius ? i - p.radius : 0;
      const int32_t end = s.depth - i > p.radius ? i + p.radius + 1 : s.depth;
      float sum = 0;
      for (int32_t j = begin; j < end; ++j) sum += in[j] * in[j];
      const double base = static_cast<double>(p.bias + p.alpha * sum);
      out[i] = static_cast<float>(static_cast<double>(in[i]) * pow_det64(base, -static_cast<double>(p.beta)));
    }
  }
}

}  // namespace inlay::kernels
