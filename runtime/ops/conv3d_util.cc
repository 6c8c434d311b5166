// SPDX-License-Identifier: Apache-2.0
#include "ops/conv3d_util.h"

#include "ops/window_util.h"

namespace inlay {
namespace {

bool set_output(bool transposed, int32_t pad_after, kernels::Conv3dAxis* a) {
  if (transposed) return a->dilation == 1 && transposed_output(a->in, a->filter, a->stride, a->pad, pad_after, &a->out);
  return window_output(a->in, a->filter, a->stride, a->dilation, a->pad, pad_after, &a->out);
}

}  // namespace

inlay_status prepare_conv3d(inlay_prepare* raw, bool transposed) {
  const Prepare p(raw);
  const inlay_window_3d* w = nullptr;
  INLAY_TRY(p.counts(2, 3, 1));
  INLAY_TRY(p.params(INLAY_PARAMS_WINDOW_3D, &w));
  INLAY_TRY(p.clamp_activation());
  const inlay_tensor* input = p.input(0);
  const inlay_tensor* weights = p.input(1);
  const inlay_tensor* bias = p.input(2);
  INLAY_TRY(p.dtype(input, kFloat, "input"));
  INLAY_TRY(p.dtype(weights, kFloat, "weights"));
  INLAY_TRY(p.dtype(p.output(0), kFloat, "output"));
  INLAY_TRY(p.rank(input, 5, 5, "input"));
  INLAY_TRY(p.rank(weights, 5, 5, "weights"));
  const int32_t in_c = input->dims[4], out_c = weights->dims[transposed ? 3 : 4];
  if (w->groups != 1 || in_c < 1 || out_c < 1 || weights->dims[transposed ? 4 : 3] != in_c) {
    return p.fail("channels of input, weights and groups do not fit");
  }
  if (bias != nullptr) {
    INLAY_TRY(p.dtype(bias, kFloat, "bias"));
    if (element_count(*bias) != out_c) return p.fail("bias needs one value per output channel");
  }
  auto* data = p.data<Conv3dData>();
  kernels::Conv3dShape& s = data->shape;
  s.batch = input->dims[0], s.in_c = in_c, s.out_c = out_c;
  s.d = {input->dims[1], 0, weights->dims[0], w->stride_d, w->dilation_d, w->pad_front};
  s.h = {input->dims[2], 0, weights->dims[1], w->stride_h, w->dilation_h, w->pad_top};
  s.w = {input->dims[3], 0, weights->dims[2], w->stride_w, w->dilation_w, w->pad_left};
  if (!set_output(transposed, w->pad_back, &s.d) || !set_output(transposed, w->pad_bottom, &s.h) ||
      !set_output(transposed, w->pad_right, &s.w)) {
    return p.fail("the window does not fit the input (check strides, dilations, pads)");
  }
  data->range = activation_range(p.node().activation);
  const int32_t dims[5] = {s.batch, s.d.out, s.h.out, s.w.out, out_c};
  return p.output_shape(0, 5, dims);
}

}  // namespace inlay
