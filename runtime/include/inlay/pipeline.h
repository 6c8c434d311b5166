/* SPDX-License-Identifier: Apache-2.0
 *
 * Inlay: many frames at once. Hosts only; all of it uses the heap.
 *
 * A pipeline cuts one model into stages on several devices, which work on consecutive frames: the answers of a frame come as late
 * as ever, but a frame comes out as often as the slowest stage allows. A session pool runs whole frames side by side instead.
 * docs/pipelines.md tells when to take which.
 */
#ifndef INLAY_PIPELINE_H
#define INLAY_PIPELINE_H

#include "inlay/inlay.h"
#include "inlay/placement.h"

#ifdef __cplusplus
extern "C" {
#endif

#define INLAY_MOST_STAGES 6

typedef struct inlay_pipeline inlay_pipeline;
/** One frame's memory: it is acquired, filled, submitted, taken back with its answers, and released. */
typedef struct inlay_frame inlay_frame;

/** How a pipeline is made. Begin with a zeroed struct, set struct_size. */
typedef struct inlay_pipeline_config {
  uint32_t struct_size;
  /** Threads, pool, ops, fast_math, cache_dir ... of every stage; its devices, placement, variants and share are not read. NULL:
   * the defaults. */
  const inlay_config* session;
  /** Whom stages may run on. With `cuts`: stage k runs on devices[k]. Else each takes one stage at most; list one twice for two.
   * What a stage's device refuses is run by `fallback` within the stage. */
  const inlay_device* devices;
  int32_t device_count; /**< 1 to INLAY_MOST_STAGES */
  const int32_t*
      cuts; /**< the first node of stages 1, 2, ...: device_count - 1 values, rising. NULL: the slowest stage is minimized */
  /** node_count x device_count microseconds, row by row, below 0: not there. NULL: what `inlay tune` has stored in the model. Not
   * read with `cuts`. */
  const float* costs_us;
  int32_t frames;        /**< that exist, and so the most in flight; 0: one more than there are stages */
  uint32_t one_thread;   /**< 1: no threads; inlay_pipeline_next does the work, and devices with queues run beside it. 0: a thread
                            per stage */
  inlay_device fallback; /**< takes over from a device that fails; backend NULL: the last of the registry, `builtin` */
  /** Per device what a start and each tensor cost it. NULL: with costs_us nothing, else what the model stores with its costs. */
  const inlay_device_link* links;
  /** node_count microseconds on `fallback`, below 0: not there. NULL: those of the same device in the list, else the model's. Where
   * they are known, the model may be cut anew after a device has failed. */
  const float* fallback_costs_us;
} inlay_pipeline_config;

/**
 * Prepares the stages once, and memory of activations for each frame. The model must outlive the pipeline; so must what
 * config->session points to.
 * All ops of one variable are in one stage, where frames come in order, and all frames have the same state: inlay_session_reset or
 * inlay_session_variable of any frame's session, while none is in flight.
 * @errors of inlay_session_create; BAD_ARGUMENT (the cuts, the devices); NO_DEVICE (no cut runs every op, no costs are known);
 * UNSUPPORTED (a cut between ops of one variable).
 */
INLAY_API inlay_status inlay_pipeline_create(const inlay_model* model, const inlay_pipeline_config* config, inlay_pipeline** out,
                                             inlay_error* error);
/** Waits for the frames in flight and ends the threads. Nobody else may be in a call. NULL is accepted. */
INLAY_API void inlay_pipeline_destroy(inlay_pipeline* pipeline);

/* A thread each may acquire and submit, and take and release; with one_thread, all calls come from one thread at a time. */

/**
 * A frame nobody uses. With all of them in use it waits until one is released where `wait` is 1, else *out is NULL and the status
 * OK: that is the back pressure. @errors BAD_STATE: it would wait for ever, for one_thread has nobody else to release one.
 */
INLAY_API inlay_status inlay_pipeline_acquire(inlay_pipeline* pipeline, uint32_t wait, inlay_frame** out, inlay_error* error);
/** Where the frame's inputs and outputs lie and may be bound: a session for inlay_session_input, _output, _bind_*; never run it.
 */
INLAY_API inlay_session* inlay_frame_session(inlay_frame* frame);
/** Sends an acquired frame on its way; frames come out in this order. @errors BAD_STATE: the frame was not acquired. */
INLAY_API inlay_status inlay_pipeline_submit(inlay_pipeline* pipeline, inlay_frame* frame, inlay_error* error);
/**
 * Takes the oldest frame in flight, also where it failed: then the status and the sentence are its own. *out is NULL and the
 * status OK when none is in flight, or when `wait` is 0 and it is not done. Where a device failed, its frame says so, the device
 * is given up, its stages are prepared anew for the fallback, and all frames behind finish there. Where by the costs another cut
 * would bring them by a tenth nearer to each other, it is prepared beside the stages, and later frames follow it.
 */
INLAY_API inlay_status inlay_pipeline_next(inlay_pipeline* pipeline, uint32_t wait, inlay_frame** out, inlay_error* error);
/** Gives back a frame that was taken, or acquired and not submitted. @errors BAD_STATE: it is neither. */
INLAY_API inlay_status inlay_pipeline_release(inlay_pipeline* pipeline, inlay_frame* frame, inlay_error* error);

/** What a pipeline looks like. */
typedef struct inlay_pipeline_info {
  uint32_t struct_size;
  int32_t stage_count, frame_count;
  int32_t first_node[INLAY_MOST_STAGES];          /**< of each stage */
  inlay_device device[INLAY_MOST_STAGES];         /**< on which it runs now */
  int32_t devices_lost;                           /**< given up since the pipeline was made */
  float predicted_slowest_us, predicted_total_us; /**< by the costs and links; 0 with `cuts`, or where they are not known any more */
  float predicted_us[INLAY_MOST_STAGES];          /**< of each stage, for every frame */
  int32_t times_cut_anew;                         /**< after devices were given up */
} inlay_pipeline_info;
/** @errors BAD_ARGUMENT. */
INLAY_API inlay_status inlay_pipeline_describe(inlay_pipeline* pipeline, inlay_pipeline_info* out);

/* ---- whole frames side by side ------------------------------------------------------------------------------- */

/** Sessions of one model that share what was prepared: weights and packed weights exist once. */
typedef struct inlay_session_pool inlay_session_pool;

/**
 * @param config of the first session; the others share it where its devices allow, else each is prepared by itself. May be NULL.
 * @param sessions at least 1. @param waiting how many callers may wait in acquire at once; more are turned away.
 * @errors of inlay_session_create, BAD_ARGUMENT.
 */
INLAY_API inlay_status inlay_session_pool_create(const inlay_model* model, const inlay_config* config, int32_t sessions,
                                                 int32_t waiting, inlay_session_pool** out, inlay_error* error);
/** No session may be in use any more. NULL is accepted. */
INLAY_API void inlay_session_pool_destroy(inlay_session_pool* pool);
/**
 * A session nobody uses: write its inputs, inlay_session_run it, read its outputs, release it. Any thread. Callers wait in the
 * order they came. Variables are each session's own: inlay_session_reset, or keep the session for a stream.
 * @errors BAD_STATE: all are in use and as many callers wait as may.
 */
INLAY_API inlay_status inlay_session_pool_acquire(inlay_session_pool* pool, inlay_session** out, inlay_error* error);
/** @errors BAD_STATE: the session was not acquired from this pool. */
INLAY_API inlay_status inlay_session_pool_release(inlay_session_pool* pool, inlay_session* session, inlay_error* error);

#ifdef __cplusplus
}
#endif
#endif /* INLAY_PIPELINE_H */
