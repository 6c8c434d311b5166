// SPDX-License-Identifier: Apache-2.0
#include "ops/op_util.h"

namespace inlay {

inlay_status Prepare::fail(const char* what) const {
  return INLAY_FAIL(raw_->error, OP_INVALID, "% '%': %", inlay_op_kind_name(raw_->node->kind), raw_->node->name, what);
}

inlay_status Prepare::counts(int min_inputs, int max_inputs, int outputs) const {
  const inlay_node& n = *raw_->node;
  if (n.input_count < min_inputs || n.input_count > max_inputs) return fail("wrong number of inputs");
  if (n.output_count != outputs) return fail("wrong number of outputs");
  for (int i = 0; i < min_inputs; ++i) {
    if (n.inputs[i] < 0) return fail("a required input is left out");
  }
  for (int i = 0; i < outputs; ++i) {
    if (n.outputs[i] < 0) return fail("a required output is left out");
  }
  return INLAY_OK;
}

inlay_status Prepare::dtype(const inlay_tensor* t, uint32_t mask, const char* what) const {
  if ((mask >> t->dtype & 1u) != 0) return INLAY_OK;
  return INLAY_FAIL(raw_->error, OP_INVALID, "% '%': % may not be %", inlay_op_kind_name(raw_->node->kind), raw_->node->name, what,
                    inlay_dtype_name(static_cast<inlay_dtype>(t->dtype)));
}

inlay_status Prepare::rank(const inlay_tensor* t, int min, int max, const char* what) const {
  if (t->rank >= min && t->rank <= max) return INLAY_OK;
  return INLAY_FAIL(raw_->error, OP_INVALID, "% '%': % has rank %, expected % to %", inlay_op_kind_name(raw_->node->kind),
                    raw_->node->name, what, t->rank, min, max);
}

inlay_status Prepare::per_tensor(const inlay_tensor* t, const char* what) const {
  if (t->quant.count == 1) return per_channel(t, 0, what);
  return INLAY_FAIL(raw_->error, OP_INVALID, "% '%': % needs one scale, has %", inlay_op_kind_name(raw_->node->kind),
                    raw_->node->name, what, t->quant.count);
}

inlay_status Prepare::per_channel(const inlay_tensor* t, int axis, const char* what) const {
  const inlay_quant& q = t->quant;
  const bool one = q.count == 1;
  const bool many = q.count > 1 && axis < t->rank && q.axis == axis && q.count == t->dims[axis];
  if (!one && !many) {
    return INLAY_FAIL(raw_->error, OP_INVALID, "% '%': % has % scales along dim %", inlay_op_kind_name(raw_->node->kind),
                      raw_->node->name, what, q.count, q.axis);
  }
  const QuantRange range = dtype_range(t->dtype);
  for (int32_t i = 0; i < q.count; ++i) {
    // 2^-100 .. 2^100; an op still checks the factor it makes of several scales.
    if (!(q.scales[i] > 7.8e-31f && q.scales[i] < 1.2e30f)) return fail("a quantization scale is not a usable positive number");
    if (q.zero_points != nullptr && (q.zero_points[i] < range.min || q.zero_points[i] > range.max)) {
      return fail("a zero point lies outside the dtype's range");
    }
  }
  return INLAY_OK;
}

inlay_status Prepare::constant(const inlay_tensor* t, const char* what) const {
  if (t->data != nullptr) return INLAY_OK;
  return INLAY_FAIL(raw_->error, OP_INVALID, "% '%': % must be a constant of the model", inlay_op_kind_name(raw_->node->kind),
                    raw_->node->name, what);
}

inlay_status Prepare::no_activation() const {
  return raw_->node->activation == INLAY_ACT_NONE ? INLAY_OK : fail("takes no fused activation");
}

inlay_status Prepare::clamp_activation() const {
  return raw_->node->activation <= INLAY_ACT_RELU_N1_TO_1 ? INLAY_OK : fail("this fused activation is not a clamp");
}

}  // namespace inlay
