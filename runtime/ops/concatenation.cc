// SPDX-License-Identifier: Apache-2.0
// CONCATENATION along one axis, of 1 to 1024 inputs. int8 and uint8 inputs of another scale are requantized.
#include "kernels/concatenation.h"

#include "ops/quant_rules_util.h"

namespace inlay {
namespace {

struct ConcatData {
  int64_t outer;   // slices of each input
  int64_t inner;   // elements per index of the axis
  int64_t stride;  // elements of one slice of the output
  int32_t axis;
  int32_t element_bytes;
};

/// Copies, or says how to requantize. Called again in eval, which saves keeping 1024 of them.
bool rescale_of(const inlay_tensor* in, const inlay_tensor* out, kernels::Rescale* r) {
  if (same_quant(in, out)) return false;
  *r = {scale_of(in) / scale_of(out), zero_point_of(in), zero_point_of(out), dtype_range(out->dtype)};
  return true;
}

inlay_status check_input(const Prepare& p, const inlay_tensor* t, int32_t axis) {
  if (t == nullptr) return p.fail("a required input is left out");
  const inlay_tensor* const first = p.input(0);
  INLAY_TRY(p.dtype(t, dtype_bit(first->dtype), "an input of another dtype"));
  INLAY_TRY(p.rank(t, first->rank, first->rank, "an input"));
  for (int32_t d = 0; d < t->rank; ++d) {
    if (d != axis && t->dims[d] != first->dims[d]) return p.fail("inputs differ in a dim beside the axis");
  }
  if (same_quant(t, p.output(0))) return INLAY_OK;
  if ((dtype_bit(t->dtype) & kQuant8) == 0) return p.fail("inputs and output need the same scale and zero point");
  INLAY_TRY(p.per_tensor(t, "an input"));
  INLAY_TRY(p.per_tensor(p.output(0), "output"));
  float ratio = 0;
  return scale_ratio(p, scale_of(t), scale_of(p.output(0)), &ratio);
}

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_axis* params = nullptr;
  INLAY_TRY(p.counts(1, 1024, 1));
  INLAY_TRY(p.params(INLAY_PARAMS_AXIS, &params));
  INLAY_TRY(p.no_activation());
  const inlay_tensor* first = p.input(0);
  const uint32_t bits = inlay_dtype_bits(static_cast<inlay_dtype>(first->dtype));
  if (bits < 8) return p.fail("elements smaller than a byte cannot be joined");
  INLAY_TRY(p.dtype(p.output(0), dtype_bit(first->dtype), "output"));
  const int32_t axis = params->axis;
  if (axis < 0 || axis >= first->rank || first->rank > INLAY_MAX_RANK) return p.fail("the axis lies outside the input's rank");
  int64_t total = 0;
  for (int i = 0; i < p.node().input_count; ++i) {
    INLAY_TRY(check_input(p, p.input(i), axis));
    total += p.input(i)->dims[axis];
  }
  if (total > INT32_MAX) return p.fail("the joined dim is too large");
  int32_t dims[INLAY_MAX_RANK];
  for (int32_t d = 0; d < first->rank; ++d) dims[d] = d == axis ? static_cast<int32_t>(total) : first->dims[d];
  uint64_t bytes = 0;
  if (!tensor_bytes(first->dtype, dims, first->rank, &bytes)) return p.fail("the output is too large");
  INLAY_TRY(p.output_shape(0, first->rank, dims));
  const int64_t inner = element_count(dims + axis + 1, first->rank - axis - 1);
  *p.data<ConcatData>() = {element_count(dims, axis), inner, total * inner, axis, static_cast<int32_t>(bits / 8)};
  return INLAY_OK;
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<ConcatData>();
  const inlay_tensor* const output = e.output_tensor(0);
  int64_t at = 0;
  for (int i = 0; i < e.node().input_count; ++i) {
    const inlay_tensor* const input = e.input_tensor(i);
    const int64_t slice = input->dims[d.axis] * d.inner;
    kernels::Rescale r;
    if (!rescale_of(input, output, &r)) {
      const auto* from = e.input<uint8_t>(i);
      auto* to = e.output<uint8_t>(0) + at * d.element_bytes;
      // The planner may have put the input where it belongs; only without outer dims is that the same run of bytes.
      if (from != to || d.outer != 1) kernels::concat_copy(d.outer, slice * d.element_bytes, d.stride * d.element_bytes, from, to);
    } else if (input->dtype == INLAY_INT8) {
      kernels::concat_rescale(d.outer, slice, d.stride, r, e.input<int8_t>(i), e.output<int8_t>(0) + at);
    } else {
      kernels::concat_rescale(d.outer, slice, d.stride, r, e.input<uint8_t>(i), e.output<uint8_t>(0) + at);
    }
    at += slice;
  }
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(concatenation, CONCATENATION, VIEW_CONCAT, sizeof(ConcatData), prepare, eval)

}  // namespace inlay
