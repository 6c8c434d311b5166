// SPDX-License-Identifier: Apache-2.0
// The part of a GPU backend that is not CUDA's: its names.
#pragma once
#include "gpu/op.h"

namespace inlay::cuda {
using namespace gpu;  // NOLINT(google-build-using-namespace): this backend is that part and a driver
}
