// SPDX-License-Identifier: Apache-2.0
// Writes the main diagonals of `count` matrices [rows, cols] of elements of `element_bytes`; min(rows, cols) values each.
#pragma once
#include <cstdint>
#include <cstring>

namespace inlay::kernels {

struct MatrixDiag {
  int64_t count, rows, cols, element_bytes;
};

inline void set_diagonals(const MatrixDiag& m, const void* values, void* matrices) {
  const auto* from = static_cast<const uint8_t*>(values);
  auto* matrix = static_cast<uint8_t*>(matrices);
  const int64_t length = m.rows < m.cols ? m.rows : m.cols, bytes = m.element_bytes;
  for (int64_t i = 0; i < m.count; ++i, matrix += m.rows * m.cols * bytes) {
    for (int64_t k = 0; k < length; ++k, from += bytes) std::memcpy(matrix + k * (m.cols + 1) * bytes, from, static_cast<size_t>(bytes));
  }
}

}  // namespace inlay::kernels
