// SPDX-License-Identifier: Apache-2.0
// The parts of a pipeline. Its lock guards everything but what a stage that runs has taken, its frame and the plan it found, and
// what `replan` guards.
#pragma once
#include <pthread.h>

#include "inlay/backend.h"
#include "inlay/pipeline.h"
#include "platform/heap_array.h"
#include "plan/stages.h"
#include "session/execution.h"

static_assert(INLAY_MOST_STAGES == inlay::kMostStages);

enum class FrameState : uint8_t { kFree, kAcquired, kInFlight, kTaken };

struct inlay_frame {
  inlay_session* session;  ///< its tensors
  FrameState state;
  bool done;      ///< in flight: with all stages
  int32_t stage;  ///< in flight: the stages that are done
  inlay_status status;
  inlay_error error;
};

namespace inlay {

/// Where a model is cut, and who runs the stages.
struct StageLayout {
  StageCut cut;  ///< device[k] counts the devices of inlay_pipeline::choice; times are 0 where nothing is known
  inlay_device device[kMostStages];
};

/// The stages prepared for their devices.
struct PipelinePlan {
  PipelinePlan* older;  ///< kept until the end: a frame may still lie in its memory
  StageLayout layout;
  inlay_session* owner;
  int32_t segments[kMostStages + 1];  ///< stage k: [segments[k], segments[k + 1])
  inlay_block scratch[kMostStages];   ///< a stage runs one frame at a time
};

struct PipelineStage {
  bool closed;    ///< it is being prepared anew
  uint64_t next;  ///< the number of the frame that comes next
  pthread_t thread;
  inlay_pipeline* pipeline;  ///< for its thread
};

/// What stages may run on, and what is known of it.
struct PipelineChoice {
  int32_t count;
  inlay_device devices[kMostStages];  ///< the fallback in the place of one that was given up
  inlay_device_link links[kMostStages], fallback_link;
  HeapArray<float> costs_us;     ///< node_count x count; empty: not known, the cut stays
  HeapArray<float> fallback_us;  ///< node_count; empty: not known
  HeapArray<uint8_t> joined;     ///< by node: in one stage with the one before it
};

}  // namespace inlay

struct inlay_pipeline {
  const inlay_model* model;
  inlay_config config;  ///< of sessions: ops, threads, ...
  inlay_device fallback;
  pthread_mutex_t lock;
  pthread_cond_t changed;  ///< a frame, a state, the plan
  pthread_mutex_t replan;  ///< one thread at a time prepares anew; guards `choice` and `threads`
  inlay::PipelineChoice choice;
  inlay::PipelinePlan* plan;
  inlay::PipelinePlan* pending;  ///< of another cut: for frames from number `barrier` on, as soon as those before are done
  uint64_t barrier;
  inlay::PipelineStage stages[inlay::kMostStages];
  int32_t threads, frame_count, lost, recuts;
  inlay_frame* frames;
  inlay_frame** in_flight;  ///< by number, modulo frame_count
  uint64_t submitted, finished, taken;
  pthread_t cutter;  ///< cuts anew, beside the stages
  bool one_thread, stop, has_cutter, cut_wanted;
};

namespace inlay {

inline bool is_same(const inlay_device& a, const inlay_device& b) { return a.backend == b.backend && a.index == b.index; }

/// Fills in the choice and the first layout.
inlay_status choose_stages(const inlay_pipeline_config& config, inlay_pipeline* p, StageLayout* out, inlay_error* error);
/// Puts the fallback in the place of a device, in the choice and in a layout, whose times follow. With `replan` held.
void replace_device(inlay_pipeline* p, const inlay_device& lost, StageLayout* layout);
/// With `replan` held: a layout that lets frames follow each other at a clearly smaller distance than `now`. False: none is known.
bool better_stages(const inlay_pipeline& p, const StageLayout& now, StageLayout* out);

/// Prepares the stages of a layout.
inlay_status make_plan(const inlay_pipeline& p, const StageLayout& layout, PipelinePlan** out, inlay_error* error);
/// As sessions of frames are made: of the plan's config, sharing it where they may. All share the first one's variables.
inlay_status make_frame(inlay_pipeline* p, inlay_frame* frame, inlay_error* error);
void free_plans(PipelinePlan* newest);

/// Threads for the first `count` stages. With `replan` held, or before there are any.
inlay_status start_stages(inlay_pipeline* p, int32_t count, inlay_error* error);
/// Gives up a device that has failed in a stage: prepares its stages for the fallback, while the others go on, and has the model
/// cut anew beside that. If that fails, too, the stages stay where they are, and the next frame says the same.
void give_up_device(inlay_pipeline* p, int32_t stage, const inlay_device& device);
/// With the lock held: goes over to the pending plan if no frame is under way.
void switch_plan(inlay_pipeline* p);

/// One stage at work on one frame.
class StageRun {
 public:
  /// With the lock held. The frame is the stage's next one.
  StageRun(inlay_pipeline* p, int32_t stage);
  /// Without it: all that keeps the caller's thread busy.
  void begin();
  /// Does its stage hand anything over? Those are begun first where one thread drives all.
  bool has_queue() const;
  /// Waits for the rest, and gives the device up where it has failed.
  void end();
  /// With the lock held: the frame goes on.
  void pass_on();

 private:
  void judge();
  inlay_pipeline* p_;
  int32_t stage_;
  inlay_frame* frame_;
  const PipelinePlan* plan_;
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
