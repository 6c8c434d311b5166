// SPDX-License-Identifier: Apache-2.0
// RESIZE_NEAREST_NEIGHBOR: input [n, h, w, c] of whole bytes; input 1 is the constant int32 [height, width] of the output.
#include "kernels/resize_bilinear.h"
#include "kernels/resize_nearest.h"

#include <cstring>

#include "ops/move_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_resize* resize = nullptr;
  int32_t element_bytes = 0;
  INLAY_TRY(p.counts(2, 2, 1));
  INLAY_TRY(p.params(INLAY_PARAMS_RESIZE, &resize));
  INLAY_TRY(movable(p, 0, &element_bytes));
  const inlay_tensor* const input = p.input(0);
  const inlay_tensor* const size = p.input(1);
  INLAY_TRY(p.rank(input, 4, 4, "input"));
  INLAY_TRY(p.dtype(size, dtype_bit(INLAY_INT32), "size"));
  INLAY_TRY(p.constant(size, "size"));
  if (element_count(*size) != 2) return p.fail("size needs two values, height and width");
  int32_t target[2];
  std::memcpy(target, size->data, sizeof(target));
  for (int i = 0; i < 2; ++i) {
    if (target[i] < 1 || target[i] > kernels::kResizeMax) return p.fail("size is not positive or too large");
    if (input->dims[1 + i] < 1 || input->dims[1 + i] > kernels::kResizeMax) return p.fail("the input has no pixels or too many");
  }
  const int32_t dims[4] = {input->dims[0], target[0], target[1], input->dims[3]};
  INLAY_TRY(moved_shape(p, 4, dims));
  *p.data<kernels::ResizeNearestShape>() = {
      input->dims[0], input->dims[1], input->dims[2], target[0], target[1], resize->align_corners, resize->half_pixel_centers,
      static_cast<int64_t>(input->dims[3]) * element_bytes};
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
