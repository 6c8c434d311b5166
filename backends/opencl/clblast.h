// SPDX-License-Identifier: Apache-2.0
// CLBlast's products of float32 matrices, where the library is installed: opened at run time, by its C interface, never linked.
#pragma once
#include <cstdint>

#include "api.h"

namespace inlay::opencl {

/// c [m][n] = a * b for `batch` matrices that lie a_stride, b_stride and m * n elements apart; row-major. a is [m][k], or [k][m]
/// where transpose_a; b is [k][n], or [n][k] where transpose_b. No size is 0.
struct Product {
  size_t batch, m, n, k;
  bool transpose_a, transpose_b;
  size_t a_stride, b_stride;
};

/// Whether the library is here. Its first product on a device builds programs for seconds.
bool has_clblast();
/// The call of a recipe that computes a product; its arguments are to be a, b and c. Only where has_clblast().
Launch::Library clblast_product(const Product& product);
/// Drops the programs that the library keeps for contexts: to be called before one of them goes.
void clear_clblast();

}  // namespace inlay::opencl
