// SPDX-License-Identifier: Apache-2.0
#include "pool.h"

#include <pthread.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace inlay::xnnpack {
namespace {

struct Pool {
  inlay_pool table;  // first: its address is that of the pool
  pthreadpool_t threads;
  pthread_mutex_t caller;  // one job at a time; who finds it taken does the parts alone
  Pool* next;
};

pthread_mutex_t g_lock = PTHREAD_MUTEX_INITIALIZER;
Pool* g_pools = nullptr;  // one per number of threads, never destroyed: sessions may still use them when the process ends

struct Job {
  void (*task)(void*, int32_t, int32_t);
  void* context;
  int32_t parts;
  std::atomic<int32_t> next;
};

/// One item of pthreadpool's loop; there are as many as threads, so its number is free to name the thread.
void work(void* raw, size_t slot) {
  Job& job = *static_cast<Job*>(raw);
  for (;;) {
    const int32_t part = job.next.fetch_add(1, std::memory_order_relaxed);
    if (part >= job.parts) return;
    job.task(job.context, part, static_cast<int32_t>(slot));
  }
}

void run(const inlay_pool* table, int32_t threads, int32_t parts, void (*task)(void*, int32_t, int32_t), void* context) {
  auto* p = reinterpret_cast<Pool*>(const_cast<inlay_pool*>(table));
  const int32_t slots = threads < table->threads ? threads : table->threads;
  if (slots <= 1 || parts <= 1 || pthread_mutex_trylock(&p->caller) != 0) {
    for (int32_t i = 0; i < parts; ++i) task(context, i, 0);
    return;
  }
  Job job = {task, context, parts, {0}};
  pthreadpool_parallelize_1d(p->threads, work, &job, static_cast<size_t>(slots < parts ? slots : parts), 0);
  pthread_mutex_unlock(&p->caller);
}

Pool* make(int32_t threads) {
  void* memory = std::malloc(sizeof(Pool));
  pthreadpool_t pool = memory != nullptr ? pthreadpool_create(static_cast<size_t>(threads)) : nullptr;
  if (pool == nullptr) {
    std::free(memory);
    return nullptr;
  }
  auto* p = new (memory) Pool();
  p->table = {sizeof(inlay_pool), threads, run, 0};
  p->threads = pool;
  pthread_mutex_init(&p->caller, nullptr);
  return p;
}

}  // namespace

const inlay_pool* pool_of(int32_t threads) {
  if (threads <= 1) return nullptr;
  pthread_mutex_lock(&g_lock);
  Pool* p = g_pools;
  while (p != nullptr && p->table.threads != threads) p = p->next;
  if (p == nullptr) {
    p = make(threads);
    if (p != nullptr) {
      p->next = g_pools;
      g_pools = p;
    }
  }
  pthread_mutex_unlock(&g_lock);
  return p != nullptr ? &p->table : nullptr;
}

pthreadpool_t threads_of(const inlay_pool* pool, int32_t threads) {
  // Only our pools run our run().
  if (pool == nullptr || pool->run != run) return nullptr;
  const inlay_pool* same = pool->threads == threads ? pool : pool_of(threads);
  return same != nullptr ? reinterpret_cast<const Pool*>(same)->threads : nullptr;
}

}  // namespace inlay::xnnpack
