// SPDX-License-Identifier: Apache-2.0
// LOCAL_RESPONSE_NORMALIZATION along the last axis of [n, h, w, c], float32: alpha, beta, bias in gamma, and radius of inlay_scalars.
#include "kernels/normalize.h"

#include "ops/op_util.h"

namespace inlay {
namespace {

struct Data {
  kernels::RowShape shape;
  kernels::ResponseParams params;
};

bool usable(float v) { return v > -1.2e30f && v < 1.2e30f; }

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_scalars* scalars = nullptr;
  INLAY_TRY(p.counts(1, 1, 1));
  INLAY_TRY(p.params(INLAY_PARAMS_SCALARS, &scalars));
  INLAY_TRY(p.no_activation());
  const inlay_tensor* input = p.input(0);
  INLAY_TRY(p.dtype(input, kFloat, "input"));
  INLAY_TRY(p.dtype(p.output(0), kFloat, "output"));
  INLAY_TRY(p.rank(input, 1, INLAY_MAX_RANK, "input"));
  if (scalars->radius < 0) return p.fail("the radius is negative");
  if (!usable(scalars->alpha) || !usable(scalars->beta) || !usable(scalars->gamma)) return p.fail("a parameter is not a usable number");
  INLAY_TRY(p.output_like(0, input));
  const int32_t depth = last_dim(*input);
  // A radius beyond the row means the row; cut off, i + radius + 1 fits an int32.
  const int32_t radius = scalars->radius < depth ? scalars->radius : depth;
  *p.data<Data>() = {{element_count(input->dims, input->rank - 1), depth}, {scalars->alpha, scalars->beta, scalars->gamma, radius}};
  return INLAY_OK;
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<Data>();
  kernels::local_response_f32(d.shape, d.params, e.input<float>(0), e.output<float>(0));
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(local_response_normalization, LOCAL_RESPONSE_NORMALIZATION, NONE, sizeof(Data), prepare, eval)

}  // namespace inlay
