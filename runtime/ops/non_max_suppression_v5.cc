// SPDX-License-Identifier: Apache-2.0
// NON_MAX_SUPPRESSION_V5: non_max_suppression_util.h, soft.
#include "ops/non_max_suppression_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) { return prepare_nms(Prepare(raw), true); }
inlay_status eval(const inlay_eval* raw) { return eval_nms(Eval(raw), true); }

}  // namespace

INLAY_DEFINE_OP(non_max_suppression_v5, NON_MAX_SUPPRESSION_V5, NONE, kNmsDataBytes, prepare, eval)

}  // namespace inlay
