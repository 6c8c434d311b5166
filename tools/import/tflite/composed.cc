// SPDX-License-Identifier: Apache-2.0
// Ops that are a few others in a row.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "tools/import/tflite/chain.h"

namespace inlay::tools::tflite_import {
namespace {

/// What FAKE_QUANT's range becomes so that 0 is one of its values (Jacob et al. 2018, arXiv:1712.05877, section 3.1).
struct Grid {
  float low, high, scale;
};

Grid grid_of(const OpReader& r, const tfl::FakeQuantOptions& o) {
  const float low = o.min(), high = o.max();
  if (o.num_bits() < 2 || o.num_bits() > 16) r.fail("has " + std::to_string(o.num_bits()) + " bits, expected 2 to 16");
  if (!std::isfinite(low) || !std::isfinite(high) || low > 0 || high < 0 || low == high) r.fail("its range must hold 0 and more");
  const float least = o.narrow_range() ? 1.0f : 0.0f, most = static_cast<float>((1 << o.num_bits()) - 1);
  const float scale = (high - low) / (most - least);
  const float zero = std::floor(std::clamp(least - low / scale, least, most) + 0.5f);
  return {(least - zero) * scale, (most - zero) * scale, scale};
}

void check_counts(const OpReader& r, size_t inputs, size_t outputs) {
  if (r.node.inputs.size() < inputs || r.node.outputs.size() != outputs) {
    r.fail("has " + std::to_string(r.node.inputs.size()) + " inputs and " + std::to_string(r.node.outputs.size()) + " outputs");
  }
  for (size_t i = 0; i < inputs; ++i) static_cast<void>(r.input(i));
}

}  // namespace

void read_add_n(OpReader& r) {
  check_counts(r, 1, 1);
  for (size_t i = 0; i < r.node.inputs.size(); ++i) {
    if (r.input(i).shape != r.input(0).shape) r.fail("its inputs differ in shape");
  }
  const std::vector<int32_t> inputs = r.node.inputs;
  const std::vector<int32_t> shape = r.input(0).shape;
  Chain chain(r);
  if (inputs.size() == 1) return chain.last(INLAY_OP_RESHAPE, inputs, dims_params(r, shape));
  int32_t sum = inputs[0];
  for (size_t i = 1; i + 1 < inputs.size(); ++i) sum = chain.then(INLAY_OP_ADD, {sum, inputs[i]});
  chain.last(INLAY_OP_ADD, {sum, inputs.back()});
}

void read_fake_quant(OpReader& r) {
  check_counts(r, 1, 1);
  if (r.input(0).dtype != INLAY_FLOAT32) r.fail("its input must be float32");
  const Grid grid = grid_of(r, r.options<tfl::FakeQuantOptions>());
  Chain chain(r);
  const int32_t below = chain.then(INLAY_OP_MINIMUM, {r.node.inputs[0], chain.number(grid.high)});
  const int32_t inside = chain.then(INLAY_OP_MAXIMUM, {below, chain.number(grid.low)});
  const int32_t from_low = chain.then(INLAY_OP_SUB, {inside, chain.number(grid.low)});
  const int32_t steps = chain.then(INLAY_OP_MUL, {from_low, chain.number(1.0f / grid.scale)});
  const int32_t half_more = chain.then(INLAY_OP_ADD, {steps, chain.number(0.5f)});
  const int32_t whole = chain.then(INLAY_OP_FLOOR, {half_more});
  const int32_t scaled = chain.then(INLAY_OP_MUL, {whole, chain.number(grid.scale)});
  chain.last(INLAY_OP_ADD, {scaled, chain.number(grid.low)});
}

/// How many boundaries are not above the value.
void read_bucketize(OpReader& r) {
  check_counts(r, 1, 1);
  const auto* given = r.options<tfl::BucketizeOptions>().boundaries();
  const std::vector<float> bounds = given == nullptr ? std::vector<float>() : std::vector<float>(given->begin(), given->end());
  if (!std::is_sorted(bounds.begin(), bounds.end())) r.fail("its boundaries are not sorted");
  std::vector<int32_t> column = r.input(0).shape;
  const auto rank = static_cast<int32_t>(column.size());
  if (rank >= INLAY_MAX_RANK) r.fail("its input has " + std::to_string(rank) + " dims, at most 7 are supported");
  column.push_back(1);
  Bytes bytes(bounds.size() * sizeof(float));
  if (!bytes.empty()) std::memcpy(bytes.data(), bounds.data(), bytes.size());
  Chain chain(r);
  int32_t value = r.node.inputs[0];
  if (r.input(0).dtype != INLAY_FLOAT32) value = chain.then_as(INLAY_FLOAT32, INLAY_OP_CAST, {value});
  const int32_t row = r.add_constant(r.node.name + "/boundaries", INLAY_FLOAT32, {static_cast<int32_t>(bounds.size())}, std::move(bytes));
  const int32_t above = chain.then_as(INLAY_BOOL, INLAY_OP_GREATER_EQUAL, {chain.reshaped(value, column), row});
  chain.last(INLAY_OP_SUM, {chain.then_as(INLAY_INT32, INLAY_OP_CAST, {above})}, inlay_axes{1 << rank, 0});
}

void read_broadcast_args(OpReader& r) {
  std::vector<int32_t> a = r.constant_ints(0, "the first shape"), b = r.constant_ints(1, "the second shape");
  if (a.size() < b.size()) std::swap(a, b);
  b.insert(b.begin(), a.size() - b.size(), 1);
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && a[i] != 1 && b[i] != 1) {
      r.fail("dims " + std::to_string(a[i]) + " and " + std::to_string(b[i]) + " do not broadcast");
    }
    if (a[i] == 1) a[i] = b[i];
  }
  const auto count = static_cast<int32_t>(a.size());
  if (r.output(0).dtype == INLAY_INT64) {
    const std::vector<int64_t> wide(a.begin(), a.end());
    const auto* from = reinterpret_cast<const uint8_t*>(wide.data());
    return r.become_constant(0, {count}, Bytes(from, from + wide.size() * sizeof(int64_t)));
  }
  if (r.output(0).dtype != INLAY_INT32) r.fail("its output must be int32 or int64");
  const auto* from = reinterpret_cast<const uint8_t*>(a.data());
  r.become_constant(0, {count}, Bytes(from, from + a.size() * sizeof(int32_t)));
}

