// SPDX-License-Identifier: Apache-2.0
// QUANTIZE: float32 to int8, uint8 or int16, or any of the three and int32 to another scale, zero point or dtype.
#include "kernels/quantize.h"

#include "ops/parallel.h"
#include "ops/quant_rules_util.h"
#include "ops/table_util.h"

namespace inlay {

INLAY_DECLARE_EVAL(inlay_eval_quantize_f32_s8)
INLAY_DECLARE_EVAL(inlay_eval_quantize_s8_s8)

namespace {

constexpr uint32_t kQuantized = kQuant8 | dtype_bit(INLAY_INT16);

struct QuantizeData {
  int64_t count;
  kernels::Rescale rescale;  // from float: ratio is 1 / scale
  int32_t factor;            // 256ths, between 8-bit tensors of one dtype; 0: not used
  Rel<uint8_t> table;        // between 8-bit tensors, with a twin of table8: what each byte becomes
  int32_t gap = 0;
};

template <typename Q>
void narrow_rescale(const QuantizeData& d, int64_t count, const Q* in, Q* out) {
  if (d.factor != 0) {
    kernels::rescale_256ths(count, d.rescale, d.factor, in, out);
  } else {
    kernels::rescale(count, d.rescale, in, out);
  }
}

/// Between 8-bit tensors; either may be signed.
void bytes_to_bytes(const QuantizeData& d, uint32_t from, uint32_t to, int64_t count, const uint8_t* in, uint8_t* out) {
  const auto* signed_in = reinterpret_cast<const int8_t*>(in);
  auto* signed_out = reinterpret_cast<int8_t*>(out);
  if (from == INLAY_INT8 && to == INLAY_INT8) return narrow_rescale(d, count, signed_in, signed_out);
  if (from == INLAY_UINT8 && to == INLAY_UINT8) return narrow_rescale(d, count, in, out);
  if (from == INLAY_INT8) return kernels::rescale(count, d.rescale, signed_in, out);
  kernels::rescale(count, d.rescale, in, signed_out);
}

/// Every byte through the kernel once, for a twin. Of few elements the table would not pay. False: there is none.
bool make_table(const Prepare& p, QuantizeData* data) {
  const uint32_t from = p.input(0)->dtype, to = p.output(0)->dtype;
  if ((dtype_bit(from) & kQuant8) == 0 || (dtype_bit(to) & kQuant8) == 0 || data->count < 1024) return false;
  if (!choose_table_twin(p)) return false;
  auto* table = p.allocate<uint8_t>(kernels::kTable8);
  if (table == nullptr) return true;
  data->table = Rel<uint8_t>::to(table, data);
  uint8_t all[kernels::kTable8];
  for (int32_t i = 0; i < kernels::kTable8; ++i) all[i] = static_cast<uint8_t>(i);
  bytes_to_bytes(*data, from, to, kernels::kTable8, all, table);
  return true;
}

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
  if (input->dtype == INLAY_FLOAT32) {
    if (output->dtype == INLAY_INT8) p.eval_by(INLAY_EVAL(inlay_eval_quantize_f32_s8));
    return scale_ratio(p, 1.0f, scale_of(output), &data->rescale.ratio);
  }
  INLAY_TRY(p.per_tensor(input, "input"));
  data->rescale.in_zero = zero_point_of(input);
  INLAY_TRY(scale_ratio(p, scale_of(input), scale_of(output), &data->rescale.ratio));
  const float ratio = data->rescale.ratio;
  const bool narrow = input->dtype == output->dtype && (dtype_bit(input->dtype) & kQuant8) != 0;
  data->factor = narrow && ratio >= 1.0f / 256 && ratio <= 128 ? round_even(256 * ratio) : 0;
  if (!make_table(p, data) && narrow && input->dtype == INLAY_INT8) p.eval_by(INLAY_EVAL(inlay_eval_quantize_s8_s8));
  return INLAY_OK;
}

/// Elements [at, at + n).
template <typename Q>
void eval_to(const Eval& e, int64_t at, int64_t n) {
  const auto& d = *e.data<QuantizeData>();
  const auto wide = [&](const auto* in, auto* out) {
    if constexpr (sizeof(*out) == 4 || sizeof(*in) == 4) {
      kernels::rescale_wide(n, d.rescale, in, out);
    } else {
      kernels::rescale(n, d.rescale, in, out);
    }
  };
  Q* const out = e.output<Q>(0) + at;
  switch (e.input_tensor(0)->dtype) {
    case INLAY_INT8: wide(e.input<int8_t>(0) + at, out); break;
    case INLAY_UINT8: wide(e.input<uint8_t>(0) + at, out); break;
    case INLAY_INT16: wide(e.input<int16_t>(0) + at, out); break;
    case INLAY_INT32: wide(e.input<int32_t>(0) + at, out); break;
    default:
      if constexpr (sizeof(Q) < 4) {
        kernels::quantize_f32(n, d.rescale.ratio, d.rescale.out_zero, d.rescale.range, e.input<float>(0) + at, out);
      }
      break;
  }
}

void eval_part(const Eval& e, int64_t at, int64_t n) {
  const auto& d = *e.data<QuantizeData>();
  const uint32_t from = e.input_tensor(0)->dtype, to = e.output_tensor(0)->dtype;
  const uint8_t* table = d.table.from(&d);
  if ((dtype_bit(from) & dtype_bit(to) & kQuant8) != 0 || table != nullptr) {
    const auto* in = e.input<uint8_t>(0) + at;
    auto* out = e.output<uint8_t>(0) + at;
    return table != nullptr ? table8_of(e, table, n, in, out) : bytes_to_bytes(d, from, to, n, in, out);
  }
  switch (to) {
    case INLAY_INT8: eval_to<int8_t>(e, at, n); break;
    case INLAY_UINT8: eval_to<uint8_t>(e, at, n); break;
    case INLAY_INT32: eval_to<int32_t>(e, at, n); break;
    default: eval_to<int16_t>(e, at, n); break;
  }
}

/// Calls body(at, n) for each part: n elements from `at` on.
template <typename Body>
inlay_status for_some(const Eval& e, const Body& body) {
  const int64_t count = e.data<QuantizeData>()->count;
  for_each_part(e, part_count(count * 8, e), [&](kernels::Part part, int32_t) {
    const kernels::Stretch own = kernels::stretch_of(count, 64, part);
    if (own.begin < own.end) body(own.begin, own.end - own.begin);
  });
  return INLAY_OK;
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  return for_some(e, [&](int64_t at, int64_t n) { eval_part(e, at, n); });
}

}  // namespace

inlay_status inlay_eval_quantize_f32_s8(const inlay_eval* raw) {
  const Eval e(raw);
  const kernels::Rescale& r = e.data<QuantizeData>()->rescale;
  return for_some(e, [&](int64_t at, int64_t n) {
    kernels::quantize_f32(n, r.ratio, r.out_zero, r.range, e.input<float>(0) + at, e.output<int8_t>(0) + at);
  });
}

inlay_status inlay_eval_quantize_s8_s8(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<QuantizeData>();
  return for_some(e, [&](int64_t at, int64_t n) { narrow_rescale(d, n, e.input<int8_t>(0) + at, e.output<int8_t>(0) + at); });
}

INLAY_DEFINE_OP(quantize, QUANTIZE, INPLACE, sizeof(QuantizeData), prepare, eval)

}  // namespace inlay
