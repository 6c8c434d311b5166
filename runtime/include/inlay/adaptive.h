/* SPDX-License-Identifier: Apache-2.0
 *
 * Inlay, hosts: a model that moves between devices while it runs. Where a device becomes slower than `inlay tune` measured it (heat,
 * a neighbour), the ops are placed anew by the same costs times what is seen now, in the background, and frames go on in the
 * new session; when the device recovers they come back. docs/adaptation.md tells the method and what it costs.
 *
 * Nothing adapts by itself: a program that wants it makes an inlay_adaptive instead of a session.
 */
#ifndef INLAY_ADAPTIVE_H
#define INLAY_ADAPTIVE_H

#include "inlay/inlay.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct inlay_adaptive inlay_adaptive;

typedef enum inlay_adaptive_event_kind {
  INLAY_ADAPTIVE_TRIED = 1,    /**< another placement is ready; the next frames run by it, to see whether it is faster */
  INLAY_ADAPTIVE_SWITCHED = 2, /**< it was, and stays */
  INLAY_ADAPTIVE_REJECTED = 3, /**< it was not: frames go on as before */
  INLAY_ADAPTIVE_FAILED = 4,   /**< no session could be made of it, or a run failed: frames go on as before */
  INLAY_ADAPTIVE_LAST = 0x7fffffff
} inlay_adaptive_event_kind;

/** Told between two frames. Pointers are good during the call. */
typedef struct inlay_adaptive_event {
  inlay_adaptive_event_kind kind;
  int32_t moved;        /**< ops that the other placement runs elsewhere than the one before the trial */
  int32_t to_stored;    /**< 1: the other placement is the one that the model stores */
  uint64_t frame;       /**< how many frames had run */
  double before_us;     /**< median of a frame before the trial */
  double expected_us;   /**< of the other placement, by the costs and factors */
  double measured_us;   /**< median of its frames in the trial; 0: TRIED, FAILED */
  const char* sentence; /**< of FAILED: why; else "" */
} inlay_adaptive_event;

/** Begin with a zeroed struct, set struct_size; 0 stands for the default everywhere. */
typedef struct inlay_adaptive_config {
  uint32_t struct_size;
  int32_t by_step;             /**< 1: no thread of its own; the program calls inlay_adaptive_step */
  /** As for inlay_session_create, without devices, placement and share: those are the model's. What it points to must outlive all. */
  const inlay_config* session;
  /** Nanoseconds of a clock that only grows; NULL: that of the host. Also read around ops. */
  uint64_t (*now)(void* user);
  void (*told)(void* user, const inlay_adaptive_event* event); /**< by the thread that runs, between frames; may be NULL */
  void* user;                  /**< of both */
  int32_t watch_every;         /**< of so many frames, one has its ops timed (16) */
  int32_t window;              /**< timed frames that make one estimate, 3 to 31 (9) */
  int32_t patience;            /**< estimates in a row that must ask for another placement (3) */
  int32_t trial;               /**< frames that a new placement is tried for, after one that warms it up, 3 to 31 (5) */
  int32_t dwell;               /**< frames between a trial and the next, at least; doubled where that does not settle it (256) */
  int32_t retry;               /**< frames after which a slow device that runs nothing is tried again, then doubled (512); -1: never */
  float margin;                /**< how much faster another placement must be (0.15) */
} inlay_adaptive_config;

/**
 * Makes the session that inlay_session_create makes of the model's stored placement, and what is needed to leave it.
 * @errors BAD_INDEX, NO_DEVICE: no stored placement, or not of devices that are here; UNSUPPORTED: it has no costs, or
 * there is nothing to choose from; and as inlay_session_create.
 */
INLAY_API inlay_status inlay_adaptive_create(const inlay_model* model, const inlay_adaptive_config* config, inlay_adaptive** out,
                                             inlay_error* error);
/** Ends it, after what is being prepared in the background. NULL is accepted. */
INLAY_API void inlay_adaptive_destroy(inlay_adaptive* adaptive);

/**
 * As of a session, and the same memory whichever placement runs. Inputs are only read: they keep their contents over runs.
 * Outputs have those of the last run until the next one.
 */
INLAY_API void* inlay_adaptive_input(inlay_adaptive* adaptive, int32_t index);
INLAY_API const void* inlay_adaptive_output(inlay_adaptive* adaptive, int32_t index);
/** As inlay_session_bind_input and _output, for this session and all to come; data NULL goes back to the memory above. */
INLAY_API inlay_status inlay_adaptive_bind_input(inlay_adaptive* adaptive, int32_t index, const void* data, size_t bytes,
                                                 inlay_error* error);
INLAY_API inlay_status inlay_adaptive_bind_output(inlay_adaptive* adaptive, int32_t index, void* data, size_t bytes,
                                                  inlay_error* error);

/**
 * Runs one frame. Variables go along from placement to placement. Allocates nothing where sessions do not. A frame that fails
 * under a placement on trial is run again by the one before, and that placement is given up. @errors as inlay_session_run.
 */
INLAY_API inlay_status inlay_adaptive_run(inlay_adaptive* adaptive, inlay_error* error);
/** As inlay_session_reset. */
INLAY_API inlay_status inlay_adaptive_reset(inlay_adaptive* adaptive, inlay_error* error);
/**
 * by_step: plans and prepares, if there is anything to do; it may take as long as making a session. Any one thread may call it, also
 * while another one runs frames. `worked`: 1 when there was something; may be NULL. @errors BAD_STATE without by_step.
 */
INLAY_API inlay_status inlay_adaptive_step(inlay_adaptive* adaptive, int32_t* worked, inlay_error* error);

/** What happened so far. */
typedef struct inlay_adaptive_info {
  uint32_t struct_size;
  int32_t stored_runs;          /**< 1: the placement that the model stores runs */
  int32_t trying;               /**< 1: another one is on trial */
  int32_t processors;           /**< of inlay_adaptive_processor */
  uint64_t frames, watched;     /**< those that ran; those of them whose ops were timed */
  uint64_t plans;               /**< searches for a placement */
  uint64_t trials, switches, rejected, failed;
  double expected_us;           /**< a frame by the placement that runs, by the costs and factors of the last search; 0: no search yet */
  double measured_us;           /**< median of the last frames; 0: none yet */
  const inlay_session* session; /**< which runs, for questions alone, until the next run */
} inlay_adaptive_info;
/** struct_size must be set. For the thread that runs frames. @errors BAD_ARGUMENT. */
INLAY_API inlay_status inlay_adaptive_info_of(const inlay_adaptive* adaptive, inlay_adaptive_info* out);

/** What slows down as one: an accelerator, or the host's CPU with all devices that compute on it. */
typedef struct inlay_adaptive_processor {
  const char* name;  /**< of its first device; good as long as the inlay_adaptive */
  float factor;      /**< what its ops took against the stored costs, when last seen; 1 where never */
  int32_t seen;      /**< 1: the placement that runs uses it; 0: the factor is an old one, or none */
} inlay_adaptive_processor;
/** @errors BAD_INDEX. */
INLAY_API inlay_status inlay_adaptive_processor_at(const inlay_adaptive* adaptive, int32_t index, inlay_adaptive_processor* out);

#ifdef __cplusplus
}
#endif
#endif /* INLAY_ADAPTIVE_H */
