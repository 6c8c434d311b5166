// SPDX-License-Identifier: Apache-2.0
// Hosts: sessions of one model for many threads.
#include <pthread.h>
#include <stdlib.h>

#include "core/error.h"
#include "inlay/pipeline.h"

namespace inlay {
namespace {

/// A caller in the queue; lies on its stack.
struct Waiter {
  Waiter* next;
  int32_t given;  // the session it gets, or -1
};

}  // namespace
}  // namespace inlay

struct inlay_session_pool {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  int32_t count, waiting, most_waiting;
  inlay::Waiter *first, *last;  // in the order they came
  inlay_session** sessions;     // [0] is shared by the others
  bool* used;
};

namespace inlay {
namespace {

int32_t find_free(const inlay_session_pool& pool) {
  for (int32_t i = 0; i < pool.count; ++i) {
    if (!pool.used[i]) return i;
  }
  return -1;
}

inlay_status fill(const inlay_model* model, const inlay_config* config, int32_t count, inlay_session_pool* pool,
                  inlay_error* error) {
  inlay_config shared = {};
  if (config != nullptr) shared = *config;
  for (int32_t i = 0; i < count; ++i) {
    inlay_status status = INLAY_STATUS_UNSUPPORTED;
    if (i != 0) {
      shared.struct_size = sizeof(shared);
      shared.share = pool->sessions[0];
      status = inlay_session_create(model, &shared, &pool->sessions[i], error);
    }
    if (status == INLAY_STATUS_UNSUPPORTED) status = inlay_session_create(model, config, &pool->sessions[i], error);
    if (status != INLAY_OK) return status;
    ++pool->count;
  }
  return INLAY_OK;
}

}  // namespace
}  // namespace inlay

extern "C" {

inlay_status inlay_session_pool_create(const inlay_model* model, const inlay_config* config, int32_t sessions, int32_t waiting,
                                       inlay_session_pool** out, inlay_error* error) {
  if (model == nullptr || out == nullptr || sessions < 1 || waiting < 0) {
    return INLAY_FAIL(error, BAD_ARGUMENT,
                      "a session pool needs a model, at least one session and no fewer than 0 callers that wait");
  }
  *out = nullptr;
  const auto count = static_cast<size_t>(sessions);
  auto* pool = static_cast<inlay_session_pool*>(calloc(1, sizeof(inlay_session_pool)));
  if (pool == nullptr) return INLAY_FAIL(error, OUT_OF_MEMORY, "no memory for a session pool");
  pthread_mutex_init(&pool->lock, nullptr);
  pthread_cond_init(&pool->changed, nullptr);
  pool->most_waiting = waiting;
  pool->sessions = static_cast<inlay_session**>(calloc(count, sizeof(inlay_session*)));
  pool->used = static_cast<bool*>(calloc(count, sizeof(bool)));
  const inlay_status status = pool->sessions != nullptr && pool->used != nullptr
                                  ? inlay::fill(model, config, sessions, pool, error)
                                  : INLAY_FAIL(error, OUT_OF_MEMORY, "no memory for a session pool");
  if (status != INLAY_OK) {
    inlay_session_pool_destroy(pool);
    return status;
  }
  *out = pool;
  return INLAY_OK;
}

void inlay_session_pool_destroy(inlay_session_pool* pool) {
  if (pool == nullptr) return;
  for (int32_t i = pool->count; i-- > 0;) inlay_session_destroy(pool->sessions[i]);  // the shared one last
  free(pool->sessions);
  free(pool->used);
  pthread_cond_destroy(&pool->changed);
  pthread_mutex_destroy(&pool->lock);
  free(pool);
}

inlay_status inlay_session_pool_acquire(inlay_session_pool* pool, inlay_session** out, inlay_error* error) {
  if (pool == nullptr || out == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "pool or out is NULL");
  *out = nullptr;
  pthread_mutex_lock(&pool->lock);
  int32_t at = pool->waiting == 0 ? inlay::find_free(*pool) : -1;
  if (at < 0 && pool->waiting >= pool->most_waiting) {
    const int32_t waiting = pool->waiting;
    pthread_mutex_unlock(&pool->lock);
    return INLAY_FAIL(error, BAD_STATE, "all % sessions are in use and % callers wait already: come again later", pool->count,
                      waiting);
  }
  if (at < 0) {
    inlay::Waiter waiter = {nullptr, -1};
    (pool->first != nullptr ? pool->last->next : pool->first) = &waiter;
    pool->last = &waiter;
    ++pool->waiting;
    while (waiter.given < 0) pthread_cond_wait(&pool->changed, &pool->lock);
    at = waiter.given;
  }
  pool->used[at] = true;
  *out = pool->sessions[at];
  pthread_mutex_unlock(&pool->lock);
  return INLAY_OK;
}

inlay_status inlay_session_pool_release(inlay_session_pool* pool, inlay_session* session, inlay_error* error) {
  if (pool == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "pool is NULL");
  pthread_mutex_lock(&pool->lock);
  bool released = false;
  for (int32_t i = 0; i < pool->count; ++i) {
    if (pool->sessions[i] != session || !pool->used[i]) continue;
    released = true;
    inlay::Waiter* waiter = pool->first;
    pool->used[i] = waiter != nullptr;  // handed on, before anybody else comes
    if (waiter == nullptr) continue;
    pool->first = waiter->next;
    waiter->given = i;
    --pool->waiting;
    pthread_cond_broadcast(&pool->changed);
  }
  pthread_mutex_unlock(&pool->lock);
  return released ? INLAY_OK : INLAY_FAIL(error, BAD_STATE, "the session was not acquired from this pool");
}

}  // extern "C"
