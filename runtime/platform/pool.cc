// SPDX-License-Identifier: Apache-2.0
// A pool of threads for kernels. Parts are handed out one by one, so that a thread which another process holds up leaves the
// rest to the others. Idle threads look out for work for a short while, then sleep: spinning for longer costs a neighbour its
// core, and then us (bench/results/threads.md).
#include "platform/pool.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <new>

#include "core/error.h"
#include "inlay/backend.h"

namespace inlay {
namespace {

constexpr int32_t kDefaultSpinUs = 50;
constexpr int32_t kMostThreads = 256;

void pause_cpu() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
  __asm__ volatile("yield");
#endif
}

int64_t now_us() {
  timespec t = {};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return int64_t{t.tv_sec} * 1000000 + t.tv_nsec / 1000;
}

/// Looks out until done() or `us` microseconds are over; the last value of done().
template <typename Done>
bool spin(int32_t us, const Done& done) {
  if (done()) return true;
  if (us <= 0) return false;
  const int64_t end = now_us() + us;
  do {
    for (int i = 0; i < 32; ++i) {
      if (done()) return true;
      pause_cpu();
    }
  } while (now_us() < end);
  return done();
}

struct Pool {
  inlay_pool table;  // first: its address is that of the pool
  int32_t spin_us;
  int32_t started;
  pthread_t threads[kMostThreads];
  pthread_mutex_t caller;  // one job at a time; who finds it taken does the parts alone
  pthread_mutex_t sleep;
  pthread_cond_t work, finished;
  // The job at hand: published by `epoch`, which workers watch.
  void (*task)(void*, int32_t, int32_t);
  void* context;
  int32_t parts, limit;
  std::atomic<uint32_t> epoch;
  std::atomic<int32_t> next, slots;
  std::atomic<int32_t> inside;    // threads that may still look at the job
  std::atomic<int32_t> sleepers;  // workers that need a signal
  std::atomic<bool> main_sleeps, stop;
};

/// Takes parts until there are none. Slot 0 is the caller's.
void work_on(Pool* p, int32_t slot) {
  for (;;) {
    const int32_t part = p->next.fetch_add(1, std::memory_order_relaxed);
    if (part >= p->parts) return;
    p->task(p->context, part, slot);
  }
}

void join_job(Pool* p) {
  const int32_t slot = p->slots.fetch_add(1, std::memory_order_relaxed);
  if (slot < p->limit) work_on(p, slot);
}

void leave_job(Pool* p) {
  if (p->inside.fetch_sub(1) != 1 || !p->main_sleeps.load()) return;
  pthread_mutex_lock(&p->sleep);
  pthread_cond_signal(&p->finished);
  pthread_mutex_unlock(&p->sleep);
}

void* worker(void* raw) {
  Pool* p = static_cast<Pool*>(raw);
  uint32_t seen = 0;
  for (;;) {
    const auto called = [&] { return p->epoch.load() != seen || p->stop.load(); };
    if (!spin(p->spin_us, called)) {
      pthread_mutex_lock(&p->sleep);
      p->sleepers.fetch_add(1);
      while (!called()) pthread_cond_wait(&p->work, &p->sleep);
      p->sleepers.fetch_sub(1);
      pthread_mutex_unlock(&p->sleep);
    }
    if (p->stop.load()) return nullptr;
    seen = p->epoch.load();
    // The job may be over by now: `inside` is raised only while the caller still waits for it.
    int32_t count = p->inside.load();
    while (count > 0 && !p->inside.compare_exchange_weak(count, count + 1)) {
    }
    if (count == 0) continue;
    join_job(p);
    leave_job(p);
  }
}

void one_by_one(int32_t parts, void (*task)(void*, int32_t, int32_t), void* context) {
  for (int32_t i = 0; i < parts; ++i) task(context, i, 0);
}

void wake(Pool* p) {
  if (p->sleepers.load() == 0) return;
  pthread_mutex_lock(&p->sleep);
  pthread_cond_broadcast(&p->work);
  pthread_mutex_unlock(&p->sleep);
}

/// Waits until every worker has left the job; the caller itself counts as one.
void wait_for_workers(Pool* p) {
  p->inside.fetch_sub(1);
  const auto all_out = [&] { return p->inside.load() == 0; };
  if (spin(p->spin_us, all_out)) return;
  pthread_mutex_lock(&p->sleep);
  p->main_sleeps.store(true);
  while (!all_out()) pthread_cond_wait(&p->finished, &p->sleep);
  p->main_sleeps.store(false);
  pthread_mutex_unlock(&p->sleep);
}

void run(const inlay_pool* table, int32_t threads, int32_t parts, void (*task)(void*, int32_t, int32_t), void* context) {
  auto* p = reinterpret_cast<Pool*>(const_cast<inlay_pool*>(table));
  if (threads <= 1 || parts <= 1 || p->started == 0 || pthread_mutex_trylock(&p->caller) != 0) {
    one_by_one(parts, task, context);
    return;
  }
  p->task = task;
  p->context = context;
  p->parts = parts;
  p->limit = threads;
  p->next.store(0, std::memory_order_relaxed);
  p->slots.store(1, std::memory_order_relaxed);
  p->inside.store(1);
  p->epoch.fetch_add(1);
  wake(p);
  work_on(p, 0);
  wait_for_workers(p);
  pthread_mutex_unlock(&p->caller);
}

int32_t cores_allowed() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
  const int count = CPU_COUNT(&set);
  return count > 0 ? count : 1;
}

