// SPDX-License-Identifier: Apache-2.0
// One node of a graph as one primitive of oneDNN: what it is made of and what must be kept for it.
#pragma once
#include "inlay/backend.h"
#include "shim.h"

namespace inlay::onednn {

/// An operand that never changes.
struct Constant {
  enum class Make { kReorder, kBias, kScales, kZeroPoint };
  int arg;  ///< DNNL_ARG_*
  Make make;
  Desc from;         ///< as the model has it
  const void* data;  ///< in the model
  Desc to;           ///< as the primitive wants it

  /// Nothing to make: the model's bytes serve.
  bool in_place() const { return make == Make::kReorder && from == to; }
  size_t bytes() const { return in_place() ? 0 : to.get_size(); }
};

struct Operand {
  int arg;
  int32_t tensor;
  Desc desc;
};

struct Recipe {
  dnnl::primitive_desc_base primitive;
  std::vector<Operand> operands;
  std::vector<Constant> constants;
  // int8 with the source's zero point folded into the bias
  bool folded = false;
  int32_t zero_point = 0;
  const inlay_tensor* weights = nullptr;
  std::vector<float> scales;

  size_t scratch() const { return primitive.scratchpad_desc().get_size(); }
  const char* kernel() const { return primitive.impl_info_str(); }
  /// Plain loops, which nobody made for speed.
  bool is_reference() const;
};

/// The recipe of a node that rejection() let pass. Throws dnnl::error when the library has no such primitive.
Recipe make_recipe(const inlay_segment& segment, const inlay_node& node);

// ---- parts of the above, one per file ----------------------------------------------------------------------------------

/// CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED.
Recipe make_conv(const inlay_segment& segment, const inlay_node& node);
/// Everything else.
Recipe make_simple(const inlay_segment& segment, const inlay_node& node);

/// User's scratchpad, and what floats may lose.
dnnl::primitive_attr plain_attr(const inlay_segment& segment);
/// What clamps a float result; nothing for none.
void append_activation(dnnl::post_ops* ops, uint8_t activation);

/// [n, h, w, c] as oneDNN names it: n, c, h, w.
inline Dims image_dims(const inlay_tensor& t) { return {t.dims[0], t.dims[3], t.dims[1], t.dims[2]}; }
inline Type type_of(const inlay_tensor& t) { return t.dtype == INLAY_INT8 ? Type::s8 : Type::f32; }

}  // namespace inlay::onednn
