// SPDX-License-Identifier: Apache-2.0
// MATRIX_SET_DIAG: input 0 [..., rows, cols] with its main diagonals replaced by input 1 [..., min(rows, cols)].
#include <cstring>

#include "kernels/matrix_diag.h"
#include "ops/move_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  int32_t element_bytes = 0;
  INLAY_TRY(p.counts(2, 2, 1));
  INLAY_TRY(movable(p, 0, &element_bytes));
  const inlay_tensor* const input = p.input(0);
  const inlay_tensor* const diagonal = p.input(1);
  INLAY_TRY(p.rank(input, 2, INLAY_MAX_RANK, "input"));
  INLAY_TRY(p.rank(diagonal, input->rank - 1, input->rank - 1, "diagonal"));
  INLAY_TRY(p.dtype(diagonal, dtype_bit(input->dtype), "diagonal"));
  if (!same_quant(input, diagonal)) return p.fail("input and diagonal need the same scale and zero point");
  const int32_t rows = input->dims[input->rank - 2], cols = input->dims[input->rank - 1];
  for (int32_t d = 0; d < diagonal->rank; ++d) {
    const int32_t expected = d < diagonal->rank - 1 ? input->dims[d] : (rows < cols ? rows : cols);
    if (diagonal->dims[d] != expected) return p.fail("the diagonal does not fit the input");
  }
  INLAY_TRY(p.output_like(0, input));
  *p.data<kernels::MatrixDiag>() = {element_count(input->dims, input->rank - 2), rows, cols, element_bytes};
  return INLAY_OK;
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  if (e.input<void>(0) != e.output<void>(0)) std::memcpy(e.output<void>(0), e.input<void>(0), e.input_tensor(0)->bytes);
  kernels::set_diagonals(*e.data<kernels::MatrixDiag>(), e.input<void>(1), e.output<void>(0));
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(matrix_set_diag, MATRIX_SET_DIAG, INPLACE, sizeof(kernels::MatrixDiag), prepare, eval)

}  // namespace inlay
