// SPDX-License-Identifier: Apache-2.0
#include "ops/pool_util.h"

#include "ops/window_util.h"

namespace inlay {

inlay_status prepare_pool(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_window* w = nullptr;
  INLAY_TRY(p.counts(1, 1, 1));
  INLAY_TRY(p.params(INLAY_PARAMS_WINDOW, &w));
  INLAY_TRY(p.clamp_activation());
  const inlay_tensor* input = p.input(0);
  const inlay_tensor* output = p.output(0);
  INLAY_TRY(p.dtype(input, kFloat | kQuant8 | dtype_bit(INLAY_INT16), "input"));
  INLAY_TRY(p.rank(input, 4, 4, "input"));
  if (w->dilation_h != 1 || w->dilation_w != 1) return p.fail("pooling windows have no dilation");
  if (input->dims[1] < 1 || input->dims[2] < 1) return p.fail("input is empty");
  int32_t out_h = 0, out_w = 0;
  INLAY_TRY(window_extent(p, input, *w, w->filter_h, w->filter_w, &out_h, &out_w));
  // A window wholly in the padding would average nothing.
  if (w->pad_top >= w->filter_h || w->pad_bottom >= w->filter_h || w->pad_left >= w->filter_w || w->pad_right >= w->filter_w) {
    return p.fail("pads are not smaller than the window");
  }
  if (int64_t{w->filter_h} * w->filter_w > kernels::kPoolMaxWindow) return p.fail("the window is too large");
  const int32_t dims[4] = {input->dims[0], out_h, out_w, input->dims[3]};
  INLAY_TRY(p.output_shape(0, 4, dims));

  auto* data = p.data<PoolData>();
  data->shape = {input->dims[0], input->dims[1], input->dims[2], input->dims[3], out_h,      out_w,
                 w->filter_h,    w->filter_w,    w->stride_h,    w->stride_w,    w->pad_top, w->pad_left};
  data->float_range = activation_range(p.node().activation);
  if (output->dtype != input->dtype) return p.fail("input and output differ in dtype");
  if (input->dtype == INLAY_FLOAT32) return INLAY_OK;
  INLAY_TRY(p.per_tensor(input, "input"));
  INLAY_TRY(p.per_tensor(output, "output"));
  if (scale_of(input) != scale_of(output) || zero_point_of(input) != zero_point_of(output)) {
    return p.fail("input and output differ in quantization");
  }
  data->quant_range = activation_range(output->dtype, p.node().activation, scale_of(output), zero_point_of(output));
  return INLAY_OK;
}

bool choose_pool_twin(const Prepare& p, kernels::TwinKind s8, kernels::TwinKind u8, kernels::TwinKind f32) {
  const uint32_t dtype = p.input(0)->dtype;
  const auto* data = p.data<PoolData>();
  if (dtype == INLAY_INT16) return false;
  const auto choice = kernels::choose_twin<kernels::PoolTwin>(dtype == INLAY_INT8    ? s8
                                                              : dtype == INLAY_UINT8 ? u8
                                                                                     : f32,
                                                              p.cpu(), data->shape);
  p.uses(choice.twin, choice.level);
  if (choice.twin != nullptr && dtype != INLAY_FLOAT32) p.eval_by(INLAY_EVAL(inlay_eval_pool_twin_q8));
  return choice.twin != nullptr;
}

namespace {

void run_twin(const Eval& e, const PoolData& d, const void* range, int64_t bytes) {
  const auto& twin = *e.twin<kernels::PoolTwin>();
  for_each_pool_part(e, d.shape, 2 * bytes, [&](const kernels::PoolShape& some, int64_t from, int64_t to) {
    twin.run(some, range, e.input<uint8_t>(0) + from * bytes, e.output<uint8_t>(0) + to * bytes);
  });
}

}  // namespace

bool eval_pool_twin(const Eval& e) {
  if (e.twin<kernels::PoolTwin>() == nullptr) return false;
  const auto& d = *e.data<PoolData>();
  run_twin(e, d, &d.float_range, 4);
  return true;
}

inlay_status inlay_eval_pool_twin_q8(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<PoolData>();
  run_twin(e, d, &d.quant_range, 1);
  return INLAY_OK;
}

}  // namespace inlay
