// SPDX-License-Identifier: Apache-2.0
// CAST: every pair of the dtypes that kernels/cast.h lists; stored values, quantization plays no part.
#include "kernels/cast.h"

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
  const inlay_tensor* input = p.input(0);
  if (!kernels::can_cast(input->dtype) || !kernels::can_cast(p.output(0)->dtype)) return p.fail("a dtype that is not cast");
  uint64_t bytes = 0;  // the output may have wider elements
  if (!tensor_bytes(p.output(0)->dtype, input->dims, input->rank, &bytes)) return p.fail("the output is too large");
  INLAY_TRY(p.output_like(0, input));
  p.data<Data>()->count = element_count(*input);
  return INLAY_OK;
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  kernels::cast(e.input_tensor(0)->dtype, e.output_tensor(0)->dtype, e.data<Data>()->count, e.input<void>(0), e.output<void>(0));
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(cast, CAST, INPLACE, sizeof(Data), prepare, eval)

}  // namespace inlay
