// SPDX-License-Identifier: Apache-2.0
// Reading and writing .npy files (format versions 1 and 2), C order, little-endian.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tools/graph/ir.h"

namespace inlay::tools {

struct NpyArray {
  inlay_dtype dtype = INLAY_NONE;
  std::vector<int64_t> shape;
  Bytes data;
};

/// The array in the bytes of a .npy file; `name` is how errors call the file. Throws Error on anything but a whole, exact file.
NpyArray parse_npy(const Bytes& file, const std::string& name);

/// The bytes of a .npy file. BFLOAT16 is written as '<V2' (what ml_dtypes writes), INT4 unpacked to int8. Throws Error for NONE.
Bytes format_npy(inlay_dtype dtype, const std::vector<int64_t>& shape, const void* data, size_t bytes);

/// "1x28x28x1"; "scalar" for rank 0.
std::string shape_text(const std::vector<int64_t>& shape);

}  // namespace inlay::tools
