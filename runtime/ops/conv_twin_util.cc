// SPDX-License-Identifier: Apache-2.0
#include "core/checked.h"
#include "ops/parallel.h"
#include "ops/window_util.h"

namespace inlay {
namespace {

constexpr int32_t kMostThreads = 1024;

/// Books scratch for every thread, and weights in packed form.
template <typename Twin, typename Pack>
void adopt(const Prepare& p, const Twin& twin, const kernels::ConvShape& shape, ConvTwin* out, Pack pack) {
  const double filter = 1.0 * shape.filter_h * shape.filter_w * (shape.in_c / shape.groups);
  const double work = filter * shape.batch * shape.out_h * shape.out_w * shape.out_c;
  const int32_t threads = p.threads() < kMostThreads ? p.threads() : kMostThreads;
  out->parts = part_count(static_cast<int64_t>(work < 1e15 ? work : 1e15), p);
  out->scratch_step = align_up(twin.scratch_bytes(shape), size_t{64});
  p.scratch(out->scratch_step * static_cast<size_t>(out->parts < threads ? out->parts : threads));
  out->packed = p.allocate<uint8_t>(twin.packed_bytes(shape));
  if (out->packed != nullptr) pack();
}

}  // namespace

void prepare_conv_twin(const Prepare& p, const ConvTensors& t, ConvKind kind, const kernels::ConvShape& shape, const ConvMath& math,
                       ConvTwin* out) {
  using kernels::TwinKind;
  *out = {};
  // An empty output is never computed, and its other dims may be huge.
  const bool empty = shape.batch < 1 || shape.out_h < 1 || shape.out_w < 1;
  if (p.cpu() == 0 || empty || t.weights->data == nullptr || t.weights->dtype != t.input->dtype) return;
  const bool depthwise = kind == ConvKind::kDepthwise, is_signed = t.input->dtype == INLAY_INT8;
  if (is_signed || t.input->dtype == INLAY_UINT8) {
    const TwinKind conv = is_signed ? TwinKind::kConv2dS8 : TwinKind::kConv2dU8;
    const TwinKind each = is_signed ? TwinKind::kDepthwiseConv2dS8 : TwinKind::kDepthwiseConv2dU8;
    const auto choice = kernels::choose_twin<kernels::ConvTwinQ8>(depthwise ? each : conv, p.cpu(), shape);
    if ((out->q8 = choice.twin) == nullptr) return;
    p.uses(choice.level);
    adopt(p, *out->q8, shape, out, [&] { out->q8->pack(shape, math.quant, t.weights->data, out->packed); });
  } else if (t.input->dtype == INLAY_FLOAT32) {
    const TwinKind which = depthwise ? TwinKind::kDepthwiseConv2dF32 : TwinKind::kConv2dF32;
    const auto choice = kernels::choose_twin<kernels::ConvTwinF32>(which, p.cpu(), shape);
    if ((out->f32 = choice.twin) == nullptr) return;
    p.uses(choice.level);
    adopt(p, *out->f32, shape, out, [&] { out->f32->pack(shape, static_cast<const float*>(t.weights->data), out->packed); });
  }
}

bool eval_conv_twin(const Eval& e, const kernels::ConvShape& shape, const ConvMath& math, const ConvTwin& twin) {
  if (twin.q8 == nullptr && twin.f32 == nullptr) return false;
  for_each_part(e, twin.parts, [&](kernels::Part part, int32_t thread) {
    void* scratch = e.scratch<uint8_t>() + twin.scratch_step * static_cast<size_t>(thread);
    if (twin.q8 != nullptr) {
      twin.q8->run(shape, math.quant, e.input<void>(0), e.input<void>(1), twin.packed, scratch, e.output<void>(0), part);
    } else {
      twin.f32->run(shape, math.range, e.input<float>(0), e.input<float>(1), e.optional_input<float>(2), twin.packed, scratch,
                    e.output<float>(0), part);
    }
  });
  return true;
}

}  // namespace inlay
