// SPDX-License-Identifier: Apache-2.0
#include "ops/min_max_util.h"

namespace inlay {

inlay_status prepare_min_max(inlay_prepare* raw) {
  const Prepare p(raw);
  INLAY_TRY(p.no_activation());
  const uint32_t dtypes = kFloat | kQuantTypes | dtype_bit(INLAY_INT32) | dtype_bit(INLAY_INT64);
  return prepare_binary(p, dtypes, 0, p.data<kernels::Broadcast>());
}

}  // namespace inlay
