// SPDX-License-Identifier: Apache-2.0
// COPY: the input's bytes under the output's name. Reads of variables (a snapshot) and writes to them are made of it.
#include <cstring>

#include "ops/op_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  INLAY_TRY(p.counts(1, 1, 1));
  const inlay_tensor* input = p.input(0);
  INLAY_TRY(p.no_activation());
  if (p.output(0)->dtype != input->dtype) return p.fail("input and output differ in dtype");
  return p.output_like(0, input);
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const void* from = e.input<void>(0);
  void* to = e.output<void>(0);
  if (from != to) std::memcpy(to, from, e.input_tensor(0)->bytes);
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(copy, COPY, INPLACE, 0, prepare, eval)

}  // namespace inlay
