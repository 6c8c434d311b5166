// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "inlay/inlay.h"

namespace inlay {

/// The pool of this process for a session that wants config.threads: the one a backend of its devices brings because it has to,
/// else one of ours, which grows to the most threads any session asked for and is never given back.
inlay_status process_pool(const inlay_config& config, const inlay_pool** out, inlay_error* error);

}  // namespace inlay
