/* SPDX-License-Identifier: Apache-2.0
 *
 * What a .inlay file in flash may be given wrong: each case ends in a status, none in a fault.
 */
#include <string.h>

#include "app.h"
#include "app_model.h"
#include "board/board.h"
#include "expect.h"

extern const inlay_backend inlay_backend_builtin;
enum { SLACK = 16, STRIDE = 13, OPS_MAX = 16 };

#define ALIGNED __attribute__((aligned(16)))
static unsigned char tables[APP_TABLE_BYTES + SLACK] ALIGNED;
static unsigned char persistent[APP_PERSISTENT_BYTES + SLACK] ALIGNED;
static unsigned char planned[APP_PLANNED_BYTES + SLACK] ALIGNED;
static unsigned char scratch[APP_SCRATCH_BYTES + SLACK] ALIGNED;

static const inlay_device device = {&inlay_backend_builtin, 0};
static inlay_model* model;
static inlay_session* session;
static inlay_error error;
static unsigned char good[256], answer[256];
static size_t answer_bytes;

static inlay_config config_of(const inlay_op_table* ops) {
  inlay_config config;
  memset(&config, 0, sizeof(config));
  config.struct_size = sizeof(config);
  config.devices = &device;
  config.device_count = 1;
  config.ops = ops;
  return config;
}

static inlay_arena whole_arena(void) {
  const inlay_arena arena = {{persistent, APP_PERSISTENT_BYTES}, {planned, APP_PLANNED_BYTES}, {scratch, APP_SCRATCH_BYTES}};
  return arena;
}

static inlay_status open_model(uint32_t skip_crc, size_t size) {
  const inlay_model_config config = {sizeof(config), skip_crc};
  const inlay_block memory = {tables, APP_TABLE_BYTES};
  return inlay_model_init(app_model, size, &config, memory, &model, &error);
}

/* The whole way to an answer, which is put into answer[]. */
static inlay_status run_all(uint32_t skip_crc) {
  const inlay_config config = config_of(&app_ops);
  const inlay_arena arena = whole_arena();
  inlay_tensor_info in, out;
  inlay_status status = open_model(skip_crc, APP_MODEL_BYTES);
  if (status == INLAY_OK) status = inlay_session_init(model, &config, &arena, &session, &error);
  if (status == INLAY_OK) status = inlay_model_input_info(model, 0, &in);
  if (status == INLAY_OK) status = inlay_model_output_info(model, 0, &out);
  if (status != INLAY_OK) return status;
  if (in.bytes <= app_input_bytes) memcpy(inlay_session_input(session, 0), app_input, in.bytes);
  status = inlay_session_run(session, &error);
  answer_bytes = out.bytes <= sizeof(answer) ? out.bytes : sizeof(answer);
  if (status == INLAY_OK) memcpy(answer, inlay_session_output(session, 0), answer_bytes);
  inlay_session_deinit(session);
  return status;
}

/* Each byte of the file is under a checksum or means nothing; without checksums the structure alone is verified, and wrong
 * weights give wrong answers, but nothing is read or written outside of where it belongs. */
static void corrupt_model(void) {
  uint32_t at;
  flip(app_model + APP_MODEL_BYTES / 2);
  expect("a byte flipped in the middle of the model", run_all(0), INLAY_STATUS_MODEL_CORRUPT, &error);
  flip(app_model + APP_MODEL_BYTES / 2);
  flip(app_model + 4);
  expect("not a model at all", run_all(0), INLAY_STATUS_MODEL_CORRUPT, &error);
  flip(app_model + 4);
  expect("half of the model", open_model(0, APP_MODEL_BYTES / 2), INLAY_STATUS_MODEL_CORRUPT, &error);
  expect("no bytes of the model", open_model(0, 0), INLAY_STATUS_MODEL_CORRUPT, &error);
  for (at = 0; at < APP_MODEL_BYTES; at += STRIDE) {
    inlay_status status;
    flip(app_model + at);
    status = run_all(0);
    expect_all("flipped byte", at, status != INLAY_OK || memcmp(answer, good, answer_bytes) == 0);
    (void)run_all(1);
    expect_all("flipped byte without checksums", at, 1); /* to be here is enough: a fault ends the program */
    flip(app_model + at);
  }
}

