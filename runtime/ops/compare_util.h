// SPDX-License-Identifier: Apache-2.0
// EQUAL, NOT_EQUAL, GREATER, GREATER_EQUAL, LESS, LESS_EQUAL: booleans of two inputs that broadcast.
#pragma once
#include "kernels/compare.h"
#include "ops/binary_util.h"

namespace inlay {

/// Quantized 8-bit inputs compare as the real values they stand for, and so does int16 for equality alone; every other int16, as
/// in TFLite, and inputs without scales compare as stored. Booleans know equality alone.
inlay_status prepare_comparison(inlay_prepare* raw, kernels::Comparison how, bool swapped);
inlay_status eval_comparison(const inlay_eval* raw);

template <kernels::Comparison kHow, bool kSwapped>
inlay_status prepare_compare(inlay_prepare* raw) {
  return prepare_comparison(raw, kHow, kSwapped);
}

constexpr uint32_t kCompareDataBytes = 320;

}  // namespace inlay
