// SPDX-License-Identifier: Apache-2.0
// Ops that only give a tensor another shape: all become RESHAPE with the final shape in its params.
#include "tools/import/tflite/list_update.h"

namespace inlay::tools::tflite_import {
namespace {

int64_t count_of(const std::vector<int32_t>& shape) {
  int64_t count = 1;
  for (const int32_t dim : shape) count *= dim;  // shapes of the graph hold at most 2^31 elements
  return count;
}

void become_reshape(OpReader& r, const std::vector<int32_t>& shape) {
  if (shape.size() > INLAY_MAX_RANK) r.fail("its result has " + std::to_string(shape.size()) + " dims, at most 8 are supported");
  inlay_dims dims = {};
  dims.rank = static_cast<int32_t>(shape.size());
  for (size_t i = 0; i < shape.size(); ++i) dims.dims[i] = shape[i];
  r.node.kind = INLAY_OP_RESHAPE;
  r.node.params = dims;
  r.keep_inputs(1);
}

/// The shape asked for, from the constant second input, else from the options.
std::vector<int32_t> target_of(const OpReader& r) {
  if (r.has_input(1) && r.input(1).is_constant()) return r.constant_ints(1, "the target shape");
  const auto* o = r.options_or_null<tfl::ReshapeOptions>();
  if (o != nullptr && size_of(o->new_shape()) > 0) {
    const std::vector<int32_t> shape(o->new_shape()->begin(), o->new_shape()->end());
    // Old writers say "scalar" by [0].
    return shape.size() == 1 && shape[0] == 0 ? std::vector<int32_t>() : shape;
  }
  if (r.has_input(1)) return r.constant_ints(1, "the target shape");  // fails with the sentence
  return {};
}

}  // namespace

void read_reshape(OpReader& r) {
  const Tensor& in = r.input(0);
  std::vector<int32_t> shape = target_of(r);
  const int64_t total = count_of(in.shape);
  int64_t known = 1;
  int64_t unknown = -1;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] < -1) r.fail("target dim " + std::to_string(i) + " is " + std::to_string(shape[i]) + ", expected -1 or more");
    if (shape[i] == -1) {
      if (unknown >= 0) r.fail("more than one target dim is -1");
      unknown = static_cast<int64_t>(i);
    } else if (shape[i] > 0 && known > INT32_MAX / shape[i]) {
      r.fail("its target shape has more than 2^31 elements");
    } else {
      known *= shape[i];
    }
  }
  if (unknown >= 0) {
    if (known == 0 || total % known != 0) {
      r.fail("the " + std::to_string(total) + " values of input '" + in.name + "' do not divide into rows of " + std::to_string(known));
    }
    shape[static_cast<size_t>(unknown)] = static_cast<int32_t>(total / known);
    known = total;
  }
  if (known != total) {
    r.fail("input '" + in.name + "' has " + std::to_string(total) + " values, the target shape " + std::to_string(known) +
           " (a shape given by --shape may not fit this model)");
  }
  become_reshape(r, shape);
}

void read_squeeze(OpReader& r) {
  const Tensor& in = r.input(0);
  const auto* o = r.options_or_null<tfl::SqueezeOptions>();
  uint32_t mask = 0;
  for (uint32_t i = 0; o != nullptr && i < size_of(o->squeeze_dims()); ++i) {
    mask |= 1u << r.axis(o->squeeze_dims()->Get(i), in.shape.size());
  }
  std::vector<int32_t> shape;
  for (size_t i = 0; i < in.shape.size(); ++i) {
    const bool named = (mask >> i & 1u) != 0;
    if (named && in.shape[i] != 1) r.fail("dim " + std::to_string(i) + " is " + std::to_string(in.shape[i]) + ", only a dim of 1 can go");
    if (!(named || (mask == 0 && in.shape[i] == 1))) shape.push_back(in.shape[i]);
  }
  become_reshape(r, shape);
}

void read_expand_dims(OpReader& r) {
  const std::vector<int32_t> axis = r.constant_ints(1, "the axis", 1);
  if (axis.size() != 1) r.fail("the axis must be one number");
  std::vector<int32_t> shape = r.input(0).shape;
  shape.insert(shape.begin() + r.axis(axis[0], shape.size() + 1), 1);
  become_reshape(r, shape);
}

void read_concatenation(OpReader& r) {
  const auto& o = r.options<tfl::ConcatenationOptions>();
  if (read_list_update(r, o.axis())) return;
  r.node.kind = INLAY_OP_CONCATENATION;
  r.node.params = inlay_axis{r.axis(o.axis(), r.input(0).shape.size()), 0, 0};
  r.activation(o.fused_activation_function());
}

}  // namespace inlay::tools::tflite_import
