// SPDX-License-Identifier: Apache-2.0
// TOPK_V2 along the last axis: values and int32 indices. inlay_dims of rank 1 holds k.
#include "kernels/topk.h"

#include "ops/quant_rules_util.h"

namespace inlay {
namespace {

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_dims* params = nullptr;
  INLAY_TRY(p.counts(1, 1, 2));
  INLAY_TRY(p.params(INLAY_PARAMS_DIMS, &params));
  INLAY_TRY(p.no_activation());
  const inlay_tensor* input = p.input(0);
  constexpr uint32_t kWide = dtype_bit(INLAY_INT16) | dtype_bit(INLAY_INT32) | dtype_bit(INLAY_INT64);
  INLAY_TRY(p.dtype(input, kFloat | kQuant8 | kWide, "input"));
  INLAY_TRY(p.dtype(p.output(0), dtype_bit(input->dtype), "output 0"));
  INLAY_TRY(p.dtype(p.output(1), dtype_bit(INLAY_INT32), "output 1"));
  INLAY_TRY(p.rank(input, 1, INLAY_MAX_RANK, "input"));
  if (!same_quant(input, p.output(0))) return p.fail("input and output 0 differ in quantization");
  const int32_t depth = last_dim(*input), k = params->dims[0];
  if (params->rank != 1 || k < 0 || k > depth) return p.fail("k is not a number from 0 to the size of the last dim");
  int32_t dims[INLAY_MAX_RANK];
  for (int32_t i = 0; i < input->rank; ++i) dims[i] = input->dims[i];
  dims[input->rank - 1] = k;
  uint64_t bytes = 0;  // indices may have more bytes than values
  if (!tensor_bytes(INLAY_INT32, dims, input->rank, &bytes)) return p.fail("the output is too large");
  INLAY_TRY(p.output_shape(0, input->rank, dims));
  INLAY_TRY(p.output_shape(1, input->rank, dims));
  *p.data<kernels::TopkShape>() = {element_count(input->dims, input->rank - 1), depth, k};
  return INLAY_OK;
}

template <typename T>
void run(const Eval& e) {
  kernels::topk(*e.data<kernels::TopkShape>(), e.input<T>(0), e.output<T>(0), e.output<int32_t>(1));
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  switch (e.input_tensor(0)->dtype) {
    case INLAY_INT8: run<int8_t>(e); break;
    case INLAY_UINT8: run<uint8_t>(e); break;
    case INLAY_INT16: run<int16_t>(e); break;
    case INLAY_INT32: run<int32_t>(e); break;
    case INLAY_INT64: run<int64_t>(e); break;
    default: run<float>(e); break;
  }
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(topk_v2, TOPK_V2, NONE, sizeof(kernels::TopkShape), prepare, eval)

}  // namespace inlay
