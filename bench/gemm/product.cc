// SPDX-License-Identifier: Apache-2.0
#include "bench/gemm/product.h"

#include <cmath>

#include "core/quant.h"
#include "kernels/quantize.h"

namespace inlay::bench {
namespace {

constexpr int32_t kIds[] = {0, 1, 2};

/// Bytes, or floats of -1..1.
std::vector<uint8_t> random_values(size_t count, bool floats, uint32_t seed) {
  std::vector<uint8_t> out(count * (floats ? sizeof(float) : 1));
  for (size_t i = 0; i < count; ++i) {
    seed = seed * 1664525u + 1013904223u;
    if (floats) {
      const float v = static_cast<float>(seed >> 8) / 8388608.0f - 1.0f;
      std::memcpy(out.data() + i * sizeof(v), &v, sizeof(v));
    } else {
      out[i] = static_cast<uint8_t>(seed >> 24);
    }
  }
  return out;
}

uint32_t fast_math_of(GemmType type) {
  switch (type) {
    case GemmType::kFp16: return INLAY_FAST_MATH_FP16;
    case GemmType::kBf16: return INLAY_FAST_MATH_BF16;
    case GemmType::kTf32: return INLAY_FAST_MATH_TF32;
    default: return 0;
  }
}

template <typename T>
T element(const std::vector<uint8_t>& bytes, size_t i) {
  T v;
  std::memcpy(&v, bytes.data() + i * sizeof(T), sizeof(T));
  return v;
}

double float_at(const std::vector<uint8_t>& bytes, size_t i, GemmType type) {
  return type == GemmType::kFp16 ? kernels::half_to_float(element<uint16_t>(bytes, i)) : element<float>(bytes, i);
}

}  // namespace

Product::Product(const GemmShape& s, GemmType type) : shape_(s), type_(type) {
  const auto count = [](int32_t a, int32_t b) { return static_cast<size_t>(a) * static_cast<size_t>(b); };
  values_[0] = random_values(count(s.m, s.k), !is_int8(), 1);
  values_[1] = random_values(count(s.n, s.k), !is_int8(), 2);
  // Bytes spread by 74; the outputs shall spread by 40.
  scales_[0] = scales_[2] = 1.0f;
  scales_[1] = 40.0f / (74.0f * 74.0f * std::sqrt(static_cast<float>(s.k)));
  set(0, s.m, s.k, nullptr, &scales_[0]);
  set(1, s.n, s.k, &values_[1], &scales_[1]);
  set(2, s.m, s.n, nullptr, &scales_[2]);
  node_.name = "product";
  node_.params = &matmul_;
  node_.inputs = kIds;
  node_.outputs = kIds + 2;
  node_.input_count = 2;
  node_.output_count = 1;
  node_.params_type = INLAY_PARAMS_MATMUL;
  node_.kind = INLAY_OP_FULLY_CONNECTED;
  graph_ = {"", tensors_, &node_, kIds, kIds + 2, 3, 1, 1, 1};
  segment_.struct_size = sizeof(segment_);
  segment_.graph = segment_.graphs = &graph_;
  segment_.node_count = segment_.threads = segment_.graph_count = 1;
  segment_.ops = inlay_default_ops();
  segment_.fast_math = fast_math_of(type);
  segment_.variants = &variant_;
}

void Product::set(int tensor, int32_t rows, int32_t columns, const std::vector<uint8_t>* data, const float* scale) {
  dims_[tensor][0] = rows, dims_[tensor][1] = columns;
  inlay_tensor& t = tensors_[tensor];
  t.name = "";
  t.data = data != nullptr ? data->data() : nullptr;
  t.dims = dims_[tensor];
  t.rank = 2;
  t.bytes = static_cast<size_t>(rows) * static_cast<size_t>(columns) * (is_int8() ? 1 : sizeof(float));
  t.dtype = is_int8() ? INLAY_INT8 : INLAY_FLOAT32;
  t.variable = -1;
  if (is_int8()) t.quant = {scale, nullptr, 1, 0};
}

gpu::Node Product::node(const gpu::Caps& caps, uint8_t variant) {
  variant_ = variant;
  return {&segment_, &node_, &caps};
}

std::vector<uint8_t> Product::on_device(const gpu::Caps& caps, int tensor) {
  const std::vector<uint8_t>& values = values_[tensor];
  if (type_ != GemmType::kFp16) return values;
  std::vector<float> floats(values.size() / sizeof(float));
  std::memcpy(floats.data(), values.data(), values.size());
  return gpu::device_floats(node(caps, 0), floats.data(), floats.size());
}

std::string Product::difference(const std::vector<uint8_t>& ours, const std::vector<uint8_t>& sums) const {
  const size_t count = ours.size() / static_cast<size_t>(bytes_of(type_));
  const auto channels = static_cast<size_t>(shape_.n);
  const auto at = [channels](size_t i) {
    return "row " + std::to_string(i / channels) + ", channel " + std::to_string(i % channels) + ": ";
  };
  const float scale = scales_[0] * scales_[1] / scales_[2];
  // Rounding of the products and of the results, which spread by sqrt(k) / 3.
  const double bound = 0.02 * std::sqrt(static_cast<double>(shape_.k));
  for (size_t i = 0; i < count; ++i) {
    if (is_int8()) {
      const int32_t got = element<int8_t>(ours, i), want = requantize(element<int32_t>(sums, i), scale, 0, {-128, 127});
      if (got != want) return at(i) + std::to_string(got) + " instead of " + std::to_string(want);
    } else {
      const double got = float_at(ours, i, type_), want = float_at(sums, i, type_);
      if (!(std::fabs(got - want) <= bound)) return at(i) + std::to_string(got) + " and " + std::to_string(want);
    }
  }
  return "";
}

}  // namespace inlay::bench
