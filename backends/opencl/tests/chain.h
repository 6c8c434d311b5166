// SPDX-License-Identifier: Apache-2.0
// The chain of gpu/tests on this backend.
#pragma once
#include "gpu/tests/chain.h"

extern "C" const inlay_backend inlay_backend_opencl;

namespace inlay::opencl {

using gpu::Chain;
using gpu::Life;

inline Life live(Chain* chain, int runs, const char* cache_dir = nullptr, const inlay_progress* progress = nullptr) {
  return gpu::live({inlay_backend_opencl, 0, cache_dir, progress, nullptr}, chain, runs);
}

}  // namespace inlay::opencl
