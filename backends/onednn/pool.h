// SPDX-License-Identifier: Apache-2.0
// OpenMP's threads as a pool, so that one process computes on one set of threads: Debian's oneDNN can use no other.
#pragma once
#include "inlay/inlay.h"

namespace inlay::onednn {

/// Lives as long as the process.
const inlay_pool* omp_pool(int32_t threads);
bool is_omp_pool(const inlay_pool* pool);

}  // namespace inlay::onednn
