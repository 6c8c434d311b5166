// SPDX-License-Identifier: Apache-2.0
// Planning and preparing off the hot path: by a thread of its own, or by inlay_adaptive_step.
#include <string.h>

#include <algorithm>

#include "core/error.h"
#include "platform/adapt.h"

namespace inlay {
namespace {

inlay_status work(inlay_adaptive* a) {
  AdaptJob& job = a->job;
  AdaptSlot& spare = a->spare();
  const int32_t* other = spare.sound ? spare.plan.data() : nullptr;
  job.prepared = false;
  job.judgement = {};
  INLAY_TRY(a->plans.judge(job.factors, a->config.margin, a->current().plan.data(), other, a->candidate.data(), &job.judgement, &job.error));
  if (!job.judgement.better || !job.may_prepare) return INLAY_OK;
  if (other == nullptr || !a->plans.same(other, a->candidate.data())) {
    inlay_session_destroy(spare.session);  // first, so that never more than two are there
    spare.session = nullptr;
    spare.sound = false;
    std::copy(a->candidate.data(), a->candidate.data() + a->plans.nodes(), spare.plan.data());
    INLAY_TRY(make_adapt_session(*a, &spare, &job.error));
  }
  job.prepared = true;
  return INLAY_OK;
}

/// False: there was nothing to do.
bool work_if_asked(inlay_adaptive* a) {
  int32_t expected = AdaptJob::kAsked;
  if (!a->job.state.compare_exchange_strong(expected, AdaptJob::kWorking)) return false;
  a->job.error = {};
  a->job.status = work(a);
  a->job.state.store(AdaptJob::kAnswered);
  return true;
}

void* worker(void* raw) {
  auto* a = static_cast<inlay_adaptive*>(raw);
  for (;;) {
    pthread_mutex_lock(&a->mutex);
    while (!a->stop && a->job.state.load() != AdaptJob::kAsked) pthread_cond_wait(&a->asked, &a->mutex);
    const bool stop = a->stop;
    pthread_mutex_unlock(&a->mutex);
    if (stop) return nullptr;
    work_if_asked(a);
  }
}

}  // namespace

inlay_status make_adapt_session(const inlay_adaptive& a, AdaptSlot* slot, inlay_error* error) {
  SessionPlacement placement;
  inlay_config config = a.session_config;
  if (!a.plans.fill(slot->plan.data(), &placement, &config)) return INLAY_FAIL(error, OUT_OF_MEMORY, "no memory for a placement");
  INLAY_TRY(inlay_session_create(a.model, &config, &slot->session, error));
  slot->sound = true;
  return INLAY_OK;
}

inlay_status start_adapt_worker(inlay_adaptive* a, inlay_error* error) {
  if (a->config.by_step != 0) return INLAY_OK;
  const int failed = pthread_create(&a->thread, nullptr, worker, a);
  if (failed != 0) return INLAY_FAIL(error, OUT_OF_MEMORY, "the thread that plans could not be started: %", strerror(failed));
  a->has_thread = true;
  return INLAY_OK;
}

void stop_adapt_worker(inlay_adaptive* a) {
  if (!a->has_thread) return;
  pthread_mutex_lock(&a->mutex);
  a->stop = true;
  pthread_cond_signal(&a->asked);
  pthread_mutex_unlock(&a->mutex);
  pthread_join(a->thread, nullptr);
}

void ask_adapt_worker(inlay_adaptive* a) {
  if (!a->has_thread) {
    a->job.state.store(AdaptJob::kAsked);
    return;
  }
  pthread_mutex_lock(&a->mutex);
  a->job.state.store(AdaptJob::kAsked);
  pthread_cond_signal(&a->asked);
  pthread_mutex_unlock(&a->mutex);
}

}  // namespace inlay

extern "C" inlay_status inlay_adaptive_step(inlay_adaptive* adaptive, int32_t* worked, inlay_error* error) {
  if (adaptive == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "adaptive is NULL");
  if (adaptive->config.by_step == 0) return INLAY_FAIL(error, BAD_STATE, "a thread plans here: steps are for inlay_adaptive_config.by_step");
  const bool did = inlay::work_if_asked(adaptive);
  if (worked != nullptr) *worked = did ? 1 : 0;
  return INLAY_OK;
}
