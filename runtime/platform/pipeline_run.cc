// SPDX-License-Identifier: Apache-2.0
// Stages at work: by a thread each, or in rounds by one thread.
#include <initializer_list>
#include <new>

#include "core/error.h"
#include "platform/pipeline.h"
#include "session/queues.h"

namespace inlay {
namespace {

bool same(const inlay_device& a, const inlay_device& b) { return a.backend == b.backend && a.index == b.index; }

}  // namespace

bool stage_is_ready(const inlay_pipeline& p, int32_t stage) {
  const uint64_t number = p.stages[stage].next;
  return !p.stages[stage].closed && number < p.submitted &&
         p.in_flight[number % static_cast<uint64_t>(p.frame_count)]->stage == stage;
}

StageRun::StageRun(inlay_pipeline* p, int32_t stage)
    : p_(p),
      stage_(stage),
      frame_(p->in_flight[p->stages[stage].next % static_cast<uint64_t>(p->frame_count)]),
      plan_(p->plan),
      device_(p->stages[stage].device),
      execution_(plan_->owner, frame_->session, plan_->scratch[stage], &frame_->error) {
  ++p->stages[stage].next;
}

bool StageRun::has_queue() const {
  const SessionGraph& graph = plan_->owner->graphs[0];
  for (int32_t i = plan_->segments[stage_]; plan_->owner->queued && i < plan_->segments[stage_ + 1]; ++i) {
    if (handings(graph)[i].handed) return true;
  }
  return false;
}

/// A frame that has failed only passes by, so that it comes out in its turn.
void StageRun::begin() {
  if (frame_->status != INLAY_OK) return;
  frame_->status = execution_.begin(plan_->segments[stage_], plan_->segments[stage_ + 1]);
  begun_ = frame_->status == INLAY_OK;
  if (!begun_ && frame_->status == INLAY_STATUS_BACKEND_FAILED) give_up_device();
}

void StageRun::end() {
  if (!begun_) return;
  frame_->status = execution_.end();
  if (frame_->status == INLAY_STATUS_BACKEND_FAILED) give_up_device();
}

void StageRun::pass_on() { ++frame_->stage; }

/// Whoever finds a device failed prepares its stages for the fallback, while the others go on. If that fails, too, the stages
/// stay where they are, and the next frame says the same.
void StageRun::give_up_device() {
  if (same(device_, p_->fallback)) return;
  pthread_mutex_lock(&p_->replan);
  if (same(p_->stages[stage_].device, device_)) {  // else another stage was first
    close_stages(true);
    PipelinePlan* plan = nullptr;
    const bool made = make_plan(p_, &plan, nullptr) == INLAY_OK;
    pthread_mutex_lock(&p_->lock);
    if (made) {
      plan->older = p_->plan;
      p_->plan = plan;
      ++p_->lost;
    }
    pthread_mutex_unlock(&p_->lock);
    close_stages(made);
  }
  pthread_mutex_unlock(&p_->replan);
}

/// Puts the fallback in the place of the device that failed, or not; nothing runs on either while the stages are closed.
void StageRun::close_stages(bool fallback) {
  pthread_mutex_lock(&p_->lock);
  for (int32_t k = 0; k < p_->stage_count; ++k) {
    PipelineStage& stage = p_->stages[k];
    if (!stage.closed && !same(stage.device, device_)) continue;
    stage.device = fallback ? p_->fallback : device_;
    stage.closed = !stage.closed;
  }
  pthread_cond_broadcast(&p_->changed);
  pthread_mutex_unlock(&p_->lock);
}

void* run_stage(void* raw) {
  auto& stage = *static_cast<PipelineStage*>(raw);
  inlay_pipeline* p = stage.pipeline;
  const auto index = static_cast<int32_t>(&stage - p->stages);
  pthread_mutex_lock(&p->lock);
  for (;;) {
    while (!stage_is_ready(*p, index) && !(p->stop && stage.next == p->submitted)) pthread_cond_wait(&p->changed, &p->lock);
    if (!stage_is_ready(*p, index)) break;
    StageRun run(p, index);
    pthread_mutex_unlock(&p->lock);
    run.begin();
    run.end();
    pthread_mutex_lock(&p->lock);
    run.pass_on();
    pthread_cond_broadcast(&p->changed);
  }
  pthread_mutex_unlock(&p->lock);
  return nullptr;
}

bool run_round(inlay_pipeline* p) {
  alignas(StageRun) unsigned char memory[kMostStages][sizeof(StageRun)];
  StageRun* runs[kMostStages];
  int32_t count = 0;
  for (int32_t k = 0; k < p->stage_count; ++k) {
    if (stage_is_ready(*p, k)) runs[count++] = new (memory[k]) StageRun(p, k);
  }
  for (const bool queued : {true, false}) {
    for (int32_t i = 0; i < count; ++i) {
      if (runs[i]->has_queue() == queued) runs[i]->begin();
    }
  }
  for (int32_t i = 0; i < count; ++i) runs[i]->end();
  for (int32_t i = 0; i < count; ++i) {
    runs[i]->pass_on();
    runs[i]->~StageRun();
  }
  return count != 0;
}

}  // namespace inlay
