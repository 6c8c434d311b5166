// SPDX-License-Identifier: Apache-2.0
// What average and max pooling share.
#pragma once
#include "kernels/elementwise_twins.h"
#include "kernels/twins.h"
#include "ops/parallel.h"

namespace inlay {

/// Data of a pooling op.
struct PoolData {
  kernels::PoolShape shape;
  QuantRange quant_range;
  FloatRange float_range;
};

/// The whole prepare of a pooling op: one input [n, h, w, c], float, 8 bit or int16 with the same quantization on both sides.
inlay_status prepare_pool(inlay_prepare* raw);

/// Takes a twin of the input's dtype, if there is one, and its eval. False: there is none.
bool choose_pool_twin(const Prepare& p, kernels::TwinKind s8, kernels::TwinKind u8, kernels::TwinKind f32);
/// The eval of an 8-bit twin.
INLAY_DECLARE_EVAL(inlay_eval_pool_twin_q8)
/// Runs the float twin in parts; false: there is none.
bool eval_pool_twin(const Eval& e);

/// Rows of the output for each thread: calls body(shape, from, to), where `shape` is that of some rows of one image, whose input
/// and output begin at these elements; or, on one thread, that of all images.
template <typename Body>
void for_each_pool_part(const Eval& e, const kernels::PoolShape& s, int64_t cost, const Body& body) {
  if constexpr (!kThreads) return body(s, 0, 0);
  const int64_t out_row = static_cast<int64_t>(s.out_w) * s.channels, image = static_cast<int64_t>(s.in_h) * s.in_w * s.channels;
  const int64_t rows = static_cast<int64_t>(s.batch) * s.out_h;
  for_each_part(e, part_count_of(e, rows, out_row, s.filter_h, s.filter_w, cost), [&](kernels::Part part, int32_t) {
    const kernels::Stretch own = kernels::stretch_of(rows, 1, part);
    for (int64_t r = own.begin; r < own.end;) {
      const auto y = static_cast<int32_t>(r % s.out_h);
      const int64_t n = own.end - r < s.out_h - y ? own.end - r : s.out_h - y;
      kernels::PoolShape some = s;
      some.batch = 1;
      some.out_h = static_cast<int32_t>(n);
      some.pad_top = s.pad_top - y * s.stride_h;
      body(some, r / s.out_h * image, r * out_row);
      r += n;
    }
  });
}

/// Computes int8 by a portable kernel.
template <typename Kernel>
inlay_status eval_pool_s8(const inlay_eval* raw, Kernel kernel) {
  const Eval e(raw);
  const auto& d = *e.data<PoolData>();
  for_each_pool_part(e, d.shape, 8, [&](const kernels::PoolShape& s, int64_t from, int64_t to) {
    kernel(s, d.quant_range, e.input<int8_t>(0) + from, e.output<int8_t>(0) + to);
  });
  return INLAY_OK;
}

}  // namespace inlay
