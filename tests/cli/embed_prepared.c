/* SPDX-License-Identifier: Apache-2.0
 *
 * A firmware's main for a prepared model named `net`: the bytes of all inputs from stdin, those of all outputs to stdout, twice
 * in a row so that state which survives runs is seen too. No op table, no backend: what the model names is all that is linked.
 */
#include <stdio.h>
#include <string.h>

#include "net_model.h"

#define ALIGNED __attribute__((aligned(16)))
#define ROOM(bytes) ((bytes) > 0 ? (bytes) : 1)
static unsigned char session_memory[ROOM(NET_SESSION_BYTES)] ALIGNED;
static unsigned char planned[ROOM(NET_PLANNED_BYTES)] ALIGNED;
static unsigned char scratch[ROOM(NET_SCRATCH_BYTES)] ALIGNED;

static int fail(const char* what, const inlay_error* error) {
  fprintf(stderr, "%s: %s\n", what, error->text);
  return 1;
}

static int run(inlay_session* session) {
  inlay_error error = {""};
  inlay_tensor_info info;
  int32_t i;
  for (i = 0; inlay_model_input_info(&net_model, i, &info) == INLAY_OK; ++i) {
    void* input = inlay_session_input(session, i);
    if (input == NULL || fread(input, 1, info.bytes, stdin) != info.bytes) return fail("input", &error);
  }
  if (inlay_session_run(session, &error) != INLAY_OK) return fail("run", &error);
  for (i = 0; inlay_model_output_info(&net_model, i, &info) == INLAY_OK; ++i) fwrite(inlay_session_output(session, i), 1, info.bytes, stdout);
  return 0;
}

/* Blocks a byte too small or off by one are refused, and the others taken. */
static int check_refusals(inlay_session** session) {
  inlay_error error = {""};
  const inlay_arena good = {{session_memory, NET_SESSION_BYTES}, {planned, NET_PLANNED_BYTES}, {scratch, NET_SCRATCH_BYTES}};
  inlay_arena bad = good;
  bad.planned.bytes -= 1;
  if (inlay_session_init_prepared(&net_model, &bad, session, &error) != INLAY_STATUS_MEMORY_TOO_SMALL) return fail("small", &error);
  bad = good;
  bad.persistent.bytes -= 1;
  if (inlay_session_init_prepared(&net_model, &bad, session, &error) != INLAY_STATUS_MEMORY_TOO_SMALL) return fail("small", &error);
  bad = good;
  bad.planned.data = planned + 1;
  if (inlay_session_init_prepared(&net_model, &bad, session, &error) != INLAY_STATUS_MEMORY_MISALIGNED) return fail("askew", &error);
  if (inlay_prepared_check(&net_model, &error) != INLAY_OK) return fail("check", &error);
  if (inlay_session_init_prepared(&net_model, &good, session, &error) != INLAY_OK) return fail("session", &error);
  return 0;
}

int main(void) {
  inlay_session* session = NULL;
  const int refused = check_refusals(&session);
  if (refused != 0) return refused;
  if (run(session) != 0 || run(session) != 0) return 1;
  inlay_session_deinit(session);
  return 0;
}
