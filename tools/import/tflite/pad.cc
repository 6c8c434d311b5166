// SPDX-License-Identifier: Apache-2.0
// PAD, PADV2, MIRROR_PAD: the paddings and the value move into params.
#include <cstring>

#include "tools/import/tflite/op_reader.h"

namespace inlay::tools::tflite_import {
namespace {

inlay_pad paddings(const OpReader& r, int32_t mode) {
  const size_t rank = r.input(0).shape.size();
  const std::vector<int32_t> values = r.constant_ints(1, "the paddings", 2 * INLAY_MAX_RANK);
  if (values.size() != 2 * rank) {
    r.fail("has " + std::to_string(values.size()) + " paddings, expected two for each of " + std::to_string(rank) + " dims");
  }
  inlay_pad p = {};
  p.mode = mode;
  for (size_t i = 0; i < rank; ++i) {
    p.before[i] = values[2 * i];
    p.after[i] = values[2 * i + 1];
    if (p.before[i] < 0 || p.after[i] < 0) r.fail("a padding is negative, expected 0 or more");
  }
  return p;
}

}  // namespace

int32_t constant_element(const OpReader& r, size_t i) {
  const Tensor& t = r.input(i);
  if (t.dtype != r.input(0).dtype) r.fail("the value of the padding has another dtype than the input");
  const uint32_t bytes = inlay_dtype_bits(t.dtype) / 8;
  if (!t.is_constant() || bytes == 0 || t.data->size() != bytes) r.fail("the value of the padding must be one constant");
  const uint8_t* from = t.data->data();
  switch (t.dtype) {
    case INLAY_INT8: return static_cast<int8_t>(from[0]);
    case INLAY_UINT8:
    case INLAY_BOOL: return from[0];
    case INLAY_INT16: {
      int16_t value = 0;
      std::memcpy(&value, from, sizeof(value));
      return value;
    }
    case INLAY_INT64: {
      int64_t value = 0;
      std::memcpy(&value, from, sizeof(value));
      if (value < INT32_MIN || value > INT32_MAX) r.fail("the value of the padding does not fit 32 bits");
      return static_cast<int32_t>(value);
    }
    case INLAY_FLOAT16:
    case INLAY_UINT16: {
      uint16_t value = 0;
      std::memcpy(&value, from, sizeof(value));
      return value;
    }
    case INLAY_FLOAT32:
    case INLAY_UINT32:
    case INLAY_INT32: {
      int32_t value = 0;
      std::memcpy(&value, from, sizeof(value));
      return value;
    }
    default: r.fail(std::string("a padding of ") + inlay_dtype_name(t.dtype) + " is not supported");
  }
}

namespace {

/// The stored value that means 0.
int32_t zero_of(const Tensor& t) { return t.quant.empty() ? 0 : t.quant.zero_points[0]; }

void finish(OpReader& r, const inlay_pad& p) {
  r.node.kind = INLAY_OP_PAD;
  r.node.params = p;
  r.keep_inputs(1);
}

}  // namespace

void read_pad(OpReader& r) {
  inlay_pad p = paddings(r, 0);
  p.value = zero_of(r.input(0));
  finish(r, p);
}

void read_padv2(OpReader& r) {
  inlay_pad p = paddings(r, 0);
  const Tensor& in = r.input(0);
  if (!r.has_input(2)) {
    p.value = zero_of(in);
  } else {
    p.value = constant_element(r, 2);
  }
  finish(r, p);
}

void read_mirror_pad(OpReader& r) {
  const bool symmetric = r.options<tfl::MirrorPadOptions>().mode() == tfl::MirrorPadMode::SYMMETRIC;
  finish(r, paddings(r, symmetric ? 2 : 1));
}

}  // namespace inlay::tools::tflite_import
