// SPDX-License-Identifier: Apache-2.0
// LOG_SOFTMAX along the last axis.
#include "kernels/normalize.h"
#include "kernels/softmax.h"
#include "ops/op_util.h"

namespace inlay {
namespace {

struct Data {
  kernels::RowShape shape;
  Rel<uint32_t> table;  ///< 8 bit: as SOFTMAX
  int32_t gap = 0;
};

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  INLAY_TRY(p.counts(1, 1, 1));
  INLAY_TRY(p.no_activation());
  const inlay_tensor* input = p.input(0);
  const inlay_tensor* output = p.output(0);
  INLAY_TRY(p.dtype(input, kFloat | kQuant8, "input"));
  INLAY_TRY(p.dtype(output, dtype_bit(input->dtype), "output"));
  INLAY_TRY(p.rank(input, 1, INLAY_MAX_RANK, "input"));
  INLAY_TRY(p.output_like(0, input));
  auto* data = p.data<Data>();
  data->shape = {element_count(input->dims, input->rank - 1), last_dim(*input)};
  if (input->dtype == INLAY_FLOAT32) return INLAY_OK;
  INLAY_TRY(p.per_tensor(input, "input"));
  INLAY_TRY(p.per_tensor(output, "output"));
  auto* table = p.allocate<uint32_t>(kernels::kSoftmaxTable);
  if (table != nullptr) kernels::softmax_table(1.0f, scale_of(input), table);
  data->table = Rel<uint32_t>::to(table, data);
  return INLAY_OK;
}

template <typename T>
void quantized(const Eval& e) {
  const auto& d = *e.data<Data>();
  const inlay_tensor* output = e.output_tensor(0);
  kernels::log_softmax_q8(d.shape, d.table.from(&d), scale_of(e.input_tensor(0)), scale_of(output), zero_point_of(output),
                          dtype_range(output->dtype), e.input<T>(0), e.output<T>(0));
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  switch (e.input_tensor(0)->dtype) {
    case INLAY_INT8: quantized<int8_t>(e); break;
    case INLAY_UINT8: quantized<uint8_t>(e); break;
    default: kernels::log_softmax_f32(e.data<Data>()->shape, e.input<float>(0), e.output<float>(0)); break;
  }
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(log_softmax, LOG_SOFTMAX, INPLACE, sizeof(Data), prepare, eval)

}  // namespace inlay
