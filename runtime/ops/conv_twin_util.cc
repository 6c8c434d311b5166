// SPDX-License-Identifier: Apache-2.0
#include "core/checked.h"
#include "ops/parallel.h"
#include "ops/window_util.h"

namespace inlay {
namespace {

constexpr int32_t kMostThreads = 1024;

/// Books scratch for every thread, and memory for weights in packed form: NULL while measuring.
template <typename Twin>
uint8_t* adopt(const Prepare& p, const Twin& twin, ConvData* data) {
  const kernels::ConvShape& shape = data->shape;
  const int32_t threads = p.threads() < kMostThreads ? p.threads() : kMostThreads;
  ConvTwin& out = data->twin;
  out.parts = part_count_of(p, shape.filter_h, shape.filter_w, shape.in_c / shape.groups, shape.batch, shape.out_h, shape.out_w, shape.out_c);
  const size_t step = align_up(twin.scratch_bytes(shape), size_t{64});
  out.scratch_step = static_cast<int64_t>(step);
  p.scratch(step * static_cast<size_t>(out.parts < threads ? out.parts : threads));
  const size_t bytes = twin.packed_bytes(shape);
  auto* packed = bytes != 0 ? p.allocate<uint8_t>(bytes) : nullptr;
  out.packed = Rel<uint8_t>::to(packed, data);
  return packed;
}

bool adopt_q8(const Prepare& p, const ConvTensors& t, kernels::TwinKind kind, ConvData* data) {
  const auto [twin, level] = kernels::choose_twin<kernels::ConvTwinQ8>(kind, p.cpu(), data->shape);
  p.uses(twin, level);
  if (twin == nullptr) return false;
  p.eval_by(INLAY_EVAL(inlay_eval_conv_twin_q8));
  if (twin->weights_unread) p.leaves(1);
  uint8_t* packed = adopt(p, *twin, data);
  if (packed == nullptr) return true;
  const ConvMath& m = data->math;
  const auto* bias = t.bias != nullptr ? static_cast<const int32_t*>(t.bias->data) : nullptr;
  twin->pack(data->shape, {m.scales.from(data), bias, m.input_zero, m.weight_zero, m.output_zero, m.quant_range}, t.weights->data,
             packed);
  return true;
}

bool adopt_f32(const Prepare& p, const ConvTensors& t, kernels::TwinKind kind, ConvData* data) {
  const auto [twin, level] = kernels::choose_twin<kernels::ConvTwinF32>(kind, p.cpu(), data->shape);
  p.uses(twin, level);
  if (twin == nullptr) return false;
  uint8_t* packed = adopt(p, *twin, data);
  if (packed != nullptr) twin->pack(data->shape, static_cast<const float*>(t.weights->data), packed);
  return true;
}

}  // namespace

bool prepare_conv_twin(const Prepare& p, const ConvTensors& t, ConvKind kind, ConvData* data) {
  using kernels::TwinKind;
  const kernels::ConvShape& shape = data->shape;
  // An empty output is never computed, and its other dims may be huge.
  const bool empty = shape.batch < 1 || shape.out_h < 1 || shape.out_w < 1;
  if (p.cpu() == 0 || empty || t.weights->data == nullptr || t.weights->dtype != t.input->dtype) return false;
  const bool depthwise = kind == ConvKind::kDepthwise;
  switch (t.input->dtype) {
    case INLAY_INT8: return adopt_q8(p, t, depthwise ? TwinKind::kDepthwiseConv2dS8 : TwinKind::kConv2dS8, data);
    case INLAY_UINT8: return adopt_q8(p, t, depthwise ? TwinKind::kDepthwiseConv2dU8 : TwinKind::kConv2dU8, data);
    case INLAY_FLOAT32: return adopt_f32(p, t, depthwise ? TwinKind::kDepthwiseConv2dF32 : TwinKind::kConv2dF32, data);
    default: return false;
  }
}

inlay_status inlay_eval_conv_twin_q8(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<ConvData>();
  const auto& twin = *e.twin<kernels::ConvTwinQ8>();
  const kernels::ConvQuant quant = conv_quant(e, d.math);
  for_each_part(e, d.twin.parts, [&](kernels::Part part, int32_t thread) {
    void* scratch = e.scratch<uint8_t>() + d.twin.scratch_step * thread;
    twin.run(d.shape, quant, e.input<void>(0), e.input<void>(1), d.twin.packed.from(&d), scratch, e.output<void>(0), part);
  });
  return INLAY_OK;
}

bool eval_conv_twin(const Eval& e, const ConvData& d) {
  const auto* twin = e.twin<kernels::ConvTwinF32>();
  if (twin == nullptr || e.input_tensor(0)->dtype != INLAY_FLOAT32) return false;
  for_each_part(e, d.twin.parts, [&](kernels::Part part, int32_t thread) {
    void* scratch = e.scratch<uint8_t>() + d.twin.scratch_step * thread;
    twin->run(d.shape, d.math.range, e.input<float>(0), e.input<float>(1), e.optional_input<float>(2), d.twin.packed.from(&d),
              scratch, e.output<float>(0), part);
  });
  return true;
}

}  // namespace inlay
