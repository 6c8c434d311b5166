// SPDX-License-Identifier: Apache-2.0
#include "ops/compare_util.h"

namespace inlay {
namespace {

struct Data {
  kernels::Broadcast plan;
  kernels::CompareScale scale[2];
  kernels::Comparison how;
  uint8_t first;  ///< the input that is the left operand
  bool quantized;
  uint8_t gap[5] = {};
};
static_assert(sizeof(Data) <= kCompareDataBytes, "comparisons book too little");

inlay_status prepare_scale(const Prepare& p, const inlay_tensor* t, const char* what, kernels::CompareScale* out) {
  INLAY_TRY(p.per_tensor(t, what));
  if (t->dtype == INLAY_INT16 && zero_point_of(t) != 0) return p.fail("a 16-bit tensor has a zero point that is not 0");
  return kernels::make_compare_scale(scale_of(t), zero_point_of(t), out) ? INLAY_OK : p.fail("a scale of 128 or more is not compared");
}

template <typename T>
void run(const Eval& e, const Data& d) {
  const int x = d.first, y = 1 - d.first;
  if constexpr (sizeof(T) <= 2) {
    if (d.quantized) {
      kernels::compare_quant(d.plan, d.how, d.scale[0], d.scale[1], e.input<T>(x), e.input<T>(y), e.output<uint8_t>(0));
      return;
    }
  }
  kernels::compare(d.plan, d.how, e.input<T>(x), e.input<T>(y), e.output<uint8_t>(0));
}

}  // namespace

inlay_status prepare_comparison(inlay_prepare* raw, kernels::Comparison how, bool swapped) {
  const Prepare p(raw);
  auto* data = p.data<Data>();
  const bool equality = how == kernels::Comparison::kEqual || how == kernels::Comparison::kNotEqual;
  uint32_t dtypes = kFloat | kQuantTypes | dtype_bit(INLAY_INT32) | dtype_bit(INLAY_INT64);
  if (equality) dtypes |= dtype_bit(INLAY_BOOL);
  INLAY_TRY(p.no_activation());
  INLAY_TRY(prepare_binary(p, dtypes, INLAY_BOOL, &data->plan));
  data->how = how;
  data->first = swapped ? 1 : 0;
  const inlay_tensor* const x = p.input(data->first);
  const inlay_tensor* const y = p.input(1 - data->first);
  if (swapped) {
    for (int32_t d = 0; d < data->plan.rank; ++d) {
      const int64_t stride = data->plan.a_stride[d];
      data->plan.a_stride[d] = data->plan.b_stride[d];
      data->plan.b_stride[d] = stride;
    }
  }
  const bool can = (dtype_bit(x->dtype) & kQuant8) != 0 || (x->dtype == INLAY_INT16 && equality);
  data->quantized = can && (x->quant.count > 0 || y->quant.count > 0);
  if (!data->quantized) return INLAY_OK;
  INLAY_TRY(prepare_scale(p, x, swapped ? "input 1" : "input 0", &data->scale[0]));
  return prepare_scale(p, y, swapped ? "input 0" : "input 1", &data->scale[1]);
}

inlay_status eval_comparison(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<Data>();
  switch (e.input_tensor(0)->dtype) {
    case INLAY_INT8: run<int8_t>(e, d); break;
    case INLAY_UINT8: run<uint8_t>(e, d); break;
    case INLAY_INT16: run<int16_t>(e, d); break;
    case INLAY_INT32: run<int32_t>(e, d); break;
    case INLAY_INT64: run<int64_t>(e, d); break;
    case INLAY_BOOL: kernels::compare_bool(d.plan, d.how, e.input<uint8_t>(0), e.input<uint8_t>(1), e.output<uint8_t>(0)); break;
    default: run<float>(e, d); break;
  }
  return INLAY_OK;
}

}  // namespace inlay
