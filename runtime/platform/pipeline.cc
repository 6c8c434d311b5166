// SPDX-License-Identifier: Apache-2.0
// Hosts: the calls of a pipeline.
#include "platform/pipeline.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <new>

#include "core/error.h"

namespace inlay {
namespace {

inlay_frame* oldest(const inlay_pipeline& p) {
  return p.taken != p.submitted ? p.in_flight[p.taken % static_cast<uint64_t>(p.frame_count)] : nullptr;
}

inlay_frame* free_frame(const inlay_pipeline& p) {
  for (int32_t i = 0; i < p.frame_count; ++i) {
    if (p.frames[i].state == FrameState::kFree) return &p.frames[i];
  }
  return nullptr;
}

bool is_frame_of(const inlay_pipeline& p, const inlay_frame* frame) {
  for (int32_t i = 0; i < p.frame_count; ++i) {
    if (&p.frames[i] == frame) return true;
  }
  return false;
}

inlay_status fill(const inlay_pipeline_config& config, inlay_pipeline* p, inlay_error* error) {
  StageLayout layout = {};
  INLAY_TRY(choose_stages(config, p, &layout, error));
  p->frame_count = config.frames > 0 ? config.frames : layout.cut.count + 1;
  INLAY_TRY(make_plan(*p, layout, &p->plan, error));
  p->frames = static_cast<inlay_frame*>(calloc(static_cast<size_t>(p->frame_count), sizeof(inlay_frame)));
  p->in_flight = static_cast<inlay_frame**>(calloc(static_cast<size_t>(p->frame_count), sizeof(inlay_frame*)));
  if (p->frames == nullptr || p->in_flight == nullptr)
    return INLAY_FAIL(error, OUT_OF_MEMORY, "no memory for % frames", p->frame_count);
  for (int32_t i = 0; i < p->frame_count; ++i) INLAY_TRY(make_frame(p, &p->frames[i], error));
  return start_stages(p, layout.cut.count, error);
}

/// Callers of older versions have a shorter struct.
constexpr size_t kFirstConfigBytes = offsetof(inlay_pipeline_config, links), kFirstInfoBytes = offsetof(inlay_pipeline_info, predicted_us);

inlay_status check(const inlay_model* model, const inlay_pipeline_config* config, inlay_error* error) {
  if (model == nullptr || config == nullptr || config->struct_size < kFirstConfigBytes) {
    return INLAY_FAIL(error, BAD_ARGUMENT, "a pipeline needs a model and a config with its struct_size");
  }
  if (config->session != nullptr && config->session->struct_size < sizeof(inlay_config)) {
    return INLAY_FAIL(error, BAD_ARGUMENT, "inlay_config.struct_size is not set");
  }
  if (config->frames < 0) return INLAY_FAIL(error, BAD_ARGUMENT, "frames is below 0");
  return INLAY_OK;
}

/// Copies what the caller's struct has.
template <typename T>
void copy_struct(T* to, const T* from, size_t caller_bytes) {
  memcpy(to, from, caller_bytes < sizeof(T) ? caller_bytes : sizeof(T));
}

/// What sessions of the pipeline have in common.
inlay_config common_config(const inlay_pipeline_config& config) {
  inlay_config out = {};
  if (config.session != nullptr) out = *config.session;
  out.struct_size = sizeof(out);
  if (out.ops == nullptr) out.ops = inlay_default_ops();
  out.devices = nullptr;
  out.device_count = 0;
  out.placement = nullptr;
  out.placement_count = 0;
  out.variants = nullptr;
  out.share = nullptr;
  return out;
}

inlay_status wrong_state(inlay_error* error, const char* what) {
  return INLAY_FAIL(error, BAD_STATE, "the frame is not of this pipeline, or was not %", what);
}

/// With the lock held, where threads are: waits until done(). False: it would be for ever.
template <typename Done>
bool wait_until(inlay_pipeline* p, Done done) {
  while (!done()) {
    if (!p->one_thread) {
      pthread_cond_wait(&p->changed, &p->lock);
      continue;
    }
    pthread_mutex_unlock(&p->lock);
    const bool moved = run_round(p);
    pthread_mutex_lock(&p->lock);
    if (!moved) return false;
  }
  return true;
}

}  // namespace
}  // namespace inlay

