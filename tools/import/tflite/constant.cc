// SPDX-License-Identifier: Apache-2.0
// Ops whose result is known while the file is read: shapes, and functions of constants whose shape depends on their values.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "tools/import/tflite/op_reader.h"

namespace inlay::tools::tflite_import {
namespace {

template <typename T>
Bytes bytes_of(const std::vector<T>& values) {
  const auto* from = reinterpret_cast<const uint8_t*>(values.data());
  return Bytes(from, from + values.size() * sizeof(T));
}

/// Output 0 is a constant of these integers, in its dtype.
void become_integers(OpReader& r, std::vector<int32_t> shape, const std::vector<int32_t>& values) {
  switch (r.output(0).dtype) {
    case INLAY_INT32: return r.become_constant(0, std::move(shape), bytes_of(values));
    case INLAY_INT64: return r.become_constant(0, std::move(shape), bytes_of(std::vector<int64_t>(values.begin(), values.end())));
    default: r.fail("its output must be int32 or int64");
  }
}

const Tensor& constant(const OpReader& r, size_t i, const char* what) {
  const Tensor& t = r.input(i);
  if (!t.is_constant()) {
    r.fail(std::string(what) + " must be a constant, but tensor '" + t.name +
           "' is computed: the shape of the result would depend on the data");
  }
  return t;
}

template <typename T>
T scalar(const OpReader& r, size_t i, const char* what) {
  const Tensor& t = constant(r, i, what);
  if (t.dtype != r.output(0).dtype || t.data->size() != sizeof(T)) r.fail(std::string(what) + " must be one number of the output's dtype");
  T value;
  std::memcpy(&value, t.data->data(), sizeof(T));
  return value;
}

constexpr double kMostElements = 1 << 24;

/// How many values there are; negative or not finite when there is no such range.
double range_count(float start, float limit, float delta) {
  return std::ceil((static_cast<double>(limit) - static_cast<double>(start)) / static_cast<double>(delta));
}
/// Integers are counted exactly, so that no value passes the limit, where the next one might overflow.
double range_count(int64_t start, int64_t limit, int64_t delta) {
  if (start == limit || delta == 0) return 0;
  if ((delta > 0) != (limit > start)) return -1;
  const auto from = static_cast<uint64_t>(start), to = static_cast<uint64_t>(limit), step = static_cast<uint64_t>(delta);
  return static_cast<double>(delta > 0 ? (to - from - 1) / step + 1 : (from - to - 1) / (0 - step) + 1);
}

template <typename T>
void become_range(OpReader& r) {
  const T start = scalar<T>(r, 0, "the start"), limit = scalar<T>(r, 1, "the limit"), delta = scalar<T>(r, 2, "the step");
  using Wide = std::conditional_t<std::is_integral_v<T>, int64_t, float>;
  const double count = range_count(Wide{start}, Wide{limit}, Wide{delta});
  if (delta == T(0) || !(count >= 0 && count <= kMostElements)) r.fail("its start, limit and step give no range");
  std::vector<T> values(static_cast<size_t>(count));
  T value = start;
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = value;
    if (i + 1 < values.size()) value = static_cast<T>(value + delta);
  }
  const auto size = static_cast<int32_t>(values.size());
  r.become_constant(0, {size}, bytes_of(values));
}

}  // namespace

void read_shape(OpReader& r) {
  const std::vector<int32_t> shape = r.input(0).shape;
  become_integers(r, {static_cast<int32_t>(shape.size())}, shape);
}

void read_rank(OpReader& r) { become_integers(r, {}, {static_cast<int32_t>(r.input(0).shape.size())}); }

void read_zeros_like(OpReader& r) {
  const Tensor& in = r.input(0);
  const uint32_t bits = inlay_dtype_bits(in.dtype);
  if (in.dtype != r.output(0).dtype || bits < 8) r.fail("its output must be of the input's dtype, of whole bytes");
  inlay_dims dims = {};
  dims.rank = static_cast<int32_t>(in.shape.size());
  std::copy(in.shape.begin(), in.shape.end(), dims.dims);
  r.node.inputs = {r.add_constant(r.node.name + "/zero", in.dtype, {}, Bytes(bits / 8, 0), r.output(0).quant)};
  r.node.kind = INLAY_OP_BROADCAST_TO;
  r.node.params = dims;
}

void read_range(OpReader& r) {
  switch (r.output(0).dtype) {
    case INLAY_INT32: return become_range<int32_t>(r);
    case INLAY_INT64: return become_range<int64_t>(r);
    case INLAY_FLOAT32: return become_range<float>(r);
    default: r.fail("its output must be int32, int64 or float32");
  }
}

void read_where(OpReader& r) {
  const Tensor& condition = constant(r, 0, "the condition");
  const size_t width = inlay_dtype_bits(condition.dtype) / 8, rank = condition.shape.size();
  if (r.output(0).dtype != INLAY_INT64 || width == 0) r.fail("expected elements of whole bytes and an int64 output");
  const Bytes& data = *condition.data;
  std::vector<int64_t> found;
  for (size_t i = 0; i < data.size() / width; ++i) {
    const auto element = data.begin() + static_cast<std::ptrdiff_t>(i * width);
    if (std::all_of(element, element + static_cast<std::ptrdiff_t>(width), [](uint8_t byte) { return byte == 0; })) continue;
    r.check_budget((found.size() + rank) * sizeof(int64_t));
    found.resize(found.size() + rank);
    size_t at = i;
    for (size_t d = rank; d-- > 0; at /= static_cast<size_t>(condition.shape[d])) {
      found[found.size() - rank + d] = static_cast<int64_t>(at % static_cast<size_t>(condition.shape[d]));
    }
  }
  const auto count = static_cast<int32_t>(rank == 0 ? 0 : found.size() / rank);
  r.become_constant(0, {count, static_cast<int32_t>(rank)}, bytes_of(found));
}

}  // namespace inlay::tools::tflite_import
