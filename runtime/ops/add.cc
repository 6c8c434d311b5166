// SPDX-License-Identifier: Apache-2.0
// ADD: a + b.
#include "ops/sum_util.h"

namespace inlay {

INLAY_DECLARE_EVAL(inlay_eval_add_s8)

namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  INLAY_TRY(prepare_sum<false>(raw));
  if (p.input(0)->dtype == INLAY_INT8) p.eval_by(INLAY_EVAL(inlay_eval_add_s8));
  return INLAY_OK;
}

}  // namespace

inlay_status inlay_eval_add_s8(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<SumData>();
  if (run_pair_twin(e, &d.quant, d.plan)) return INLAY_OK;
  for_each_pair_part(e, d.plan, kPortablePairCost, [&](const PairView& v) {
    kernels::add_s8(v.plan(), d.quant, v.a<int8_t>(), v.b<int8_t>(), v.out<int8_t>());
  });
  return INLAY_OK;
}

INLAY_DEFINE_OP(add, ADD, INPLACE_ANY, sizeof(SumData), prepare, eval_sum<false>)

}  // namespace inlay