/// The tensor was made dense when it was read.
void read_densify(OpReader& r) {
  const Tensor& in = r.input(0);
  if (!in.is_constant()) r.fail("its input must be a constant");
  if (in.dtype != r.output(0).dtype) r.fail("its output must have the input's dtype");
  const std::vector<int32_t> shape = in.shape;
  const std::shared_ptr<const Bytes> data = in.data;
  r.become_constant(0, shape, *data);
}

/// dilations[d] - 1 copies of the value between neighbours along each dim.
void read_dilate(OpReader& r) {
  check_counts(r, 3, 1);
  std::vector<int32_t> shape = r.input(0).shape;
  const std::vector<int32_t> steps = r.constant_ints(1, "the dilations");
  if (steps.size() != shape.size()) r.fail("needs one dilation per dim of the input");
  const int32_t value = constant_element(r, 2);
  const int32_t source = r.node.inputs[0];
  Chain chain(r);
  int32_t x = source;
  for (size_t d = 0; d < shape.size(); ++d) {
    if (steps[d] < 1 || steps[d] > 1 << 20) r.fail("dilation " + std::to_string(steps[d]) + " is out of range, expected 1 or more");
    if (steps[d] == 1 || shape[d] < 2) continue;
    int64_t before = 1, after = 1;
    for (size_t i = 0; i <= d; ++i) before *= shape[i];
    for (size_t i = d + 1; i < shape.size(); ++i) after *= shape[i];
    if (before * after > 0 && before * after > INT32_MAX / steps[d]) r.fail("its result has more than 2^31 elements");
    inlay_pad pad = {};
    pad.value = value;
    pad.after[1] = steps[d] - 1;
    const int32_t wide = chain.then(INLAY_OP_PAD, {chain.reshaped(x, {static_cast<int32_t>(before), 1, static_cast<int32_t>(after)})}, pad);
    std::vector<int32_t> whole = shape;
    whole[d] *= steps[d];
    inlay_slice cut = {};
    for (size_t i = 0; i < shape.size(); ++i) {
      if (i == d) shape[d] = (shape[d] - 1) * steps[d] + 1;
      cut.size[i] = shape[i];
      cut.stride[i] = 1;
    }
    x = chain.then(INLAY_OP_SLICE, {chain.reshaped(wide, whole)}, cut);
  }
  chain.last(INLAY_OP_RESHAPE, {x}, dims_params(r, shape));
}

}  // namespace inlay::tools::tflite_import
