/* SPDX-License-Identifier: Apache-2.0 */
#include "app_model.h" /* written by inlay embed */
#include "engine.h"

extern const inlay_backend inlay_backend_builtin;
enum { FASTEST_KERNELS = 0 };

#define ROOM(bytes) ((bytes) > 0 ? (bytes) : 1)
#define ALIGNED __attribute__((aligned(16)))
static unsigned char tables[ROOM(APP_TABLE_BYTES)] ALIGNED;
static unsigned char persistent[ROOM(APP_PERSISTENT_BYTES)] ALIGNED;
static unsigned char planned[ROOM(APP_PLANNED_BYTES)] ALIGNED;
static unsigned char scratch[ROOM(APP_SCRATCH_BYTES)] ALIGNED;

static const inlay_device device = {&inlay_backend_builtin, FASTEST_KERNELS};
static const inlay_config config = {.struct_size = sizeof(inlay_config), .devices = &device, .device_count = 1, .ops = &app_ops};

const char engine_name[] = "file";

inlay_status engine_init(inlay_session** session, inlay_tensor_info* in, inlay_tensor_info* out, inlay_error* error) {
  inlay_model* model = NULL;
  const inlay_block memory = {tables, sizeof(tables)};
  const inlay_arena arena = {{persistent, sizeof(persistent)}, {planned, sizeof(planned)}, {scratch, sizeof(scratch)}};
  inlay_status status = inlay_model_init(app_model, APP_MODEL_BYTES, NULL, memory, &model, error);
  if (status == INLAY_OK) status = inlay_session_init(model, &config, &arena, session, error);
  if (status == INLAY_OK) status = inlay_model_input_info(model, 0, in);
  if (status == INLAY_OK) status = inlay_model_output_info(model, 0, out);
  return status;
}

size_t engine_table_bytes(void) {
  size_t bytes = 0;
  return inlay_model_measure(app_model, APP_MODEL_BYTES, NULL, &bytes, NULL) == INLAY_OK ? bytes : 0;
}
