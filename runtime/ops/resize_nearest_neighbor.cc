// SPDX-License-Identifier: Apache-2.0
// RESIZE_NEAREST_NEIGHBOR: input [n, h, w, c] of whole bytes; input 1 is the constant int32 [height, width] of the output.
#include "kernels/resize_nearest.h"

#include "ops/move_util.h"
#include "ops/resize_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_resize* resize = nullptr;
  int32_t element_bytes = 0;
  INLAY_TRY(p.counts(2, 2, 1));
  INLAY_TRY(p.params(INLAY_PARAMS_RESIZE, &resize));
  INLAY_TRY(movable(p, 0, &element_bytes));
  int32_t dims[4];
  INLAY_TRY(resize_target(p, dims));
  const int32_t* const in = p.input(0)->dims;
  *p.data<kernels::ResizeNearestShape>() = {static_cast<int64_t>(in[3]) * element_bytes, in[0], in[1], in[2], dims[1],
                                            dims[2], resize->align_corners, resize->half_pixel_centers};
  return INLAY_OK;
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  kernels::resize_nearest(*e.data<kernels::ResizeNearestShape>(), e.input<void>(0), e.output<void>(0));
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(resize_nearest_neighbor, RESIZE_NEAREST_NEIGHBOR, NONE, sizeof(kernels::ResizeNearestShape), prepare, eval)

}  // namespace inlay
