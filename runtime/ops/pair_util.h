// SPDX-License-Identifier: Apache-2.0
// How ops of two operands that broadcast compute: by a twin, or by the portable kernel, in parts for the session's threads.
#pragma once
#include "kernels/elementwise_twins.h"
#include "kernels/twins.h"
#include "ops/parallel.h"

namespace inlay {

/// Lets eval have the twin of `kind` for this CPU and these numbers, if there is one; else false.
bool choose_pair_twin(const Prepare& p, kernels::TwinKind kind, const void* math);
/// Computes output 0 of inputs 0 and 1 by the twin; false: there is none.
bool run_pair_twin(const Eval& e, const void* math, const kernels::Broadcast& plan);

/// A part of an op: its own plan, and its operands and output.
struct PairView {
  const Eval& e;
  const kernels::Broadcast& own;
  int64_t a_at, b_at, out_at;  ///< where it starts, in elements

  const kernels::Broadcast& plan() const { return own; }
  template <typename T>
  const T* a() const {
    return e.input<T>(0) + a_at;
  }
  template <typename T>
  const T* b() const {
    return e.input<T>(1) + b_at;
  }
  template <typename T>
  T* out() const {
    return e.output<T>(0) + out_at;
  }
};

/// Elements of the result.
inline int64_t pair_elements(const kernels::Broadcast& plan) {
  int64_t n = 1;
  for (int32_t d = 0; d < plan.rank; ++d) n *= plan.dims[d];
  return n;
}

/// Calls body(view) for each part. `cost` of an element, as part_count counts work.
template <typename Body>
void for_each_pair_part(const Eval& e, const kernels::Broadcast& plan, int64_t cost, const Body& body) {
  if constexpr (!kThreads) return body(PairView{e, plan, 0, 0, 0});
  for_each_part(e, part_count(pair_elements(plan) * cost, e), [&](kernels::Part part, int32_t) {
    const kernels::PairPart own = kernels::part_of(plan, part);
    body(PairView{e, own.plan, own.a, own.b, own.out});
  });
}
constexpr int64_t kPortablePairCost = 16;

}  // namespace inlay