extern "C" {

inlay_status inlay_pipeline_create(const inlay_model* model, const inlay_pipeline_config* config, inlay_pipeline** out,
                                   inlay_error* error) {
  if (out == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "out is NULL");
  *out = nullptr;
  INLAY_TRY(inlay::check(model, config, error));
  inlay_pipeline_config full = {};
  inlay::copy_struct(&full, config, config->struct_size);
  void* memory = malloc(sizeof(inlay_pipeline));
  inlay_pipeline* p = memory != nullptr ? new (memory) inlay_pipeline() : nullptr;
  if (p == nullptr) return INLAY_FAIL(error, OUT_OF_MEMORY, "no memory for a pipeline");
  pthread_mutex_init(&p->lock, nullptr);
  pthread_mutex_init(&p->replan, nullptr);
  pthread_cond_init(&p->changed, nullptr);
  p->model = model;
  p->config = inlay::common_config(full);
  p->one_thread = full.one_thread != 0;
  p->fallback = full.fallback;
  if (p->fallback.backend == nullptr) p->fallback = {inlay_backend_at(inlay_backend_count() - 1), 0};
  const inlay_status status = inlay::fill(full, p, error);
  if (status != INLAY_OK) {
    inlay_pipeline_destroy(p);
    return status;
  }
  *out = p;
  return INLAY_OK;
}

void inlay_pipeline_destroy(inlay_pipeline* p) {
  if (p == nullptr) return;
  pthread_mutex_lock(&p->lock);
  p->stop = true;
  pthread_cond_broadcast(&p->changed);
  pthread_mutex_unlock(&p->lock);
  if (p->has_cutter) pthread_join(p->cutter, nullptr);
  for (int32_t k = 0; k < p->threads; ++k) pthread_join(p->stages[k].thread, nullptr);
  for (int32_t i = 0; p->frames != nullptr && i < p->frame_count; ++i) inlay_session_destroy(p->frames[i].session);
  inlay::free_plans(p->pending);
  inlay::free_plans(p->plan);
  free(p->frames);
  free(p->in_flight);
  pthread_cond_destroy(&p->changed);
  pthread_mutex_destroy(&p->replan);
  pthread_mutex_destroy(&p->lock);
  p->~inlay_pipeline();
  free(p);
}

inlay_status inlay_pipeline_acquire(inlay_pipeline* p, uint32_t wait, inlay_frame** out, inlay_error* error) {
  if (p == nullptr || out == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "pipeline or out is NULL");
  pthread_mutex_lock(&p->lock);
  inlay_frame* frame = inlay::free_frame(*p);
  while (frame == nullptr && wait != 0 && !p->one_thread) {
    pthread_cond_wait(&p->changed, &p->lock);
    frame = inlay::free_frame(*p);
  }
  if (frame != nullptr) frame->state = FrameState::kAcquired;
  pthread_mutex_unlock(&p->lock);
  *out = frame;
  if (frame != nullptr || wait == 0) return INLAY_OK;
  return INLAY_FAIL(error, BAD_STATE, "all % frames are in use: take the oldest with inlay_pipeline_next and release it",
                    p->frame_count);
}

inlay_session* inlay_frame_session(inlay_frame* frame) { return frame != nullptr ? frame->session : nullptr; }

inlay_status inlay_pipeline_submit(inlay_pipeline* p, inlay_frame* frame, inlay_error* error) {
  if (p == nullptr || frame == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "pipeline or frame is NULL");
  pthread_mutex_lock(&p->lock);
  const bool right = inlay::is_frame_of(*p, frame) && frame->state == FrameState::kAcquired;
  if (right) {
    frame->state = FrameState::kInFlight;
    frame->stage = 0;
    frame->done = false;
    frame->status = INLAY_OK;
    frame->error = {};
    p->in_flight[p->submitted++ % static_cast<uint64_t>(p->frame_count)] = frame;
    pthread_cond_broadcast(&p->changed);
  }
  pthread_mutex_unlock(&p->lock);
  return right ? INLAY_OK : inlay::wrong_state(error, "acquired");
}

inlay_status inlay_pipeline_next(inlay_pipeline* p, uint32_t wait, inlay_frame** out, inlay_error* error) {
  if (p == nullptr || out == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "pipeline or out is NULL");
  *out = nullptr;
  pthread_mutex_lock(&p->lock);
  inlay_frame* frame = inlay::oldest(*p);
  bool done = frame != nullptr && frame->done;
  if (frame != nullptr && !done && wait != 0) done = inlay::wait_until(p, [&] { return frame->done; });
  inlay_status status = INLAY_OK;
  if (done) {
    ++p->taken;
    frame->state = FrameState::kTaken;
    status = frame->status;
    if (status != INLAY_OK && error != nullptr) *error = frame->error;
    *out = frame;
  }
  pthread_mutex_unlock(&p->lock);
  return status;
}

inlay_status inlay_pipeline_release(inlay_pipeline* p, inlay_frame* frame, inlay_error* error) {
  if (p == nullptr || frame == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "pipeline or frame is NULL");
  pthread_mutex_lock(&p->lock);
  const bool right =
      inlay::is_frame_of(*p, frame) && (frame->state == FrameState::kTaken || frame->state == FrameState::kAcquired);
  if (right) frame->state = FrameState::kFree;
  if (right) pthread_cond_broadcast(&p->changed);
  pthread_mutex_unlock(&p->lock);
  return right ? INLAY_OK : inlay::wrong_state(error, "taken");
}

inlay_status inlay_pipeline_describe(inlay_pipeline* p, inlay_pipeline_info* out) {
  if (p == nullptr || out == nullptr || out->struct_size < inlay::kFirstInfoBytes) return INLAY_STATUS_BAD_ARGUMENT;
  inlay_pipeline_info info = {};
  info.struct_size = out->struct_size;
  pthread_mutex_lock(&p->lock);
  const inlay::StageLayout& layout = p->plan->layout;
  info.stage_count = layout.cut.count;
  info.frame_count = p->frame_count;
  info.devices_lost = p->lost;
  info.times_cut_anew = p->recuts;
  info.predicted_slowest_us = static_cast<float>(layout.cut.slowest_us);
  info.predicted_total_us = static_cast<float>(layout.cut.total_us);
  for (int32_t k = 0; k < layout.cut.count; ++k) {
    info.first_node[k] = layout.cut.first[k];
    info.device[k] = layout.device[k];
    info.predicted_us[k] = static_cast<float>(layout.cut.stage_us[k]);
  }
  pthread_mutex_unlock(&p->lock);
  inlay::copy_struct(out, &info, out->struct_size);
  return INLAY_OK;
}

}  // extern "C"
