// SPDX-License-Identifier: Apache-2.0
#include "ops/non_max_suppression_util.h"

#include <algorithm>

#include "kernels/non_max_suppression.h"

namespace inlay {
namespace {

constexpr int32_t kMost = 1 << 24;

struct Data {
  int32_t boxes, results;
};
static_assert(sizeof(Data) == kNmsDataBytes, "the size given to INLAY_DEFINE_OP");

inlay_status check_scalar(const Prepare& p, int index, uint32_t dtype, const char* what) {
  const inlay_tensor* t = p.input(index);
  INLAY_TRY(p.dtype(t, dtype, what));
  INLAY_TRY(p.rank(t, 0, 1, what));
  return element_count(*t) == 1 ? INLAY_OK : p.fail("a scalar input must have one element");
}

}  // namespace

inlay_status prepare_nms(const Prepare& p, bool soft) {
  INLAY_TRY(p.counts(soft ? 6 : 5, soft ? 6 : 5, soft ? 3 : 2));
  INLAY_TRY(p.no_activation());
  const inlay_tensor *boxes = p.input(0), *scores = p.input(1), *most = p.input(2);
  INLAY_TRY(p.dtype(boxes, kFloat, "boxes"));
  INLAY_TRY(p.dtype(scores, kFloat, "scores"));
  INLAY_TRY(p.rank(boxes, 2, 2, "boxes"));
  INLAY_TRY(p.rank(scores, 1, 1, "scores"));
  if (boxes->dims[1] != 4 || boxes->dims[0] != scores->dims[0]) return p.fail("boxes must be [n, 4] and scores [n]");
  if (boxes->dims[0] > kMost) return p.fail("more than 2^24 boxes");
  INLAY_TRY(check_scalar(p, 2, dtype_bit(INLAY_INT32), "the number of results"));
  INLAY_TRY(p.constant(most, "the number of results"));
  p.leaves(2);
  INLAY_TRY(check_scalar(p, 3, kFloat, "the overlap threshold"));
  INLAY_TRY(check_scalar(p, 4, kFloat, "the score threshold"));
  if (soft) INLAY_TRY(check_scalar(p, 5, kFloat, "sigma"));
  const int32_t results = *static_cast<const int32_t*>(most->data);
  if (results < 0 || results > kMost) return p.fail("the number of results must be 0 to 2^24");
  const int last = soft ? 2 : 1;
  INLAY_TRY(p.dtype(p.output(0), dtype_bit(INLAY_INT32), "indices"));
  INLAY_TRY(p.dtype(p.output(last), dtype_bit(INLAY_INT32), "count"));
  INLAY_TRY(p.output_shape(0, 1, &results));
  if (soft) {
    INLAY_TRY(p.dtype(p.output(1), kFloat, "scores"));
    INLAY_TRY(p.output_shape(1, 1, &results));
  }
  INLAY_TRY(p.output_shape(last, 0, nullptr));
  *p.data<Data>() = {boxes->dims[0], results};
  p.scratch(static_cast<size_t>(boxes->dims[0]) * sizeof(kernels::NmsCandidate));
  return INLAY_OK;
}

inlay_status eval_nms(const Eval& e, bool soft) {
  const auto& d = *e.data<Data>();
  const kernels::NmsRule rule = {*e.input<float>(3), *e.input<float>(4), soft ? *e.input<float>(5) : 0.0f};
  auto* indices = e.output<int32_t>(0);
  float* scores = soft ? e.output<float>(1) : nullptr;
  const int32_t count = kernels::nms_soft(d.boxes, e.input<kernels::Box>(0), e.input<float>(1), rule, d.results,
                                          e.scratch<kernels::NmsCandidate>(), indices, scores);
  std::fill(indices + count, indices + d.results, 0);
  if (soft) std::fill(scores + count, scores + d.results, 0.0f);
  *e.output<int32_t>(soft ? 2 : 1) = count;
  return INLAY_OK;
}

}  // namespace inlay
