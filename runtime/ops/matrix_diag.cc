// SPDX-License-Identifier: Apache-2.0
// MATRIX_DIAG: [..., n] -> [..., n, n] with the input on the main diagonals and zero bytes beside it.
#include "kernels/matrix_diag.h"

#include <cstring>

#include "ops/move_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  int32_t element_bytes = 0;
  INLAY_TRY(p.counts(1, 1, 1));
  INLAY_TRY(movable(p, 0, &element_bytes));
  const inlay_tensor* const input = p.input(0);
  INLAY_TRY(p.rank(input, 1, INLAY_MAX_RANK - 1, "input"));
  const int32_t n = last_dim(*input);
  int32_t dims[INLAY_MAX_RANK];
  for (int32_t d = 0; d < input->rank; ++d) dims[d] = input->dims[d];
  dims[input->rank] = n;
  INLAY_TRY(moved_shape(p, input->rank + 1, dims));
  *p.data<kernels::MatrixDiag>() = {element_count(dims, input->rank - 1), n, n, element_bytes};
  return INLAY_OK;
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  std::memset(e.output<void>(0), 0, e.output_tensor(0)->bytes);
  kernels::set_diagonals(*e.data<kernels::MatrixDiag>(), e.input<void>(0), e.output<void>(0));
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(matrix_diag, MATRIX_DIAG, NONE, sizeof(kernels::MatrixDiag), prepare, eval)

}  // namespace inlay
