// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tools/import/tflite/op_reader.h"

namespace inlay::tools::tflite_import {

/// Keeps a SLICE of unknown size in OpReader::open instead of making a node. False when its size is known.
bool read_open_slice(OpReader& r);
/// A CONCATENATION around open slices becomes DYNAMIC_UPDATE_SLICE. False when no input is open; throws when the inputs are open
/// but do not replace one element of one list.
bool read_list_update(OpReader& r, int32_t axis);

}  // namespace inlay::tools::tflite_import
