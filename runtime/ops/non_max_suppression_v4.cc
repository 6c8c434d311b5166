// SPDX-License-Identifier: Apache-2.0
// NON_MAX_SUPPRESSION_V4: non_max_suppression_util.h.
#include "ops/non_max_suppression_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) { return prepare_nms(Prepare(raw), false); }
inlay_status eval(const inlay_eval* raw) { return eval_nms(Eval(raw), false); }

}  // namespace

INLAY_DEFINE_OP(non_max_suppression_v4, NON_MAX_SUPPRESSION_V4, NONE, kNmsDataBytes, prepare, eval)

}  // namespace inlay
