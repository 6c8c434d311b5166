// SPDX-License-Identifier: Apache-2.0
// SELECT: input 0 ? input 1 : input 2, the three broadcasting. Any dtype of 8, 16, 32 or 64 bits.
#include "kernels/select.h"

#include "ops/quant_rules_util.h"

namespace inlay {
namespace {

struct Data {
  kernels::Broadcast3 plan;
  uint32_t bits;
  int32_t gap = 0;
};

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  auto* data = p.data<Data>();
  INLAY_TRY(p.counts(3, 3, 1));
  INLAY_TRY(p.no_activation());
  const inlay_tensor* const c = p.input(0);
  const inlay_tensor* const a = p.input(1);
  const inlay_tensor* const b = p.input(2);
  const inlay_tensor* const output = p.output(0);
  INLAY_TRY(p.dtype(c, dtype_bit(INLAY_BOOL), "the condition"));
  INLAY_TRY(p.dtype(a, kAnyDtype & ~dtype_bit(INLAY_INT4), "input 1"));
  INLAY_TRY(p.dtype(b, dtype_bit(a->dtype), "input 2"));
  INLAY_TRY(p.dtype(output, dtype_bit(a->dtype), "output"));
  if (!same_quant(a, output) || !same_quant(b, output)) return p.fail("inputs and output differ in scale or zero point");
  data->bits = inlay_dtype_bits(static_cast<inlay_dtype>(a->dtype));
  const int32_t* const dims[3] = {c->dims, a->dims, b->dims};
  const int32_t rank[3] = {c->rank, a->rank, b->rank};
  int32_t out_dims[INLAY_MAX_RANK], out_rank = 0;
  if (!kernels::make_broadcast3(dims, rank, &data->plan, out_dims, &out_rank)) {
    return p.fail("the shapes of the inputs do not broadcast");
  }
  return p.output_shape(0, out_rank, out_dims);
}

template <typename T>
void run(const Eval& e, const Data& d) {
  kernels::select(d.plan, e.input<uint8_t>(0), e.input<T>(1), e.input<T>(2), e.output<T>(0));
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<Data>();
  switch (d.bits) {
    case 8: run<uint8_t>(e, d); break;
    case 16: run<uint16_t>(e, d); break;
    case 32: run<uint32_t>(e, d); break;
    default: run<uint64_t>(e, d); break;
  }
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(select, SELECT, INPLACE_ANY, sizeof(Data), prepare, eval)

}  // namespace inlay
