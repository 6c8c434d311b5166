// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tools/import/tflite/reader.h"

namespace inlay::tools::tflite_import {

/// The whole of constant `t`, of which the file holds `values` in the order of `source`. Throws Error when the lists contradict
/// each other, or the result has more than `most_bytes`.
Bytes dense_of(const tfl::SparsityParameters& source, const Tensor& t, const Bytes& values, uint64_t most_bytes);

}  // namespace inlay::tools::tflite_import