/// The cores asked for, limited to those there are; false when none of them is.
bool core_set(uint64_t cpus, cpu_set_t* set) {
  CPU_ZERO(set);
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0) return false;
  int count = 0;
  for (int i = 0; i < 64; ++i) {
    if ((cpus >> i & 1) == 0 || !CPU_ISSET(i, &allowed)) continue;
    CPU_SET(i, set);
    ++count;
  }
  return count > 0;
}

void destroy(Pool* p) {
  p->stop.store(true);
  pthread_mutex_lock(&p->sleep);
  pthread_cond_broadcast(&p->work);
  pthread_mutex_unlock(&p->sleep);
  for (int32_t i = 0; i < p->started; ++i) pthread_join(p->threads[i], nullptr);
  pthread_cond_destroy(&p->work);
  pthread_cond_destroy(&p->finished);
  pthread_mutex_destroy(&p->sleep);
  pthread_mutex_destroy(&p->caller);
  p->~Pool();
  free(p);
}

inlay_status start(Pool* p, int32_t count, const cpu_set_t* cores, inlay_error* error) {
  pthread_attr_t attr;
  if (pthread_attr_init(&attr) != 0) return INLAY_FAIL(error, OUT_OF_MEMORY, "no memory to start a thread");
  int failed = cores != nullptr ? pthread_attr_setaffinity_np(&attr, sizeof(*cores), cores) : 0;
  while (failed == 0 && p->started < count) {
    failed = pthread_create(&p->threads[p->started], &attr, worker, p);
    if (failed == 0) ++p->started;
  }
  pthread_attr_destroy(&attr);
  if (failed == 0) return INLAY_OK;
  return INLAY_FAIL(error, OUT_OF_MEMORY, "thread % could not be started: %", p->started + 1, strerror(failed));
}

/// Whether a session that is made so should compute on what device `d` brings: a library that runs nothing needs no threads.
bool may_bring(const inlay_config& config, int32_t d) {
  for (int32_t n = 0; n < config.placement_count; ++n) {
    if (config.placement[n] == d) return true;
  }
  const uint32_t flags = config.devices[d].backend->flags;
  return config.placement_count == 0 && (config.by_preference == 0 || (flags & INLAY_BACKEND_POOL_IF_NAMED) == 0);
}

}  // namespace

inlay_status process_pool(const inlay_config& config, const inlay_pool** out, inlay_error* error) {
  for (int32_t d = 0; d < config.device_count; ++d) {
    const inlay_device& device = config.devices[d];
    if (!INLAY_OFFERS(device.backend, pool) || !may_bring(config, d)) continue;
    *out = device.backend->pool(device.index, config.threads);
    if (*out != nullptr) return INLAY_OK;
  }
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  static const inlay_pool* pool = nullptr;
  pthread_mutex_lock(&lock);
  inlay_status status = INLAY_OK;
  // A larger pool replaces a smaller one for new sessions; the smaller one sleeps until the sessions that use it are gone.
  if (pool == nullptr || pool->threads < config.threads) {
    inlay_pool_config wanted = {};
    wanted.struct_size = sizeof(wanted);
    wanted.threads = config.threads;
    status = inlay_pool_create(&wanted, &pool, error);
  }
  *out = pool;
  pthread_mutex_unlock(&lock);
  return status;
}

}  // namespace inlay

extern "C" {

inlay_status inlay_pool_create(const inlay_pool_config* config, const inlay_pool** out, inlay_error* error) {
  using namespace inlay;
  if (out == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "out is NULL");
  inlay_pool_config c = {};
  if (config != nullptr) {
    if (config->struct_size < sizeof(c)) return INLAY_FAIL(error, BAD_ARGUMENT, "inlay_pool_config.struct_size is not set");
    c = *config;
  }
  if (c.threads < 0 || c.threads > kMostThreads) {
    return INLAY_FAIL(error, BAD_ARGUMENT, "a pool has 1 to % threads, not %", kMostThreads, c.threads);
  }
  cpu_set_t cores;
  if (c.grain < 0) return INLAY_FAIL(error, BAD_ARGUMENT, "inlay_pool_config.grain is negative");
  if (c.cpus != 0 && !core_set(c.cpus, &cores)) return INLAY_FAIL(error, UNSUPPORTED, "the process may use none of the cores asked for");
  void* memory = aligned_alloc(64, (sizeof(Pool) + 63) / 64 * 64);
  if (memory == nullptr) return INLAY_FAIL(error, OUT_OF_MEMORY, "no memory for the pool");
  auto* p = new (memory) Pool();
  const int32_t threads = c.threads > 0 ? c.threads : c.cpus != 0 ? CPU_COUNT(&cores) : cores_allowed();
  p->table = {sizeof(inlay_pool), threads < kMostThreads ? threads : kMostThreads, run, c.grain};
  p->spin_us = c.spin_us == 0 ? kDefaultSpinUs : c.spin_us;
  pthread_mutex_init(&p->caller, nullptr);
  pthread_mutex_init(&p->sleep, nullptr);
  pthread_cond_init(&p->work, nullptr);
  pthread_cond_init(&p->finished, nullptr);
  const inlay_status status = start(p, p->table.threads - 1, c.cpus != 0 ? &cores : nullptr, error);
  if (status != INLAY_OK) {
    destroy(p);
    return status;
  }
  *out = &p->table;
  return INLAY_OK;
}

void inlay_pool_destroy(const inlay_pool* pool) {
  if (pool != nullptr) inlay::destroy(reinterpret_cast<inlay::Pool*>(const_cast<inlay_pool*>(pool)));
}

}  // extern "C"
