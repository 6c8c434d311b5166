// SPDX-License-Identifier: Apache-2.0
// LOGICAL_NOT of bool.
#include "ops/op_util.h"

namespace inlay {
namespace {

struct Data {
  int64_t count;
};

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  INLAY_TRY(p.counts(1, 1, 1));
  INLAY_TRY(p.no_activation());
  INLAY_TRY(p.dtype(p.input(0), dtype_bit(INLAY_BOOL), "input"));
  INLAY_TRY(p.dtype(p.output(0), dtype_bit(INLAY_BOOL), "output"));
  INLAY_TRY(p.output_like(0, p.input(0)));
  p.data<Data>()->count = element_count(*p.input(0));
  return INLAY_OK;
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto* in = e.input<uint8_t>(0);
  auto* out = e.output<uint8_t>(0);
  for (int64_t i = 0; i < e.data<Data>()->count; ++i) out[i] = in[i] == 0 ? 1 : 0;
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(logical_not, LOGICAL_NOT, INPLACE, sizeof(Data), prepare, eval)

}  // namespace inlay
