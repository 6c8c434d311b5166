/* SPDX-License-Identifier: Apache-2.0
 *
 * Inlay: placements that `inlay tune` has measured and stored in a model, for programs that show or choose them.
 * inlay_session_create without devices follows one by itself.
 */
#ifndef INLAY_PLACEMENT_H
#define INLAY_PLACEMENT_H

#include "inlay/graph.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A placement of the main graph that `inlay tune` has measured and stored. Pointers lead into the model. */
typedef struct inlay_placement {
  int32_t device_count;   /**< 1 to 254 */
  int32_t threads;        /**< of the sessions that were measured; 0: not told */
  const uint8_t* devices; /**< per node the index of its device, INLAY_PLACED_FREELY: choose; NULL: all 0 */
  const float* costs_us;  /**< node_count x device_count, row by row: measured microseconds, below 0: none; or NULL */
  float predicted_us;     /**< one run; 0: not told */
  const char* board;      /**< the machine, for people; never NULL */
  const char* profile;    /**< names the measurements; never NULL */
} inlay_placement;
#define INLAY_PLACED_FREELY 255

/** What it takes to reach a device, beside its ops. A tensor takes latency + bytes / bytes per microsecond; a rate of 0: the size
 * does not matter, as for memory that is only mapped. Devices that compute in the host's memory have no transfers: all 0. */
typedef struct inlay_device_link {
  float start_us, submit_us;      /**< each time ops begin there: on the device; on the host, which hands them over */
  float to_us, to_bytes_per_us;     /**< each tensor it reads that was not made there */
  float from_us, from_bytes_per_us; /**< each tensor made there that is read elsewhere */
} inlay_device_link;

/** How many placements a model has. */
INLAY_API int32_t inlay_model_placement_count(const inlay_model* model);
/** @errors BAD_INDEX. */
INLAY_API inlay_status inlay_model_placement(const inlay_model* model, int32_t index, inlay_placement* out);
/** What inlay_device_find takes for device `device` of placement `index`; NULL for a bad index. */
INLAY_API const char* inlay_model_placement_device(const inlay_model* model, int32_t index, int32_t device);
/** One per device of placement `index`, as measured when its costs were; NULL: the model does not tell, or a bad index. */
INLAY_API const inlay_device_link* inlay_model_placement_links(const inlay_model* model, int32_t index);
/**
 * Hosts: the placement that inlay_session_create follows where no devices are given: of those whose devices are all here, the
 * one measured with the number of threads nearest to `threads`. -1 with a sentence in `why` when there is none.
 */
INLAY_API int32_t inlay_model_placement_find(const inlay_model* model, int32_t threads, inlay_error* why);

#ifdef __cplusplus
}
#endif
#endif /* INLAY_PLACEMENT_H */
