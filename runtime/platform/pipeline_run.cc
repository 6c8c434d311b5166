// SPDX-License-Identifier: Apache-2.0
// Stages at work: by a thread each, or in rounds by one thread.
#include <initializer_list>
#include <new>

#include "core/error.h"
#include "platform/pipeline.h"
#include "session/queues.h"

namespace inlay {

bool stage_is_ready(const inlay_pipeline& p, int32_t stage) {
  const uint64_t number = p.stages[stage].next;
  if (stage >= p.plan->layout.cut.count || p.stages[stage].closed) return false;
  if (number >= p.submitted || (p.pending != nullptr && number >= p.barrier)) return false;
  return p.in_flight[number % static_cast<uint64_t>(p.frame_count)]->stage == stage;
}

StageRun::StageRun(inlay_pipeline* p, int32_t stage)
    : p_(p),
      stage_(stage),
      frame_(p->in_flight[p->stages[stage].next % static_cast<uint64_t>(p->frame_count)]),
      plan_(p->plan),
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
  if (!begun_) judge();
}

void StageRun::end() {
  if (!begun_) return;
  frame_->status = execution_.end();
  judge();
}

/// Did the device fail, or only the frame? Kernels of the CPU fail for their data alone; others are asked, if they can tell.
void StageRun::judge() {
  if (frame_->status != INLAY_STATUS_BACKEND_FAILED) return;
  const inlay_device& device = plan_->layout.device[stage_];
  if (device.backend == &inlay_backend_builtin) return;
  if (INLAY_OFFERS(device.backend, lost) && device.backend->lost(device.index) == 0) return;
  give_up_device(p_, stage_, device);
}

void StageRun::pass_on() {
  frame_->done = ++frame_->stage == plan_->layout.cut.count;
  if (!frame_->done) return;
  ++p_->finished;
  switch_plan(p_);
}

void* run_stage(void* raw) {
  auto& stage = *static_cast<PipelineStage*>(raw);
  inlay_pipeline* p = stage.pipeline;
  const auto index = static_cast<int32_t>(&stage - p->stages);
  pthread_mutex_lock(&p->lock);
  for (;;) {
    while (!stage_is_ready(*p, index) && !(p->stop && p->finished == p->submitted)) pthread_cond_wait(&p->changed, &p->lock);
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
  for (int32_t k = 0; k < kMostStages; ++k) {
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
