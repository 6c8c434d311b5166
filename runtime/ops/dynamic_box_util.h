// SPDX-License-Identifier: Apache-2.0
// A box of fixed size whose place in a larger tensor is read at run time: DYNAMIC_SLICE reads it, DYNAMIC_UPDATE_SLICE writes it.
#pragma once
#include "ops/move_util.h"

namespace inlay {

struct DynamicBox {
  kernels::StridedCopy copy;  // from the larger tensor into the box, at offset 0
  int32_t element_bytes;
  int32_t gap = 0;
};

/// The dims of the box fit into `whole`; `begin` is a list of whole->rank indices. Fills `box`.
inlay_status prepare_box(const Prepare& p, const inlay_tensor* whole, const int32_t* dims, const inlay_tensor* begin,
                         int32_t element_bytes, DynamicBox* box);

/// Byte offset of the box in `whole`, its begin clamped so that the box lies inside. `moved` tells whether that changed it.
int64_t box_offset(const inlay_tensor& whole, const int32_t* dims, const inlay_tensor& begin, const void* values,
                   int32_t element_bytes, bool* moved);

}  // namespace inlay
