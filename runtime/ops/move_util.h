// SPDX-License-Identifier: Apache-2.0
// What ops that only move elements share: the bytes go unchanged, so any dtype of 8 to 64 bits will do.
#pragma once
#include "kernels/strided_copy.h"
#include "ops/quant_rules_util.h"

namespace inlay {

/// dtypes of run-time indices.
constexpr uint32_t kIndex = dtype_bit(INLAY_INT32) | dtype_bit(INLAY_INT64);

/// Input `i` and output 0 are of one dtype of 8 to 64 bits and mean the same, and there is no activation; gives the bytes of an
/// element.
inlay_status movable(const Prepare& p, int i, int32_t* element_bytes);
/// output_shape(0, ...) of a shape that came out of arithmetic: its size must be one a tensor may have.
inlay_status moved_shape(const Prepare& p, int32_t rank, const int32_t* dims);
/// The eval of an op whose data is a kernels::StridedCopy from input 0 to output 0.
inlay_status eval_strided_copy(const inlay_eval* raw);

}  // namespace inlay
