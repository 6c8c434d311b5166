// SPDX-License-Identifier: Apache-2.0
// RESIZE_BILINEAR: input [n, h, w, c]; input 1 is the constant int32 [height, width] of the output.
#include "core/checked.h"
#include "kernels/elementwise_twins.h"
#include "kernels/twins.h"
#include "ops/parallel.h"
#include "ops/resize_util.h"

namespace inlay {
namespace {

struct Data {
  kernels::ResizeShape shape;
  int64_t scratch_step;  ///< bytes of each part's scratch
  int32_t parts;
  int32_t gap = 0;
};

/// A twin, and scratch for each thread that may run it.
void choose_twin(const Prepare& p, Data* data) {
  using kernels::TwinKind;
  const kernels::ResizeShape& s = data->shape;
  const uint32_t dtype = p.input(0)->dtype;
  if (dtype == INLAY_INT16 || s.batch < 1 || s.channels < 1) return;
  const TwinKind kind = dtype == INLAY_INT8    ? TwinKind::kResizeBilinearS8
                        : dtype == INLAY_UINT8 ? TwinKind::kResizeBilinearU8
                                               : TwinKind::kResizeBilinearF32;
  uint32_t level = 0;
  const auto* twin = static_cast<const kernels::ResizeTwin*>(kernels::twin_at(kind, p.cpu(), 0, &level));
  if (twin == nullptr) return;
  p.uses(twin, level);
  constexpr int64_t kCost = 8;
  data->parts = part_count(element_count(*p.output(0)) * kCost, p);
  const size_t step = align_up(twin->scratch_bytes(s), size_t{64});
  data->scratch_step = static_cast<int64_t>(step);
  p.scratch(step * static_cast<size_t>(data->parts < p.threads() ? data->parts : p.threads()));
}

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_resize* resize = nullptr;
  INLAY_TRY(p.counts(2, 2, 1));
  INLAY_TRY(p.no_activation());
  INLAY_TRY(p.params(INLAY_PARAMS_RESIZE, &resize));
  const inlay_tensor* input = p.input(0);
  INLAY_TRY(p.dtype(input, kFloat | kQuant8 | dtype_bit(INLAY_INT16), "input"));
  INLAY_TRY(p.dtype(p.output(0), dtype_bit(input->dtype), "output"));
  if (!same_quant(input, p.output(0))) return p.fail("input and output need the same scale and zero point");
  if (resize->align_corners != 0 && resize->half_pixel_centers != 0) {
    return p.fail("align_corners and half_pixel_centers exclude each other");
  }
  int32_t dims[4];
  INLAY_TRY(resize_target(p, dims));
  auto* data = p.data<Data>();
  data->shape = {dims[0], input->dims[1], input->dims[2],        dims[3],
                 dims[1], dims[2],        resize->align_corners, resize->half_pixel_centers};
  choose_twin(p, data);
  return INLAY_OK;
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<Data>();
  const kernels::ResizeShape& s = d.shape;
  if (const auto* twin = e.twin<kernels::ResizeTwin>(); twin != nullptr) {
    for_each_part(e, d.parts, [&](kernels::Part part, int32_t thread) {
      void* scratch = e.scratch<uint8_t>() + d.scratch_step * thread;
      twin->run(s, e.input<void>(0), scratch, e.output<void>(0), part);
    });
    return INLAY_OK;
  }
  switch (e.input_tensor(0)->dtype) {
    case INLAY_INT8: kernels::resize_bilinear_s8(s, e.input<int8_t>(0), e.output<int8_t>(0)); break;
    case INLAY_UINT8: kernels::resize_bilinear_u8(s, e.input<uint8_t>(0), e.output<uint8_t>(0)); break;
    case INLAY_INT16: kernels::resize_bilinear_s16(s, e.input<int16_t>(0), e.output<int16_t>(0)); break;
    default: kernels::resize_bilinear_f32(s, e.input<float>(0), e.output<float>(0)); break;
  }
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(resize_bilinear, RESIZE_BILINEAR, NONE, sizeof(Data), prepare, eval)

}  // namespace inlay
