/* SPDX-License-Identifier: Apache-2.0
 *
 * What a prepared model in flash may be given wrong: each case ends in a status, none in a fault. An op that is missing is no
 * case here: its steps name the functions, and the linker would not find one.
 */
#include <string.h>

#include "app.h"
#include "app_model.h"
#include "board/board.h"
#include "expect.h"

enum { SLACK = 16, STRIDE = 5 };

#define ALIGNED __attribute__((aligned(16)))
static unsigned char session_memory[APP_SESSION_BYTES + SLACK] ALIGNED;
static unsigned char planned[APP_PLANNED_BYTES + SLACK] ALIGNED;
static unsigned char scratch[APP_SCRATCH_BYTES + SLACK] ALIGNED;

static inlay_session* session;
static inlay_error error;
static unsigned char good[256], answer[256];
static size_t answer_bytes;

static inlay_arena whole_arena(void) {
  const inlay_arena arena = {{session_memory, APP_SESSION_BYTES}, {planned, APP_PLANNED_BYTES}, {scratch, APP_SCRATCH_BYTES}};
  return arena;
}

static inlay_status run_all(void) {
  const inlay_arena arena = whole_arena();
  inlay_tensor_info out;
  inlay_status status = inlay_prepared_check(&app_model, &error);
  if (status == INLAY_OK) status = inlay_session_init_prepared(&app_model, &arena, &session, &error);
  if (status == INLAY_OK) status = inlay_model_output_info(&app_model, 0, &out);
  if (status != INLAY_OK) return status;
  memcpy(inlay_session_input(session, 0), app_input, app_input_bytes);
  status = inlay_session_run(session, &error);
  answer_bytes = out.bytes <= sizeof(answer) ? out.bytes : sizeof(answer);
  if (status == INLAY_OK) memcpy(answer, inlay_session_output(session, 0), answer_bytes);
  inlay_session_deinit(session);
  return status;
}

static void corrupt_model(void) {
  const unsigned char* data = app_model.prepared->data;
  const size_t bytes = app_model.prepared->data_bytes;
  size_t at;
  flip(data + bytes / 2);
  expect("a byte flipped in the middle of the data", run_all(), INLAY_STATUS_MODEL_CORRUPT, &error);
  flip(data + bytes / 2);
  for (at = 0; at < bytes; at += STRIDE) {
    flip(data + at);
    expect_all("flipped byte", (uint32_t)at, inlay_prepared_check(&app_model, &error) == INLAY_STATUS_MODEL_CORRUPT);
    flip(data + at);
  }
}

/* init with a model, or one block of memory, that is not as it should be. */
static void init(const char* what, const inlay_model* model, const inlay_arena* arena, inlay_status want) {
  expect(what, inlay_session_init_prepared(model, arena, &session, &error), want, &error);
}

static void bad_models(void) {
  const inlay_arena arena = whole_arena();
  inlay_prepared prepared = *app_model.prepared;
  inlay_model model = app_model;
  model.prepared = &prepared;
  prepared.version++;
  init("tables of another version", &model, &arena, INLAY_STATUS_UNSUPPORTED);
  expect("tables of another version, checked", inlay_prepared_check(&model, &error), INLAY_STATUS_UNSUPPORTED, &error);
  model.prepared = NULL;
  init("a model that is not prepared", &model, &arena, INLAY_STATUS_UNSUPPORTED);
  init("no model", NULL, &arena, INLAY_STATUS_BAD_ARGUMENT);
  init("no memory", &app_model, NULL, INLAY_STATUS_BAD_ARGUMENT);
}

static void bad_blocks(void) {
  static const char* const names[][3] = {{"session one byte too small", "session misaligned", "no session block"},
                                         {"planned one byte too small", "planned misaligned", "no planned block"},
                                         {"scratch one byte too small", "scratch misaligned", "no scratch block"}};
  int which;
  for (which = 0; which < 3; which++) {
    inlay_arena arena = whole_arena();
    inlay_block* block = which == 0 ? &arena.persistent : which == 1 ? &arena.planned : &arena.scratch;
    const inlay_block whole = *block;
    block->data = (unsigned char*)whole.data + 1;
    init(names[which][1], &app_model, &arena, INLAY_STATUS_MEMORY_MISALIGNED);
    *block = whole;
    if (whole.bytes == 0) continue;
    block->bytes--;
    init(names[which][0], &app_model, &arena, INLAY_STATUS_MEMORY_TOO_SMALL);
    block->data = NULL;
    init(names[which][2], &app_model, &arena, INLAY_STATUS_BAD_ARGUMENT);
  }
}

int main(void) {
  board_print("bad input on " BOARD_NAME ", model: prepared\n");
  expect("a good model", run_all(), INLAY_OK, &error);
  memcpy(good, answer, answer_bytes);
  corrupt_model();
  bad_models();
  bad_blocks();
  expect("a good model, after all that", run_all(), INLAY_OK, &error);
  expect_all("another answer than at first", 0, memcmp(answer, good, answer_bytes) == 0);
  return expect_end();
}
