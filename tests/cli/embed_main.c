/* SPDX-License-Identifier: Apache-2.0
 *
 * A firmware's main in small: an embedded digits model in static memory, pixels from stdin, the answer's bytes to stdout.
 */
#include <stdio.h>
#include <string.h>

#include "digits_model.h"

extern const inlay_backend inlay_backend_builtin;

#define ALIGNED __attribute__((aligned(64)))
#define ROOM(bytes) ((bytes) > 0 ? (bytes) : 1)
static unsigned char tables[ROOM(DIGITS_TABLE_BYTES)] ALIGNED;
static unsigned char persistent[ROOM(DIGITS_PERSISTENT_BYTES)] ALIGNED;
static unsigned char planned[ROOM(DIGITS_PLANNED_BYTES)] ALIGNED;
static unsigned char scratch[ROOM(DIGITS_SCRATCH_BYTES)] ALIGNED;

static int fail(const char* what, const inlay_error* error) {
  fprintf(stderr, "%s: %s\n", what, error->text);
  return 1;
}

int main(void) {
  inlay_error error = {""};
  inlay_model* model = NULL;
  inlay_session* session = NULL;
  inlay_tensor_info in, out;
  const inlay_device device = {&inlay_backend_builtin, 1};
  const inlay_block memory = {tables, DIGITS_TABLE_BYTES};
  const inlay_arena arena = {{persistent, DIGITS_PERSISTENT_BYTES}, {planned, DIGITS_PLANNED_BYTES}, {scratch, DIGITS_SCRATCH_BYTES}};
  inlay_arena need;
  size_t table_bytes = 0;
  inlay_config config;
  memset(&config, 0, sizeof(config));
  config.struct_size = sizeof(config);
  config.devices = &device;
  config.device_count = 1;
  config.ops = &digits_ops;

  if (inlay_model_measure(digits_model, DIGITS_MODEL_BYTES, NULL, &table_bytes, &error) != INLAY_OK) return fail("measure", &error);
  if (inlay_model_init(digits_model, DIGITS_MODEL_BYTES, NULL, memory, &model, &error) != INLAY_OK) return fail("model", &error);
  if (inlay_session_measure(model, &config, &need, &error) != INLAY_OK) return fail("session measure", &error);
  if (table_bytes != DIGITS_TABLE_BYTES || need.persistent.bytes != DIGITS_PERSISTENT_BYTES ||
      need.planned.bytes != DIGITS_PLANNED_BYTES || need.scratch.bytes != DIGITS_SCRATCH_BYTES) {
    fprintf(stderr, "the macros differ from what is measured here\n");
    return 1;
  }
  if (inlay_session_init(model, &config, &arena, &session, &error) != INLAY_OK) return fail("session", &error);
  if (inlay_model_input_info(model, 0, &in) != INLAY_OK || inlay_model_output_info(model, 0, &out) != INLAY_OK) return 1;
  if (fread(inlay_session_input(session, 0), 1, in.bytes, stdin) != in.bytes) return 1;
  if (inlay_session_run(session, &error) != INLAY_OK) return fail("run", &error);
  fwrite(inlay_session_output(session, 0), 1, out.bytes, stdout);
  inlay_session_deinit(session);
  return 0;
}
