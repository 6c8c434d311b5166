// SPDX-License-Identifier: Apache-2.0
#include "ops/window_util.h"

namespace inlay {
namespace {

void choose(uint32_t cpu, uint32_t dtype, ConvKind kind, const kernels::ConvShape& shape, ConvTwin* out) {
  const bool depthwise = kind == ConvKind::kDepthwise;
  switch (dtype) {
    case INLAY_INT8: out->q8 = (depthwise ? kernels::depthwise_conv2d_s8_twin : kernels::conv2d_s8_twin)(cpu, shape); break;
    case INLAY_UINT8: out->q8 = (depthwise ? kernels::depthwise_conv2d_u8_twin : kernels::conv2d_u8_twin)(cpu, shape); break;
    case INLAY_FLOAT32: out->f32 = (depthwise ? kernels::depthwise_conv2d_f32_twin : kernels::conv2d_f32_twin)(cpu, shape); break;
    default: break;
  }
}

}  // namespace

void prepare_conv_twin(const Prepare& p, const ConvTensors& t, ConvKind kind, const kernels::ConvShape& shape, const ConvMath& math,
                       ConvTwin* out) {
  *out = {};
  // An empty output is never computed, and its other dims may be huge.
  const bool empty = shape.batch < 1 || shape.out_h < 1 || shape.out_w < 1;
  if (p.cpu() == 0 || empty || t.weights->data == nullptr || t.weights->dtype != t.input->dtype) return;
  choose(p.cpu(), t.input->dtype, kind, shape, out);
  if (out->q8 != nullptr) {
    p.scratch(out->q8->scratch_bytes(shape));
    out->packed = p.allocate<uint8_t>(out->q8->packed_bytes(shape));
    if (out->packed != nullptr) out->q8->pack(shape, math.quant, t.weights->data, out->packed);
  } else if (out->f32 != nullptr) {
    p.scratch(out->f32->scratch_bytes(shape));
    out->packed = p.allocate<uint8_t>(out->f32->packed_bytes(shape));
    if (out->packed != nullptr) out->f32->pack(shape, static_cast<const float*>(t.weights->data), out->packed);
  }
}

bool eval_conv_twin(const Eval& e, const kernels::ConvShape& shape, const ConvMath& math, const ConvTwin& twin) {
  if (twin.q8 != nullptr) {
    twin.q8->run(shape, math.quant, e.input<void>(0), e.input<void>(1), twin.packed, e.scratch<void>(), e.output<void>(0));
  } else if (twin.f32 != nullptr) {
    twin.f32->run(shape, math.range, e.input<float>(0), e.input<float>(1), e.optional_input<float>(2), twin.packed,
                  e.scratch<void>(), e.output<float>(0));
  }
  return twin.q8 != nullptr || twin.f32 != nullptr;
}

}  // namespace inlay
