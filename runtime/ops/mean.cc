// SPDX-License-Identifier: Apache-2.0
// MEAN over the dims of a mask; they vanish, or stay as dims of 1.
#include "kernels/mean.h"

#include "ops/quant_rules_util.h"

namespace inlay {
namespace {

struct Data {
  kernels::MeanShape shape;
  kernels::MeanQuant quant;
};

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_axes* axes = nullptr;
  INLAY_TRY(p.counts(1, 1, 1));
  INLAY_TRY(p.params(INLAY_PARAMS_AXES, &axes));
  if (p.node().activation != INLAY_ACT_NONE) return p.fail("takes no fused activation");
  const inlay_tensor* input = p.input(0);
  const inlay_tensor* output = p.output(0);
  INLAY_TRY(p.dtype(input, kFloat | kQuant8, "input"));
  INLAY_TRY(p.rank(input, 0, INLAY_MAX_RANK, "input"));
  const auto mask = static_cast<uint32_t>(axes->mask);
  if (mask >> input->rank != 0) return p.fail("an axis lies outside the input's rank");
  if (element_count(*input) < 1) return p.fail("input is empty");
  int32_t dims[INLAY_MAX_RANK];
  int32_t rank = 0;
  int64_t count = 1;
  for (int32_t i = 0; i < input->rank; ++i) {
    const bool reduced = (mask >> i & 1u) != 0;
    if (reduced) count *= input->dims[i];
    if (!reduced || axes->keep_dims != 0) dims[rank++] = reduced ? 1 : input->dims[i];
  }
  INLAY_TRY(p.output_shape(0, rank, dims));

  auto* data = p.data<Data>();
  data->shape = kernels::mean_shape(input->dims, input->rank, mask);
  if (output->dtype != input->dtype) return p.fail("input and output differ in dtype");
  if (input->dtype == INLAY_FLOAT32) return INLAY_OK;
  INLAY_TRY(p.per_tensor(input, "input"));
  INLAY_TRY(p.per_tensor(output, "output"));
  if (count > kernels::kMeanMaxCount) return p.fail("too many elements in one mean");
  float ratio = 0;
  INLAY_TRY(scale_ratio(p, scale_of(input), scale_of(output), &ratio));
  data->quant = {ratio / static_cast<float>(count), zero_point_of(input), zero_point_of(output), dtype_range(output->dtype)};
  return INLAY_OK;
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<Data>();
  switch (e.input_tensor(0)->dtype) {
    case INLAY_INT8: kernels::mean_s8(d.shape, d.quant, e.input<int8_t>(0), e.output<int8_t>(0)); break;
    case INLAY_UINT8: kernels::mean_u8(d.shape, d.quant, e.input<uint8_t>(0), e.output<uint8_t>(0)); break;
    default: kernels::mean_f32(d.shape, e.input<float>(0), e.output<float>(0)); break;
  }
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(mean, MEAN, NONE, sizeof(Data), prepare, eval)

}  // namespace inlay
