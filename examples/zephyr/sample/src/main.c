/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads one handwritten digit of 8 by 8 pixels. The memory is static, like that of a stack or a pool; nothing needs a heap.
 */
#include <string.h>
#include <zephyr/kernel.h>
#include <zephyr/sys/printk.h>

#include "digits_model.h" /* written by inlay embed */

static uint8_t session_memory[DIGITS_SESSION_BYTES] __aligned(16);
static uint8_t planned[DIGITS_PLANNED_BYTES] __aligned(16);
static uint8_t scratch[DIGITS_SCRATCH_BYTES + 1] __aligned(16);

/* From a sensor, one would think. -128 is white, 127 black. */
static const int8_t picture[64] = {
    -128, -128, 15,   127,  127,  127,  -48,  -128, /**/
    -128, -112, 95,   31,   0,    127,  0,    -128, /**/
    -128, -128, -128, -128, -16,  127,  -80,  -128, /**/
    -128, -80,  0,    47,   111,  127,  47,   -128, /**/
    -128, 0,    127,  127,  111,  47,   -80,  -128, /**/
    -128, -128, -96,  127,  -16,  -128, -128, -128, /**/
    -128, -128, 0,    127,  -112, -128, -128, -128, /**/
    -128, -128, 79,   31,   -128, -128, -128, -128,
};

int main(void) {
  static inlay_error error;
  const inlay_arena memory = {
      {session_memory, DIGITS_SESSION_BYTES}, {planned, DIGITS_PLANNED_BYTES}, {scratch, DIGITS_SCRATCH_BYTES}};
  inlay_session* session = NULL;
  const int8_t* scores;
  uint32_t started;
  int best = 0;

  if (inlay_session_init_prepared(&digits_model, &memory, &session, &error) != INLAY_OK) {
    printk("inlay: %s\n", error.text);
    return 1;
  }
  memcpy(inlay_session_input(session, 0), picture, sizeof(picture));
  started = k_cycle_get_32();
  if (inlay_session_run(session, &error) != INLAY_OK) {
    printk("inlay: %s\n", error.text);
    return 1;
  }
  started = k_cycle_get_32() - started;
  scores = inlay_session_output(session, 0);
  for (int i = 1; i < 10; i++) {
    if (scores[i] > scores[best]) best = i;
  }
  printk("this is a %d, found in %u cycles\n", best, started);
  return 0;
}
