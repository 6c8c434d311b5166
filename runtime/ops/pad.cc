// SPDX-License-Identifier: Apache-2.0
// PAD: constant (PAD, PADV2) or mirrored (MIRROR_PAD) borders, all of them in the params.
#include "kernels/pad.h"

#include "ops/parallel.h"
#include "ops/quant_rules_util.h"

namespace inlay {
namespace {

struct PadData {
  kernels::PadShape shape;
  int32_t value;
  int32_t element_bytes;
};

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_pad* pad = nullptr;
  INLAY_TRY(p.counts(1, 1, 1));
  INLAY_TRY(p.no_activation());
  INLAY_TRY(p.params(INLAY_PARAMS_PAD, &pad));
  const inlay_tensor* input = p.input(0);
  const uint32_t bits = inlay_dtype_bits(static_cast<inlay_dtype>(input->dtype));
  if (bits < 8) return p.fail("input needs elements of whole bytes");
  INLAY_TRY(p.dtype(p.output(0), dtype_bit(input->dtype), "output"));
  INLAY_TRY(p.rank(input, 0, INLAY_MAX_RANK, "input"));
  if (!same_quant(input, p.output(0))) return p.fail("input and output need the same scale and zero point");
  if (pad->mode < kernels::kPadConstant || pad->mode > kernels::kPadSymmetric) return p.fail("unknown mode");
  // 64 bits take the value with its sign extended, which means something only for integers and zeros.
  if (bits == 64 && pad->value != 0 && input->dtype != INLAY_INT64) return p.fail("this dtype can be padded by zeros alone");
  int32_t dims[INLAY_MAX_RANK];
  for (int32_t d = 0; d < input->rank; ++d) {
    const int32_t before = pad->before[d], after = pad->after[d], size = input->dims[d];
    if (before < 0 || after < 0) return p.fail("padding may not be negative");
    const int64_t total = static_cast<int64_t>(before) + size + after;
    if (total > INT32_MAX) return p.fail("the padded shape is too large");
    // A mirror shows each side at most once.
    const int64_t most = static_cast<int64_t>(size) - (pad->mode == kernels::kPadReflect ? 1 : 0);
    const bool padded = before > 0 || after > 0;
    if (pad->mode != kernels::kPadConstant && padded && (before > most || after > most)) {
      return p.fail("a mirrored border is wider than the input");
    }
    dims[d] = static_cast<int32_t>(total);
  }
  uint64_t bytes = 0;
  if (!tensor_bytes(input->dtype, dims, input->rank, &bytes)) return p.fail("the padded shape is too large");
  INLAY_TRY(p.output_shape(0, input->rank, dims));
  auto* data = p.data<PadData>();
  kernels::make_pad_shape(input->dims, pad->before, pad->after, input->rank, pad->mode, &data->shape);
  data->value = pad->value;
  data->element_bytes = static_cast<int32_t>(bits / 8);
  return INLAY_OK;
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<PadData>();
  for_each_part(e, part_count(element_count(*e.output_tensor(0)) * d.element_bytes * 2, e), [&](kernels::Part part, int32_t) {
    kernels::pad(d.shape, d.element_bytes, d.value, e.input<void>(0), e.output<void>(0), part);
  });
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(pad, PAD, NONE, sizeof(PadData), prepare, eval)

}  // namespace inlay
