// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "kernel_table.h"

namespace inlay::cuda {

/// A kernel of tests/emulator_kernels.cu.
const Kernel& test_kernel(const char* name);

}  // namespace inlay::cuda
