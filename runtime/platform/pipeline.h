// SPDX-License-Identifier: Apache-2.0
// The parts of a pipeline. Its lock guards everything but what a stage that runs has taken: its frame and the plan it found.
#pragma once
#include <pthread.h>

#include "inlay/backend.h"
#include "inlay/pipeline.h"
#include "plan/stages.h"
#include "session/execution.h"

static_assert(INLAY_MOST_STAGES == inlay::kMostStages);

enum class FrameState : uint8_t { kFree, kAcquired, kInFlight, kTaken };

struct inlay_frame {
  inlay_session* session;  ///< its tensors
  FrameState state;
  int32_t stage;  ///< in flight: the stages that are done
  inlay_status status;
  inlay_error error;
};

namespace inlay {

/// The stages prepared for their devices.
struct PipelinePlan {
  PipelinePlan* older;  ///< kept until the end: a frame may still lie in its memory
  inlay_session* owner;
  int32_t segments[kMostStages + 1];  ///< stage k: [segments[k], segments[k + 1])
  inlay_block scratch[kMostStages];   ///< a stage runs one frame at a time
};

struct PipelineStage {
  inlay_device device;  ///< now
  bool closed;          ///< it is being prepared anew
  uint64_t next;        ///< the number of the frame that comes next
  pthread_t thread;
  inlay_pipeline* pipeline;  ///< for its thread
};

}  // namespace inlay

struct inlay_pipeline {
  const inlay_model* model;
  inlay_config config;  ///< of sessions: ops, threads, ...
  inlay_device fallback;
  pthread_mutex_t lock;
  pthread_cond_t changed;  ///< a frame, a state, the plan
  pthread_mutex_t replan;  ///< one stage at a time prepares anew
  inlay::PipelinePlan* plan;
  inlay::PipelineStage stages[inlay::kMostStages];
  int32_t first[inlay::kMostStages + 1];
  int32_t stage_count, threads, frame_count, lost;
  float slowest_us, total_us;
  inlay_frame* frames;
  inlay_frame** in_flight;  ///< by number, modulo frame_count
  uint64_t submitted, taken;
  bool one_thread, stop;
};

namespace inlay {

/// Fills in first[], stage_count, the stages' devices and the predictions.
inlay_status choose_stages(const inlay_pipeline_config& config, inlay_pipeline* p, inlay_error* error);
/// Prepares the stages for the devices they have now.
inlay_status make_plan(inlay_pipeline* p, PipelinePlan** out, inlay_error* error);
/// As sessions of frames are made: of the plan's config, sharing it where they may.
inlay_status make_frame(inlay_pipeline* p, inlay_frame* frame, inlay_error* error);
void free_plans(PipelinePlan* newest);

/// One stage at work on one frame.
class StageRun {
 public:
  /// With the lock held. The frame is the stage's next one.
  StageRun(inlay_pipeline* p, int32_t stage);
  /// Without it: all that keeps the caller's thread busy.
  void begin();
  /// Does its stage hand anything over? Those are begun first where one thread drives all.
  bool has_queue() const;
  /// Waits for the rest, and prepares for the fallback where a device has failed.
  void end();
  /// With the lock held: the frame goes on.
  void pass_on();

 private:
  void give_up_device();
  void close_stages(bool fallback);
  inlay_pipeline* p_;
  int32_t stage_;
  inlay_frame* frame_;
  const PipelinePlan* plan_;
  inlay_device device_;
  Execution execution_;
  bool begun_ = false;
};

/// With the lock held: is the stage's next frame there?
bool stage_is_ready(const inlay_pipeline& p, int32_t stage);
/// The body of a stage's thread.
void* run_stage(void* stage);
/// Without threads, and without the lock: moves every frame that can move one stage on. Devices with queues are fed first, then
/// the host does its stages, then all are waited for. False: none could.
bool run_round(inlay_pipeline* p);

}  // namespace inlay
