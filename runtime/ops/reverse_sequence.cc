// SPDX-License-Identifier: Apache-2.0
// REVERSE_SEQUENCE: along the dim `axis`, the first lengths[b] places run backwards, the rest stays; b counts along the dim
// `batch_dims`. Input 1: the lengths, int32 or int64, 0 to the dim; another length fails the run.
#include <cstring>

#include "kernels/gather.h"
#include "ops/move_util.h"

namespace inlay {
namespace {

/// Input as [outer, first, middle, second, inner]; the sequence is `first` or `second`, the batch the other.
struct ReverseData {
  int64_t outer, first, middle, second, inner_bytes;
  int32_t sequence_first;
  int32_t gap = 0;
};

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_axis* params = nullptr;
  int32_t element_bytes = 0;
  INLAY_TRY(p.counts(2, 2, 1));
  INLAY_TRY(p.params(INLAY_PARAMS_AXIS, &params));
  INLAY_TRY(movable(p, 0, &element_bytes));
  const inlay_tensor* const input = p.input(0);
  const inlay_tensor* const lengths = p.input(1);
  const int32_t sequence = params->axis, batch = params->batch_dims;
  if (sequence < 0 || sequence >= input->rank || batch < 0 || batch >= input->rank || sequence == batch) {
    return p.fail("sequence and batch must be two dims of the input");
  }
  INLAY_TRY(p.dtype(lengths, kIndex, "lengths"));
  if (lengths->rank != 1 || lengths->dims[0] != input->dims[batch]) return p.fail("needs one length per index of the batch dim");
  INLAY_TRY(p.output_like(0, input));
  const int32_t a = sequence < batch ? sequence : batch, b = sequence < batch ? batch : sequence;
  *p.data<ReverseData>() = {element_count(input->dims, a),
                            input->dims[a],
                            element_count(input->dims + a + 1, b - a - 1),
                            input->dims[b],
                            element_count(input->dims + b + 1, input->rank - b - 1) * element_bytes,
                            sequence < batch ? 1 : 0};
  return INLAY_OK;
}

template <typename Index>
inlay_status run(const Eval& e) {
  const auto& d = *e.data<ReverseData>();
  const Index* const lengths = e.input<Index>(1);
  const auto* in = e.input<uint8_t>(0);
  auto* out = e.output<uint8_t>(0);
  const int64_t row = d.second * d.inner_bytes, plane = d.middle * row;
  if (!kernels::indices_inside(d.sequence_first ? d.second : d.first, lengths, (d.sequence_first ? d.first : d.second) + 1)) {
    return INLAY_STATUS_OP_INVALID;
  }
  for (int64_t o = 0; o < d.outer; ++o, in += d.first * plane, out += d.first * plane) {
    for (int64_t f = 0; f < d.first; ++f) {
      for (int64_t at = f * plane; at < (f + 1) * plane; at += row) {
        for (int64_t s = 0; s < d.second; ++s) {
          const int64_t place = d.sequence_first ? f : s, length = static_cast<int64_t>(lengths[d.sequence_first ? s : f]);
          const int64_t step = place < length ? length - 1 - 2 * place : 0;  // how far away the element comes from
          const int64_t from = at + s * d.inner_bytes + step * (d.sequence_first ? plane : d.inner_bytes);
          std::memcpy(out + at + s * d.inner_bytes, in + from, static_cast<size_t>(d.inner_bytes));
        }
      }
    }
  }
  return INLAY_OK;
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  return e.input_tensor(1)->dtype == INLAY_INT64 ? run<int64_t>(e) : run<int32_t>(e);
}

}  // namespace

INLAY_DEFINE_OP(reverse_sequence, REVERSE_SEQUENCE, NONE, sizeof(ReverseData), prepare, eval)

}  // namespace inlay
