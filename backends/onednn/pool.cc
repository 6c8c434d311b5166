// SPDX-License-Identifier: Apache-2.0
#include "pool.h"

#include <omp.h>

#include <deque>
#include <mutex>

namespace inlay::onednn {
namespace {

using Task = void (*)(void* context, int32_t part, int32_t thread);

void run(const inlay_pool* pool, int32_t threads, int32_t parts, Task task, void* context) {
  int32_t team = threads < pool->threads ? threads : pool->threads;
  team = team < parts ? team : parts;
  if (team <= 1 || omp_in_parallel() != 0) {
    for (int32_t part = 0; part < parts; ++part) task(context, part, 0);
    return;
  }
#pragma omp parallel for schedule(dynamic, 1) num_threads(team)
  for (int32_t part = 0; part < parts; ++part) task(context, part, omp_get_thread_num());
}

}  // namespace

/// The pools differ in nothing but how many threads they say: OpenMP has one set, which grows when more are asked for.
const inlay_pool* omp_pool(int32_t threads) {
  static std::mutex lock;
  static std::deque<inlay_pool> pools;
  const std::lock_guard<std::mutex> guard(lock);
  for (const inlay_pool& p : pools) {
    if (p.threads == threads) return &p;
  }
  pools.push_back({sizeof(inlay_pool), threads > 1 ? threads : 1, run, 0});
  return &pools.back();
}

bool is_omp_pool(const inlay_pool* pool) { return pool != nullptr && pool->run == run; }

}  // namespace inlay::onednn