static void bad_blocks(void) {
  inlay_block memory = {tables, APP_TABLE_BYTES};
  inlay_config config = config_of(&app_ops);
  inlay_arena need, arena;
  inlay_status measured = inlay_model_measure(app_model, APP_MODEL_BYTES, NULL, &memory.bytes, &error);
  int which;
  expect("a good model, measured", measured, INLAY_OK, &error);
  memory.bytes--;
  expect("tables one byte too small", inlay_model_init(app_model, APP_MODEL_BYTES, NULL, memory, &model, &error),
         INLAY_STATUS_MEMORY_TOO_SMALL, &error);
  memory.data = tables + 8;
  memory.bytes = APP_TABLE_BYTES;
  expect("tables misaligned", inlay_model_init(app_model, APP_MODEL_BYTES, NULL, memory, &model, &error),
         INLAY_STATUS_MEMORY_MISALIGNED, &error);
  memory.data = tables;
  expect("a misaligned file", inlay_model_init(app_model + 4, APP_MODEL_BYTES - 4, NULL, memory, &model, &error),
         INLAY_STATUS_MEMORY_MISALIGNED, &error);
  memory.data = NULL;
  expect("no tables", inlay_model_init(app_model, APP_MODEL_BYTES, NULL, memory, &model, &error), INLAY_STATUS_BAD_ARGUMENT,
         &error);

  expect("a good model", open_model(0, APP_MODEL_BYTES), INLAY_OK, &error);
  expect("a good session, measured", inlay_session_measure(model, &config, &need, &error), INLAY_OK, &error);
  for (which = 0; which < 2; which++) {
    inlay_block* block = which == 0 ? &arena.persistent : &arena.planned;
    arena = whole_arena();
    block->bytes = (which == 0 ? need.persistent.bytes : need.planned.bytes) - 1;
    expect(which == 0 ? "persistent one byte too small" : "planned one byte too small",
           inlay_session_init(model, &config, &arena, &session, &error), INLAY_STATUS_MEMORY_TOO_SMALL, &error);
    arena = whole_arena();
    block->data = (unsigned char*)block->data + 1;
    expect(which == 0 ? "persistent misaligned" : "planned misaligned",
           inlay_session_init(model, &config, &arena, &session, &error), INLAY_STATUS_MEMORY_MISALIGNED, &error);
  }
}

static void missing_ops(void) {
  const inlay_op* kept[OPS_MAX];
  inlay_op_table ops = {kept, app_ops.count - 1};
  const inlay_config config = config_of(&ops);
  const inlay_arena arena = whole_arena();
  int32_t missing, i;
  expect("a good model", open_model(0, APP_MODEL_BYTES), INLAY_OK, &error);
  for (missing = 0; missing < app_ops.count && app_ops.count <= OPS_MAX; missing++) {
    for (i = 0; i < ops.count; i++) kept[i] = app_ops.ops[i < missing ? i : i + 1];
    expect("an op missing from the table", inlay_session_init(model, &config, &arena, &session, &error), INLAY_STATUS_OP_UNKNOWN,
           &error);
  }
}

int main(void) {
  board_print("bad input on " BOARD_NAME ", model: file\n");
  expect("a good model", run_all(0), INLAY_OK, &error);
  memcpy(good, answer, answer_bytes);
  corrupt_model();
  bad_blocks();
  missing_ops();
  expect("a good model, after all that", run_all(0), INLAY_OK, &error);
  expect_all("another answer than at first", 0, memcmp(answer, good, answer_bytes) == 0);
  return expect_end();
}
