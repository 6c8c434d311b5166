// SPDX-License-Identifier: Apache-2.0
// EMBEDDING_LOOKUP of a compressed table: rows of input 1, int8, uint8 or int4 with one scale or one per row, as floats q * scale.
// Input 0: int32 or int64 row numbers [n]. Output [n, row...]. A bad index fails the run. (A float table is a GATHER.)
#include "kernels/gather.h"
#include "ops/move_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  INLAY_TRY(p.counts(2, 2, 1));
  INLAY_TRY(p.no_activation());
  const inlay_tensor* const rows = p.input(0);
  const inlay_tensor* const table = p.input(1);
  INLAY_TRY(p.dtype(rows, kIndex, "row numbers"));
  INLAY_TRY(p.rank(rows, 1, 1, "row numbers"));
  INLAY_TRY(p.dtype(table, kQuant8 | dtype_bit(INLAY_INT4), "table"));
  INLAY_TRY(p.rank(table, 2, INLAY_MAX_RANK, "table"));
  INLAY_TRY(p.per_channel(table, 0, "table"));
  INLAY_TRY(p.dtype(p.output(0), kFloat, "output"));
  int32_t dims[INLAY_MAX_RANK];
  for (int32_t d = 0; d < table->rank; ++d) dims[d] = d == 0 ? rows->dims[0] : table->dims[d];
  return moved_shape(p, table->rank, dims);
}

/// Element `i` of a table. 4-bit elements lie two to a byte, the low half first.
inline int32_t element(uint32_t dtype, const uint8_t* table, int64_t i) {
  if (dtype == INLAY_UINT8) return table[i];
  if (dtype == INLAY_INT8) return static_cast<int8_t>(table[i]);
  const int32_t half = table[i / 2] >> (i % 2 * 4) & 15;
  return half < 8 ? half : half - 16;
}

template <typename Index>
inlay_status run(const Eval& e) {
  const inlay_tensor& table = *e.input_tensor(1);
  const int64_t count = element_count(*e.input_tensor(0)), size = element_count(table.dims + 1, table.rank - 1);
  const Index* const rows = e.input<Index>(0);
  const auto* const from = e.input<uint8_t>(1);
  if (!kernels::indices_inside(count, rows, table.dims[0])) return INLAY_STATUS_OP_INVALID;
  float* out = e.output<float>(0);
  for (int64_t i = 0; i < count; ++i, out += size) {
    const auto row = static_cast<int64_t>(rows[i]);
    const int64_t channel = table.quant.count == 1 ? 0 : row;
    const int32_t zero = table.quant.zero_points == nullptr ? 0 : table.quant.zero_points[channel];
    const float scale = table.quant.scales[channel];
    for (int64_t k = 0; k < size; ++k) out[k] = static_cast<float>(element(table.dtype, from, row * size + k) - zero) * scale;
  }
  return INLAY_OK;
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  return e.input_tensor(0)->dtype == INLAY_INT64 ? run<int64_t>(e) : run<int32_t>(e);
}

}  // namespace

INLAY_DEFINE_OP(embedding_lookup, EMBEDDING_LOOKUP, NONE, 0, prepare, eval)

}  // namespace inlay
