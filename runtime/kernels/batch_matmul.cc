// SPDX-License-Identifier: Apache-2.0
#include "kernels/batch_matmul.h"

#include <limits>

#include "kernels/dot.h"

namespace inlay::kernels {
namespace {

/// Columns computed together: their accumulators stay on the stack, and the inner loop runs along them.
constexpr int32_t kBlock = 64;

/// Calls product(a matrix, b matrix, output matrix) for every pair.
template <typename A, typename B, typename Out, typename Product>
inline void for_each_matrix(const MatmulShape& s, const A* a, const B* b, Out* output, Product product) {
  const int64_t a_size = int64_t{s.m} * s.k, b_size = int64_t{s.k} * s.n, out_size = int64_t{s.m} * s.n;
  for_each_row(s.batch, [&](int64_t a0, int64_t b0, int64_t out0, int64_t count, int64_t a_step, int64_t b_step) {
    for (int64_t i = 0; i < count; ++i) {
      product(a + (a0 + i * a_step) * a_size, b + (b0 + i * b_step) * b_size, output + (out0 + i) * out_size);
    }
  });
}

/// One row of the product by columns: acc[n] += a[k] * b[k][n]. a has the stride a_step. store(sum, column).
template <typename Acc, typename A, typename B, typename Mul, typename Store>
inline void row_product(const MatmulShape& s, const A* a, int64_t a_step, const B* b, Mul mul, Store store) {
  for (int32_t n0 = 0; n0 < s.n; n0 += kBlock) {
    const int32_t count = s.n - n0 < kBlock ? s.n - n0 : kBlock;
    Acc acc[kBlock] = {};
    for (int32_t k = 0; k < s.k; ++k) {
      const A x = a[k * a_step];
      if (!s.transpose_b) {
        const B* y = b + int64_t{k} * s.n + n0;
        for (int32_t i = 0; i < count; ++i) acc[i] += mul(x, y[i]);
      } else {
        const B* y = b + int64_t{n0} * s.k + k;
        for (int32_t i = 0; i < count; ++i) acc[i] += mul(x, y[int64_t{i} * s.k]);
      }
    }
    for (int32_t i = 0; i < count; ++i) store(acc[i], n0 + i);
  }
}

/// All rows. When both operands run along k, `inner(a row, b column)` gives a sum at once.
template <typename Acc, typename A, typename B, typename Out, typename Mul, typename Inner, typename Finish>
inline void matrix_product(const MatmulShape& s, const A* a, const B* b, Out* output, Mul mul, Inner inner, Finish finish) {
  const int64_t a_row = s.transpose_a ? 1 : s.k, a_step = s.transpose_a ? s.m : 1;
  for (int32_t m = 0; m < s.m; ++m, output += s.n) {
    const A* row = a + m * a_row;
    if (s.transpose_b && !s.transpose_a) {
      for (int32_t n = 0; n < s.n; ++n) output[n] = finish(inner(row, b + int64_t{n} * s.k));
    } else {
      row_product<Acc>(s, row, a_step, b, mul, [&](Acc sum, int32_t n) { output[n] = finish(sum); });
    }
  }
}

}  // namespace

void batch_matmul_f32(const MatmulShape& s, const float* a, const float* b, float* output) {
  for_each_matrix(s, a, b, output, [&](const float* x, const float* y, float* out) {
    matrix_product<float>(
        s, x, y, out, [](float u, float v) { return u * v; }, [&](const float* u, const float* v) { return dot(u, v, s.k); },
        [](float sum) { return sum; });
  });
}

void batch_matmul_s8(const MatmulShape& s, const MatmulQuant& q, const int8_t* a, const int8_t* b, int8_t* output) {
  for_each_matrix(s, a, b, output, [&](const int8_t* x, const int8_t* y, int8_t* out) {
    matrix_product<uint32_t>(
        s, x, y, out, [&](int8_t u, int8_t v) { return static_cast<uint32_t>((u - q.a_zero) * (v - q.b_zero)); },
        [&](const int8_t* u, const int8_t* v) { return dot_offset(u, q.a_zero, v, q.b_zero, s.k); },
        [&](uint32_t sum) {
          return static_cast<int8_t>(requantize(static_cast<int32_t>(sum), q.scale, q.output_zero, q.range));
        });
  });
}

void batch_matmul_s16(const MatmulShape& s, FixedScale scale, QuantRange range, const int16_t* a, const int16_t* b,
                      int16_t* output) {
  const auto mul = [](int16_t u, int16_t v) { return int64_t{u} * v; };
  for_each_matrix(s, a, b, output, [&](const int16_t* x, const int16_t* y, int16_t* out) {
    matrix_product<int64_t>(
        s, x, y, out, mul,
        [&](const int16_t* u, const int16_t* v) {
          int64_t sum = 0;
          for (int32_t k = 0; k < s.k; ++k) sum += mul(u[k], v[k]);
          return sum;
        },
        [&](int64_t sum) { return static_cast<int16_t>(requantize(sum, scale, range)); });
  });
}

void batch_matmul_hybrid(const MatmulShape& s, const HybridScales& scales, const float* a, const int8_t* b, float* row,
                         int8_t* scratch, float* output) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for_each_matrix(s, a, b, output, [&](const float* x, const int8_t* y, float* out) {
    for (int32_t m = 0; m < s.m; ++m, out += s.n) {
      const float* values = x + int64_t{m} * s.k;
      if (s.transpose_a) {
        for (int32_t k = 0; k < s.k; ++k) row[k] = x[int64_t{k} * s.m + m];
        values = row;
      }
      const HybridGroup group = hybrid_quantize(s.k, values, scratch);
      row_product<uint32_t>(
          s, scratch, 1, y, [&](int8_t u, int8_t v) { return static_cast<uint32_t>((u - group.zero) * v); },
          [&](uint32_t sum, int32_t n) {
            out[n] = hybrid_result(sum, group, scales.scales[n * scales.step], 0.0f, {-kInfinity, kInfinity});
          });
    }
  });
}

}  // namespace inlay::kernels
