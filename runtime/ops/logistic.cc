// SPDX-License-Identifier: Apache-2.0
// LOGISTIC, element by element; 8 bit through a table of 256 entries.
#include "kernels/logistic.h"

#include "ops/op_util.h"

namespace inlay {
namespace {

struct Data {
  int64_t count;
  const uint8_t* table;  ///< 8 bit: by the input's stored byte
};

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  INLAY_TRY(p.counts(1, 1, 1));
  if (p.node().activation != INLAY_ACT_NONE) return p.fail("takes no fused activation");
  const inlay_tensor* input = p.input(0);
  const inlay_tensor* output = p.output(0);
  INLAY_TRY(p.dtype(input, kFloat | kQuant8, "input"));
  INLAY_TRY(p.output_like(0, input));

  auto* data = p.data<Data>();
  data->count = element_count(*input);
  if (output->dtype != input->dtype) return p.fail("input and output differ in dtype");
  if (input->dtype == INLAY_FLOAT32) return INLAY_OK;
  INLAY_TRY(p.per_tensor(input, "input"));
  INLAY_TRY(p.per_tensor(output, "output"));
  auto* table = p.allocate<uint8_t>(kernels::kLogisticTable);
  if (table != nullptr) {
    kernels::logistic_table({scale_of(input), scale_of(output), zero_point_of(input), zero_point_of(output),
                             dtype_range(input->dtype)}, table);
  }
  data->table = table;
  return INLAY_OK;
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<Data>();
  if (e.input_tensor(0)->dtype == INLAY_FLOAT32) {
    kernels::logistic_f32(d.count, e.input<float>(0), e.output<float>(0));
  } else {
    kernels::logistic_8(d.table, d.count, e.input<uint8_t>(0), e.output<uint8_t>(0));
  }
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(logistic, LOGISTIC, INPLACE, sizeof(Data), prepare, eval)

}  // namespace inlay
