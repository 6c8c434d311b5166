// SPDX-License-Identifier: Apache-2.0
// What the ops of two inputs that broadcast share.
#pragma once
#include "kernels/broadcast.h"
#include "kernels/mul.h"
#include "kernels/wrap.h"
#include "ops/op_util.h"

namespace inlay {

constexpr uint32_t kQuantTypes = kQuant8 | dtype_bit(INLAY_INT16);

/// Two inputs of one dtype out of `dtypes`, one output of that dtype or, unless it is 0, of `output_dtype`; shapes that broadcast.
/// Says nothing of the activation.
inlay_status prepare_binary(const Prepare& p, uint32_t dtypes, uint32_t output_dtype, kernels::Broadcast* plan);

/// Inputs and output carry one scale each; those of 16 bits have zero points of 0.
inlay_status binary_quantized(const Prepare& p);

/// Has any tensor of the node a scale? An int16 tensor may be quantized or not.
bool any_scale(const Prepare& p);

/// The range of an integer result that is not quantized.
kernels::IntRange int_range(uint32_t activation);

/// No element of input 1 is `value`, or else the run fails: a division cannot go on.
template <typename T>
inline inlay_status check_divisors(const Eval& e, T value) {
  const bool found = kernels::contains(e.input<T>(1), element_count(*e.input_tensor(1)), value);
  return found ? INLAY_STATUS_OP_INVALID : INLAY_OK;
}

}  // namespace inlay
