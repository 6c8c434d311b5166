// SPDX-License-Identifier: Apache-2.0
// A pipeline whose device has failed: its stages go to the fallback at once, and the model may be cut anew for those that are left.
#include "core/error.h"
#include "platform/pipeline.h"

namespace inlay {
namespace {

/// Nothing runs on the stages of a device while they are closed.
void set_closed(inlay_pipeline* p, const StageLayout& layout, const inlay_device& device, bool closed) {
  for (int32_t k = 0; k < layout.cut.count; ++k) {
    if (is_same(layout.device[k], device)) p->stages[k].closed = closed;
  }
  pthread_cond_broadcast(&p->changed);
}

/// The plan becomes the newest one; those before may still be in use.
void take_over(inlay_pipeline* p, PipelinePlan* plan) {
  plan->older = p->plan;
  p->plan = plan;
}

/// A cut that was prepared for a device that is gone; nobody runs on it yet.
void drop_pending(inlay_pipeline* p) {
  PipelinePlan* dropped = p->pending;
  p->pending = nullptr;
  pthread_cond_broadcast(&p->changed);
  pthread_mutex_unlock(&p->lock);
  free_plans(dropped);
  pthread_mutex_lock(&p->lock);
}

/// Looks for a better cut and prepares it; from then on the first stage waits until the frames before have left the last one.
void cut_anew(inlay_pipeline* p) {
  pthread_mutex_lock(&p->replan);
  pthread_mutex_lock(&p->lock);
  const StageLayout now = p->plan->layout;
  const bool known = p->pending != nullptr;  // it was made since the last device was given up
  pthread_mutex_unlock(&p->lock);
  StageLayout better = {};
  PipelinePlan* plan = nullptr;
  const bool made = !known && better_stages(*p, now, &better) && make_plan(*p, better, &plan, nullptr) == INLAY_OK &&
                    start_stages(p, better.cut.count, nullptr) == INLAY_OK;
  pthread_mutex_lock(&p->lock);
  if (made && !p->stop) {
    p->pending = plan;
    plan = nullptr;
    p->barrier = p->submitted;
    switch_plan(p);
  }
  pthread_mutex_unlock(&p->lock);
  pthread_mutex_unlock(&p->replan);
  free_plans(plan);
}

void* run_cutter(void* raw) {
  auto* p = static_cast<inlay_pipeline*>(raw);
  pthread_mutex_lock(&p->lock);
  for (;;) {
    while (!p->cut_wanted && !p->stop) pthread_cond_wait(&p->changed, &p->lock);
    if (p->stop) break;
    p->cut_wanted = false;
    pthread_mutex_unlock(&p->lock);
    cut_anew(p);
    pthread_mutex_lock(&p->lock);
  }
  pthread_mutex_unlock(&p->lock);
  return nullptr;
}

/// Beside the stages; by the caller where nothing is beside him. Without a thread the cut stays.
void want_cut(inlay_pipeline* p) {
  if (p->one_thread) return cut_anew(p);
  pthread_mutex_lock(&p->lock);
  p->cut_wanted = true;
  if (!p->has_cutter && !p->stop) p->has_cutter = pthread_create(&p->cutter, nullptr, run_cutter, p) == 0;
  pthread_cond_broadcast(&p->changed);
  pthread_mutex_unlock(&p->lock);
}

}  // namespace

inlay_status start_stages(inlay_pipeline* p, int32_t count, inlay_error* error) {
  for (int32_t k = p->threads; k < count && !p->one_thread; ++k) {
    p->stages[k].pipeline = p;
    if (pthread_create(&p->stages[k].thread, nullptr, run_stage, &p->stages[k]) != 0) {
      return INLAY_FAIL(error, OUT_OF_MEMORY, "no thread for stage %", k);
    }
    ++p->threads;
  }
  return INLAY_OK;
}

void switch_plan(inlay_pipeline* p) {
  if (p->pending == nullptr || p->finished != p->barrier) return;
  take_over(p, p->pending);
  p->pending = nullptr;
  ++p->recuts;
  for (PipelineStage& stage : p->stages) stage.next = p->barrier;
  pthread_cond_broadcast(&p->changed);
}

void give_up_device(inlay_pipeline* p, int32_t stage, const inlay_device& device) {
  if (is_same(device, p->fallback)) return;
  pthread_mutex_lock(&p->replan);
  pthread_mutex_lock(&p->lock);
  StageLayout layout = p->plan->layout;
  const bool first = is_same(layout.device[stage], device);  // else another stage was
  if (first) {
    set_closed(p, layout, device, true);
    drop_pending(p);
  }
  pthread_mutex_unlock(&p->lock);
  bool made = false;
  if (first) {
    const StageLayout before = layout;
    replace_device(p, device, &layout);
    PipelinePlan* plan = nullptr;
    made = make_plan(*p, layout, &plan, nullptr) == INLAY_OK;
    pthread_mutex_lock(&p->lock);
    if (made) {
      take_over(p, plan);
      ++p->lost;
    }
    set_closed(p, before, device, false);
    pthread_mutex_unlock(&p->lock);
  }
  pthread_mutex_unlock(&p->replan);
  if (made) want_cut(p);
}

}  // namespace inlay
