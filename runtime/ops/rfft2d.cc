// SPDX-License-Identifier: Apache-2.0
// RFFT2D: float32 input [..., h, w], cut or filled with zeros to the params' dims {fft_h, fft_w}; complex64 output
// [..., fft_h, fft_w / 2 + 1], the Fourier transform over both dims without its redundant half.
#include "kernels/fft.h"
#include "ops/op_util.h"

namespace inlay {
namespace {

struct Data {
  kernels::Rfft2dShape shape;
  Rel<kernels::Complex> table_h, table_w;
};

/// The table of one length.
Rel<kernels::Complex> make_table(const Prepare& p, int32_t length) {
  auto* table = p.allocate<kernels::Complex>(static_cast<size_t>(length));
  if (table != nullptr) kernels::fft_table(length, table);
  return Rel<kernels::Complex>::to(table, p.data<void>());
}

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_dims* lengths = nullptr;
  INLAY_TRY(p.counts(1, 1, 1));
  INLAY_TRY(p.no_activation());
  INLAY_TRY(p.params(INLAY_PARAMS_DIMS, &lengths));
  const inlay_tensor* input = p.input(0);
  INLAY_TRY(p.dtype(input, kFloat, "input"));
  INLAY_TRY(p.dtype(p.output(0), dtype_bit(INLAY_COMPLEX64), "output"));
  INLAY_TRY(p.rank(input, 2, INLAY_MAX_RANK, "input"));
  const int32_t h = lengths->dims[0], w = lengths->dims[1];
  if (lengths->rank != 2 || h < 1 || w < 1) return p.fail("the transform needs two lengths of 1 or more");
  if (h > kernels::kFftMaxLength || w > kernels::kFftMaxLength) return p.fail("a length of the transform is above 2^20");
  int32_t dims[INLAY_MAX_RANK];
  int64_t outer = 1;
  for (int i = 0; i + 2 < input->rank; ++i) {
    dims[i] = input->dims[i];
    // With an empty dim the others' product is bounded by the model's check of tensor sizes.
    outer *= input->dims[i];
  }
  dims[input->rank - 2] = h;
  dims[input->rank - 1] = w / 2 + 1;
  INLAY_TRY(p.output_shape(0, input->rank, dims));
  auto* data = p.data<Data>();
  data->shape = {outer, input->dims[input->rank - 2], input->dims[input->rank - 1], h, w};
  if (h > 1) data->table_h = make_table(p, h);
  data->table_w = make_table(p, w);
  p.scratch(2 * sizeof(kernels::Complex) * static_cast<size_t>(h > w ? h : w));
  return INLAY_OK;
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<Data>();
  kernels::rfft2d(d.shape, d.table_h.from(&d), d.table_w.from(&d), e.input<float>(0), e.scratch<kernels::Complex>(),
                  e.output<kernels::Complex>(0));
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(rfft2d, RFFT2D, NONE, sizeof(Data), prepare, eval)

}  // namespace inlay
