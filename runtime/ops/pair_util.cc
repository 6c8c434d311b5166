// SPDX-License-Identifier: Apache-2.0
#include "ops/pair_util.h"

namespace inlay {

bool choose_pair_twin(const Prepare& p, kernels::TwinKind kind, const void* math) {
  const auto choice = kernels::choose_twin<kernels::PairTwin>(kind, p.cpu(), math);
  p.uses(choice.twin, choice.level);
  return choice.twin != nullptr;
}

bool run_pair_twin(const Eval& e, const void* math, const kernels::Broadcast& plan) {
  const auto* twin = e.twin<kernels::PairTwin>();
  if (twin == nullptr) return false;
  constexpr int64_t kCost = 4;
  const uint32_t bits = inlay_dtype_bits(static_cast<inlay_dtype>(e.input_tensor(0)->dtype));
  const auto bytes = static_cast<int32_t>(bits / 8);
  for_each_pair_part(e, plan, kCost * bytes, [&](const PairView& v) {
    kernels::run_pair(*twin, math, v.plan(), bytes, e.input<uint8_t>(0) + v.a_at * bytes, e.input<uint8_t>(1) + v.b_at * bytes,
                      e.output<uint8_t>(0) + v.out_at * bytes);
  });
  return true;
}

}  // namespace inlay
