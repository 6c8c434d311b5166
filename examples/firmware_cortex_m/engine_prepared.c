/* SPDX-License-Identifier: Apache-2.0 */
#include "app_model.h" /* written by inlay embed */
#include "engine.h"

#define ROOM(bytes) ((bytes) > 0 ? (bytes) : 1)
#define ALIGNED __attribute__((aligned(16)))
static unsigned char session_memory[APP_SESSION_BYTES] ALIGNED;
static unsigned char planned[ROOM(APP_PLANNED_BYTES)] ALIGNED;
static unsigned char scratch[ROOM(APP_SCRATCH_BYTES)] ALIGNED;

const char engine_name[] = "prepared";

/* Who wants to know at every start that the flash has not changed calls inlay_prepared_check(&app_model, error) first. */
inlay_status engine_init(inlay_session** session, inlay_tensor_info* in, inlay_tensor_info* out, inlay_error* error) {
  const inlay_arena arena = {{session_memory, APP_SESSION_BYTES}, {planned, APP_PLANNED_BYTES}, {scratch, APP_SCRATCH_BYTES}};
  inlay_status status = inlay_session_init_prepared(&app_model, &arena, session, error);
  if (status == INLAY_OK) status = inlay_model_input_info(&app_model, 0, in);
  if (status == INLAY_OK) status = inlay_model_output_info(&app_model, 0, out);
  return status;
}

size_t engine_table_bytes(void) { return 0; }
