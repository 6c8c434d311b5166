/* SPDX-License-Identifier: Apache-2.0
 *
 * The firmware: start a session, run the model on one input, print the answer and what it cost. Without a heap and without an OS.
 */
#include <string.h>

#include "app.h"
#include "board/board.h"
#include "engine.h"
#include "print.h"

typedef struct cost {
  uint32_t ticks, stack;
} cost;

static void line(const char* what, uint32_t value, const char* unit) {
  board_print(what);
  print_number(value);
  board_print(unit);
}

static int fail(const char* what, inlay_status status, const inlay_error* error) {
  board_print(what);
  board_print(": ");
  board_print(inlay_status_name(status));
  board_print(": ");
  board_print(error->text[0] != 0 ? error->text : inlay_status_text(status));
  board_print("\n");
  return 1;
}

/* CRC-32 of Ethernet and zip, so that a host can compare the output without seeing it. */
static uint32_t crc32(const unsigned char* bytes, size_t count) {
  uint32_t crc = 0xFFFFFFFFu;
  int bit;
  while (count-- > 0) {
    crc ^= *bytes++;
    for (bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (0xEDB88320u & (0u - (crc & 1u)));
  }
  return ~crc;
}

static uint32_t started;
static void begin(void) {
  board_stack_paint();
  started = board_ticks();
  BOARD_COUNT_BEGIN();
}
static cost end(void) {
  cost c;
  BOARD_COUNT_END();
  c.ticks = board_ticks() - started;
  c.stack = board_stack_used();
  return c;
}

/* One run, the input written anew: the memory of an input may serve other tensors once it is consumed. */
static inlay_status run(inlay_session* session, const inlay_tensor_info* in, cost* c, inlay_error* error) {
  inlay_status status;
  memcpy(inlay_session_input(session, 0), app_input, in->bytes);
  begin();
  status = inlay_session_run(session, error);
  *c = end();
  return status;
}

/* What the session uses, which may be less than the blocks it was given. */
static void report_memory(const inlay_session* session) {
  const uint32_t model = (uint32_t)(link_model_end - link_model_begin);
  inlay_memory_use use;
  if (inlay_session_memory(session, &use) != INLAY_OK) return;
  line("flash    code ", (uint32_t)(link_flash_end - link_flash_begin) - model - app_input_bytes, "");
  line(", model ", model, " bytes\n");
  line("ram      tables ", (uint32_t)engine_table_bytes(), "");
  line(", session ", (uint32_t)use.persistent, "");
  line(", planned ", (uint32_t)use.planned, "");
  line(", scratch ", (uint32_t)use.scratch, " bytes\n");
}

static void report_cost(const cost* init, const cost* first, const cost* second) {
  line("stack    init ", init->stack, "");
  line(", run ", second->stack, "");
  line(" of ", (uint32_t)(link_stack_top - link_stack_limit), " bytes\n");
  line("ticks    init ", init->ticks, "");
  line(", first run ", first->ticks, "");
  line(", second run ", second->ticks, "\n");
}

int main(void) {
  static inlay_error error; /* not on the stack: 128 bytes */
  static inlay_tensor_info in, out;
  static cost init, first, second;
  inlay_session* session = NULL;
  inlay_status status;
  const unsigned char* output;

  board_print(app_title);
  board_print(" on " BOARD_NAME ", model: ");
  board_print(engine_name);
  board_print("\n");
  begin();
  status = engine_init(&session, &in, &out, &error);
  init = end();
  if (status != INLAY_OK) return fail("init", status, &error);
  if (in.bytes != app_input_bytes) return fail("input", INLAY_STATUS_BAD_ARGUMENT, &error);
  status = run(session, &in, &first, &error);
  if (status == INLAY_OK) status = run(session, &in, &second, &error);
  if (status != INLAY_OK) return fail("run", status, &error);

  output = inlay_session_output(session, 0);
  board_print("answer   ");
  app_answer(&in, app_input, &out, output);
  board_print("\noutput   crc32 0x");
  print_hex(crc32(output, out.bytes));
  line(", ", (uint32_t)out.bytes, " bytes\n");
  report_memory(session);
  report_cost(&init, &first, &second);
  inlay_session_deinit(session);
  return 0;
}
