// SPDX-License-Identifier: Apache-2.0
// CUMSUM along an axis. flags 1: without the element itself; 2: from the end. int32, int64 wrap around.
#include "ops/op_util.h"

namespace inlay {
namespace {

constexpr int32_t kExclusive = 1, kReverse = 2;

struct Data {
  int64_t outer, inner;
  int32_t size, flags;
};

inlay_status prepare(inlay_prepare* raw) {
  const Prepare p(raw);
  const inlay_axis* params = nullptr;
  INLAY_TRY(p.counts(1, 1, 1));
  INLAY_TRY(p.params(INLAY_PARAMS_AXIS, &params));
  INLAY_TRY(p.no_activation());
  const inlay_tensor* input = p.input(0);
  INLAY_TRY(p.dtype(input, kFloat | dtype_bit(INLAY_INT32) | dtype_bit(INLAY_INT64), "input"));
  INLAY_TRY(p.dtype(p.output(0), dtype_bit(input->dtype), "output"));
  const int32_t axis = params->axis;
  if (axis < 0 || axis >= input->rank) return p.fail("the axis lies outside the input's rank");
  if ((params->flags & ~(kExclusive | kReverse)) != 0) return p.fail("an unknown flag");
  INLAY_TRY(p.output_like(0, input));
  *p.data<Data>() = {element_count(input->dims, axis), element_count(input->dims + axis + 1, input->rank - axis - 1),
                     input->dims[axis], params->flags};
  return INLAY_OK;
}

template <typename T, typename Acc>
void run(const Data& d, const T* in, T* out) {
  const bool exclusive = (d.flags & kExclusive) != 0;
  const int64_t step = (d.flags & kReverse) != 0 ? -d.inner : d.inner;
  for (int64_t o = 0; o < d.outer; ++o) {
    for (int64_t i = 0; i < d.inner; ++i) {
      int64_t at = o * d.size * d.inner + i + (step < 0 ? (d.size - 1) * d.inner : 0);
      Acc acc = 0;
      for (int32_t k = 0; k < d.size; ++k, at += step) {
        const Acc next = acc + static_cast<Acc>(in[at]);
        out[at] = static_cast<T>(exclusive ? acc : next);
        acc = next;
      }
    }
  }
}

inlay_status eval(const inlay_eval* raw) {
  const Eval e(raw);
  const auto& d = *e.data<Data>();
  switch (e.input_tensor(0)->dtype) {
    case INLAY_INT32: run<int32_t, uint32_t>(d, e.input<int32_t>(0), e.output<int32_t>(0)); break;
    case INLAY_INT64: run<int64_t, uint64_t>(d, e.input<int64_t>(0), e.output<int64_t>(0)); break;
    default: run<float, float>(d, e.input<float>(0), e.output<float>(0)); break;
  }
  return INLAY_OK;
}

}  // namespace

INLAY_DEFINE_OP(cumsum, CUMSUM, INPLACE, sizeof(Data), prepare, eval)

}  // namespace inlay
