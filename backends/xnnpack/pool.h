// SPDX-License-Identifier: Apache-2.0
// XNNPACK computes on threads of pthreadpool and on no others, so this backend can bring such a pool for the whole process.
#pragma once
#include <pthreadpool.h>

#include "inlay/inlay.h"

namespace inlay::xnnpack {

/// The pool of exactly `threads`, made by the first who asks and kept; NULL for fewer than two, or when it cannot be made.
const inlay_pool* pool_of(int32_t threads);

/// What XNNPACK runs on beside a session that computes on `pool` with `threads`: the same threads, or NULL, the caller's alone,
/// where the pool is none of pool_of.
pthreadpool_t threads_of(const inlay_pool* pool, int32_t threads);

}  // namespace inlay::xnnpack
