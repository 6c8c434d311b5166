// SPDX-License-Identifier: Apache-2.0
// Cutting the work of an op for the threads of its session.
#pragma once
#include "kernels/part.h"
#include "ops/op_util.h"

namespace inlay {

/// A microcontroller computes an op on one thread: code for several, and the arithmetic of cutting, is no part of its programs.
#if defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'
constexpr bool kThreads = false;
#else
constexpr bool kThreads = true;
#endif

/// How many parts are worth their while for `work` (multiply-adds, or elements times their cost): one when waking a thread costs
/// more than it saves, else a few for each thread, so that one which is held up leaves the rest to the others.
inline int32_t part_count(int64_t work, const inlay_pool* pool, int32_t threads) {
  if constexpr (!kThreads) return 1;
  constexpr int64_t kSmallest = 40000;
  constexpr int32_t kPerThread = 4;
  const int64_t smallest = pool != nullptr && pool->grain > 0 ? pool->grain : kSmallest;
  if (pool == nullptr || threads <= 1 || work / 2 < smallest) return 1;
  const int64_t worth = work / smallest;
  return worth < threads * kPerThread ? static_cast<int32_t>(worth) : threads * kPerThread;
}

inline int32_t part_count(int64_t work, const Prepare& p) { return part_count(work, p.pool(), p.threads()); }
inline int32_t part_count(int64_t work, const Eval& e) { return part_count(work, e.pool(), e.threads()); }

/// The same of a product of factors, which no integer need hold. `Node` is Prepare or Eval.
template <typename Node, typename... Factors>
inline int32_t part_count_of(const Node& node, Factors... factors) {
  if constexpr (!kThreads) return 1;
  constexpr float kMost = 1e15f;
  const float work = (1.0f * ... * static_cast<float>(factors));
  return part_count(static_cast<int64_t>(work < kMost ? work : kMost), node);
}

/// Calls body(part, thread) for each of `count` > 0 parts, on the session's threads.
template <typename Body>
void for_each_part(const Eval& e, int32_t count, const Body& body) {
  if constexpr (!kThreads) {
    body(kernels::kWhole, 0);
  } else {
    const inlay_pool* pool = e.pool();
    if (count <= 1 || pool == nullptr) {
      for (int32_t i = 0; i < count; ++i) body(kernels::Part{i, count}, 0);
      return;
    }
    struct Context {
      const Body* body;
      int32_t count;
    } context = {&body, count};
    const auto task = [](void* raw, int32_t part, int32_t thread) {
      const auto& c = *static_cast<const Context*>(raw);
      (*c.body)(kernels::Part{part, c.count}, thread);
    };
    pool->run(pool, e.threads(), count, task, &context);
  }
}

}  // namespace inlay
