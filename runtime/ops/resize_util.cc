// SPDX-License-Identifier: Apache-2.0
#include "ops/resize_util.h"

#include <cstring>

namespace inlay {

inlay_status resize_target(const Prepare& p, int32_t dims[4]) {
  const inlay_tensor* input = p.input(0);
  const inlay_tensor* size = p.input(1);
  INLAY_TRY(p.rank(input, 4, 4, "input"));
  INLAY_TRY(p.dtype(size, dtype_bit(INLAY_INT32), "size"));
  INLAY_TRY(p.constant(size, "size"));
  p.leaves(1);
  if (element_count(*size) != 2) return p.fail("size needs two values, height and width");
  dims[0] = input->dims[0];
  dims[3] = input->dims[3];
  std::memcpy(dims + 1, size->data, 2 * sizeof(int32_t));
  for (int i = 1; i < 3; ++i) {
    if (dims[i] < 1 || dims[i] > kernels::kResizeMax) return p.fail("size is not positive or too large");
    if (input->dims[i] < 1 || input->dims[i] > kernels::kResizeMax) return p.fail("the input has no pixels or too many");
  }
  uint64_t bytes = 0;
  if (!tensor_bytes(input->dtype, dims, 4, &bytes)) return p.fail("the output is too large");
  return p.output_shape(0, 4, dims);
}

}  // namespace inlay
