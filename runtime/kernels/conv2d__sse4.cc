// SPDX-License-Identifier: Apache-2.0
// Convolution and fully connected for SSE4.1, 8-bit and float32. Windows become rows, a block of output pixels at a time; weights
// lie in panels of eight output channels.
#include "kernels/sse4_math_inl.h"
#include "kernels/twins.h"

namespace inlay::kernels {
namespace {

constexpr int32_t kRows = 4;          // of one register block: 4 x 8 sums in 8 of 16 registers
constexpr int32_t kMaxRows = 32;      // gathered at a time
constexpr int64_t kRowBytes = 16384;  // about, of all rows gathered at a time

int32_t group_out(const ConvShape& s) { return s.out_c / s.groups; }
int64_t panels_per_group(const ConvShape& s) { return (group_out(s) + kBlock - 1) / kBlock; }
/// Few outputs per weight: packing would cost memory and gain nothing.
bool few_outputs(const ConvShape& s) { return output_pixels(s) < kRows || group_out(s) <= kBlock / 2; }

template <typename T>
int64_t steps_of(const ConvShape& s) {
  return (group_filter(s) + Math<T>::kTaps - 1) / Math<T>::kTaps;
}
template <typename T>
int64_t panel_values(const ConvShape& s) {
  return steps_of<T>(s) * Math<T>::kTaps * kBlock;
}
int64_t row_length(const ConvShape& s) { return round_up_to(group_filter(s), 8); }
template <typename T>
int32_t rows_at_a_time(const ConvShape& s) {
  return rows_that_fit(s, kRowBytes, row_length(s) * static_cast<int64_t>(sizeof(typename Math<T>::Row)), kRows, kMaxRows);
}

template <typename T>
size_t packed_bytes(const ConvShape& s) {
  return few_outputs(s) ? 0 : static_cast<size_t>(s.groups * panels_per_group(s) * panel_values<T>(s)) * sizeof(T);
}
template <typename T>
size_t scratch_bytes(const ConvShape& s) {
  return static_cast<size_t>(rows_at_a_time<T>(s) * row_length(s)) * sizeof(typename Math<T>::Row);
}

template <typename T>
void pack(const ConvShape& s, const T* weights, T* panel) {
  if (few_outputs(s)) return;
  constexpr int32_t kTaps = Math<T>::kTaps;
  const int64_t taps = group_filter(s), values = panel_values<T>(s);
  for (int32_t g = 0; g < s.groups; ++g) {
    for (int32_t c0 = 0; c0 < group_out(s); c0 += kBlock, panel += values) {
      std::memset(panel, 0, static_cast<size_t>(values) * sizeof(T));
      for (int32_t i = 0; i < lesser(kBlock, group_out(s) - c0); ++i) {
        const T* filter = weights + (static_cast<int64_t>(g) * group_out(s) + c0 + i) * taps;
        for (int64_t k = 0; k < taps; ++k) panel[(k / kTaps * kBlock + i) * kTaps + k % kTaps] = filter[k];
      }
    }
  }
}
template <typename T>
void pack_q8(const ConvShape& s, const ConvQuant&, const void* weights, void* packed) {
  pack(s, static_cast<const T*>(weights), static_cast<T*>(packed));
}
void pack_f32(const ConvShape& s, const float* weights, void* packed) { pack(s, weights, static_cast<float*>(packed)); }

/// M rows times one panel, of whose channels `channels` are real. Inlined, its sums would share registers with the caller's
/// constants.
template <int M, typename T>
[[gnu::noinline]] void multiply(const Math<T>& math, const ConvShape& s, const typename Math<T>::Row* rows, const T* panel,
                                const Ends<typename Math<T>::Bias>& ends, int32_t channels, T* output) {
  using Sum = typename Math<T>::Sum;
  const int64_t stride = row_length(s);
  Sum acc[M][2];
  for (int m = 0; m < M; ++m) {
    acc[m][0] = Math<T>::start(ends.bias);
    acc[m][1] = Math<T>::start(ends.bias + 4);
  }
  const T* const end = panel + panel_values<T>(s);
  for (; panel != end; panel += Math<T>::kTaps * kBlock, rows += Math<T>::kTaps) {
    Sum w[2];
    math.weights(panel, w);
    for (int m = 0; m < M; ++m) {
      const Sum x = Math<T>::spread(rows + m * stride);
      acc[m][0] = finished(Math<T>::add_product(acc[m][0], x, w[0]));
      acc[m][1] = finished(Math<T>::add_product(acc[m][1], x, w[1]));
    }
  }
#pragma GCC unroll 4  // or the sums would live in memory
  for (int m = 0; m < M; ++m) math.store(output + static_cast<int64_t>(m) * s.out_c, acc[m], ends.scales, channels);
}

/// One row times `count` <= kBlock filters, as the model has them.
template <typename T>
void multiply_unpacked(const Math<T>& math, const typename Math<T>::Row* row, const T* filters, int64_t taps,
                       const Ends<typename Math<T>::Bias>& ends, int32_t count, T* output) {
  typename Math<T>::Bias sums[kBlock] = {};
  for (int32_t c = 0; c < count; ++c) sums[c] = math.dot(row, filters + c * taps, taps);
  typename Math<T>::Sum acc[2];
  for (int h = 0; h < 2; ++h) {
    const auto one = Math<T>::start(sums + 4 * h), other = Math<T>::start(ends.bias + 4 * h);
    acc[h] = Math<T>::sum(one, other);
  }
  math.store(output, acc, ends.scales, count);
}

/// Brings the windows of a block to `scratch`, with zeros behind each.
template <typename T>
void gather(const Math<T>& math, const ConvShape& s, const T* input, const RowBlock& block, typename Math<T>::Row* scratch) {
  using Row = typename Math<T>::Row;
  const int64_t taps = group_filter(s), stride = row_length(s);
  std::memset(scratch, 0, static_cast<size_t>(block.count * stride) * sizeof(Row));
  int64_t at = 0;  // in the row; rows come one after the other, from their begin to their end
  visit_rows(
      s, input, block,
      [&](int32_t r, const T* x, int64_t n) {
        math.copy(x, n, scratch + r * stride + at);
        at = at + n < taps ? at + n : 0;
      },
      [&](int32_t, int64_t n) { at = at + n < taps ? at + n : 0; });
}

template <typename T>
void run(const Math<T>& math, const ConvShape& s, const T* input, const T* weights, const T* packed, void* scratch, T* output,
         Part part) {
  using Row = typename Math<T>::Row;
  Row* const rows = static_cast<Row*>(scratch);
  const int64_t taps = group_filter(s), per_group = panels_per_group(s), stride = row_length(s);
  for_each_block(
      area_of(s, kRows, s.groups * per_group, part), rows_at_a_time<T>(s), per_group,
      [&](const RowBlock& block) { gather(math, s, input, block, rows); },
      [&](const RowBlock& block, int64_t i) {
        const int32_t c0 = static_cast<int32_t>(i % per_group) * kBlock, c = block.group * group_out(s) + c0;
        const int32_t channels = lesser(kBlock, group_out(s) - c0);
        const Ends<typename Math<T>::Bias> ends(math.bias() != nullptr ? math.bias() + c : nullptr,
                                                math.scales() != nullptr ? math.scales() + c : nullptr, channels);
        T* const to = output + block.first * s.out_c + c;
        const T* const panel = packed + i * panel_values<T>(s);
        for (int32_t r = 0; r < block.count;) {
          T* const first = to + static_cast<int64_t>(r) * s.out_c;
          if (few_outputs(s)) {
            multiply_unpacked(math, rows + r++ * stride, weights + c * taps, taps, ends, channels, first);
          } else if (block.count - r >= kRows) {
            multiply<kRows>(math, s, rows + r * stride, panel, ends, channels, first);
            r += kRows;
          } else {
            multiply<1>(math, s, rows + r++ * stride, panel, ends, channels, first);
          }
        }
      });
}

template <typename T>
void run_q8(const ConvShape& s, const ConvQuant& q, const void* in, const void* weights, const void* packed, void* scratch,
            void* out, Part part) {
  run(Math<T>(q), s, static_cast<const T*>(in), static_cast<const T*>(weights), static_cast<const T*>(packed), scratch,
      static_cast<T*>(out), part);
}
void run_f32(const ConvShape& s, FloatRange range, const float* input, const float* weights, const float* bias,
             const void* packed, void* scratch, float* output, Part part) {
  run(Math<float>(range, bias), s, input, weights, static_cast<const float*>(packed), scratch, output, part);
}

}  // namespace

extern "C" const ConvTwinQ8 kConv2dS8Sse4, kConv2dU8Sse4;
const ConvTwinQ8 kConv2dS8Sse4 = {any_shape, packed_bytes<int8_t>, scratch_bytes<int8_t>, pack_q8<int8_t>, run_q8<int8_t>};
const ConvTwinQ8 kConv2dU8Sse4 = {any_shape, packed_bytes<uint8_t>, scratch_bytes<uint8_t>, pack_q8<uint8_t>, run_q8<uint8_t>};
extern "C" const ConvTwinF32 kConv2dF32Sse4;
const ConvTwinF32 kConv2dF32Sse4 = {any_shape, packed_bytes<float>, scratch_bytes<float>, pack_f32, run_f32};

}  // namespace inlay::kernels
