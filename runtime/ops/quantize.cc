// SPDX-License-Identifier: Apache-2.0
// QUANTIZE: float32 to int8, uint8 or int16, or any of the three and int32 to another scale, zero point or dtype.
#include "kernels/quantize.h"

#include "ops/quant_rules_util.h"

namespace inlay {
namespace {

constexpr uint32_t kQuantized = kQuant8 | dtype_bit(INLAY_INT16);

struct QuantizeData {
  int64_t count;
  kernels::Rescale rescale;  // from float: ratio is 1 / scale
  int32_t factor;            // 256ths, between 8-bit tensors of one dtype; 0: not used
};

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  INLAY_TRY(p.counts(1, 1, 1));
  INLAY_TRY(p.no_activation());
  const inlay_tensor* input = p.input(0);
  const inlay_tensor* output = p.output(0);
  INLAY_TRY(p.dtype(input, kFloat | kQuantized | dtype_bit(INLAY_INT32), "input"));
  INLAY_TRY(p.dtype(output, input->dtype == INLAY_FLOAT32 ? kQuantized : kQuantized | dtype_bit(INLAY_INT32), "output"));
  INLAY_TRY(p.per_tensor(output, "output"));
  uint64_t bytes = 0;  // the output may have wider elements
  if (!tensor_bytes(output->dtype, input->dims, input->rank, &bytes)) return p.fail("the output is too large");
  INLAY_TRY(p.output_like(0, input));
  auto* data = p.data<QuantizeData>();
  data->count = element_count(*input);
  data->rescale.out_zero = zero_point_of(output);
  data->rescale.range = dtype_range(output->dtype);
  if (input->dtype == INLAY_FLOAT32) return scale_ratio(p, 1.0f, scale_of(output), &data->rescale.ratio);
  INLAY_TRY(p.per_tensor(input, "input"));
  data->rescale.in_zero = zero_point_of(input);
  INLAY_TRY(scale_ratio(p, scale_of(input), scale_of(output), &data->rescale.ratio));
  const float ratio = data->rescale.ratio;
  const bool narrow = input->dtype == output->dtype && (dtype_bit(input->dtype) & kQuant8) != 0;
  data->factor = narrow && ratio >= 1.0f / 256 && ratio <= 128 ? round_even(256 * ratio) : 0;
  return INLAY_OK;
}

void eval_to_s32(const Eval& e) {
  const auto& d = *e.data<QuantizeData>();
  auto* const out = e.output<int32_t>(0);
  switch (e.input_tensor(0)->dtype) {
    case INLAY_INT8: kernels::rescale_wide(d.count, d.rescale, e.input<int8_t>(0), out); break;
    case INLAY_UINT8: kernels::rescale_wide(d.count, d.rescale, e.input<uint8_t>(0), out); break;
    case INLAY_INT16: kernels::rescale_wide(d.count, d.rescale, e.input<int16_t>(0), out); break;
    default: kernels::rescale_wide(d.count, d.rescale, e.input<int32_t>(0), out); break;
  }
}

template <typename Q>
void eval_to(const Eval& e) {
  const auto& d = *e.data<QuantizeData>();
  Q* const out = e.output<Q>(0);
  switch (e.input_tensor(0)->dtype) {
    case INLAY_INT8: kernels::rescale(d.count, d.rescale, e.input<int8_t>(0), out); break;
    case INLAY_UINT8: kernels::rescale(d.count, d.rescale, e.input<uint8_t>(0), out); break;
    case INLAY_INT16: kernels::rescale(d.count, d.rescale, e.input<int16_t>(0), out); break;
    case INLAY_INT32: kernels::rescale_wide(d.count, d.rescale, e.input<int32_t>(0), out); break;
    default: kernels::quantize_f32(d.count, d.rescale.ratio, d.rescale.out_zero, d.rescale.range, e.input<float>(0), out); break;
  }
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<QuantizeData>();
  if (d.factor != 0) {
    if (e.output_tensor(0)->dtype == INLAY_INT8) {
      kernels::rescale_256ths(d.count, d.rescale, d.factor, e.input<int8_t>(0), e.output<int8_t>(0));
    } else {
      kernels::rescale_256ths(d.count, d.rescale, d.factor, e.input<uint8_t>(0), e.output<uint8_t>(0));
    }
    return INLAY_OK;
  }
  switch (e.output_tensor(0)->dtype) {
    case INLAY_INT8: eval_to<int8_t>(e); break;
    case INLAY_UINT8: eval_to<uint8_t>(e); break;
    case INLAY_INT32: eval_to_s32(e); break;
    default: eval_to<int16_t>(e); break;
  }
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(quantize, QUANTIZE, INPLACE, sizeof(QuantizeData), prepare, eval)

}  // namespace inlay
