/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "check.h"

static inlay_status measure_copy(const unsigned char* file, size_t size, size_t flip) {
  unsigned char* buffer = malloc(size + 128);
  unsigned char* copy = aligned(buffer);
  size_t need;
  inlay_error error = {""};
  memcpy(copy, file, size);
  if (flip < size) copy[flip] ^= 0x5a;
  const inlay_status status = inlay_model_measure(copy, size, NULL, &need, &error);
  if (status != INLAY_OK) {
    CHECK(error.text[0] != 0);
    CHECK(memchr(error.text, 0, sizeof(error.text)) != NULL);
  }
  free(buffer);
  return status;
}

void check_errors(const void* file, size_t size) {
  inlay_error error = {""};
  inlay_model* model = NULL;
  inlay_device device;
  size_t need;

  CHECK(inlay_model_open_file("/no/such/file.inlay", NULL, &model, &error) == INLAY_STATUS_IO);
  CHECK(strstr(error.text, "/no/such/file.inlay") != NULL);
  CHECK(inlay_model_open_file("/no/such/file.inlay", NULL, &model, NULL) == INLAY_STATUS_IO);
  CHECK(inlay_device_find("abacus", &device, &error) == INLAY_STATUS_NO_DEVICE);
  CHECK(inlay_model_measure((const char*)file + 1, size - 1, NULL, &need, &error) == INLAY_STATUS_MEMORY_MISALIGNED);
  CHECK(inlay_model_measure(NULL, 0, NULL, &need, &error) != INLAY_OK);
  inlay_session_destroy(NULL);
  inlay_session_deinit(NULL);
  inlay_model_close(NULL);

  /* Every truncation and, sampled, every flipped byte is noticed. */
  for (size_t length = 0; length < size; length += length < 256 ? 1 : 97)
    CHECK(measure_copy(file, length, size) == INLAY_STATUS_MODEL_CORRUPT);
  CHECK(measure_copy(file, size - 1, size) == INLAY_STATUS_MODEL_CORRUPT);
  CHECK(measure_copy(file, size, size) == INLAY_OK);
  int noticed = 0, tried = 0;
  for (size_t at = 0; at < size; at += 31, tried++) noticed += measure_copy(file, size, at) != INLAY_OK;
  CHECK(noticed * 10 >= tried * 9); /* padding between segments is not read */

  CHECK(strcmp(inlay_status_name(INLAY_STATUS_MODEL_CORRUPT), "MODEL_CORRUPT") == 0);
  CHECK(strcmp(inlay_status_text(INLAY_OK), "ok") == 0);
  CHECK(inlay_version()[0] != 0);
}
