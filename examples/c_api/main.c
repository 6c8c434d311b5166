/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs a model once on an input of zeros and prints what comes out: c_api digits_int8.inlay
 */
#include <inlay/inlay.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char** argv) {
  inlay_error error = {"usage: c_api MODEL.inlay"};
  inlay_model* model = NULL;
  inlay_session* session = NULL;
  inlay_tensor_info in, out;
  int failed = argc != 2 || inlay_model_open_file(argv[1], NULL, &model, &error) != INLAY_OK ||
               inlay_session_create(model, NULL, &session, &error) != INLAY_OK ||
               inlay_model_input_info(model, 0, &in) != INLAY_OK || inlay_model_output_info(model, 0, &out) != INLAY_OK;
  if (!failed) {
    memset(inlay_session_input(session, 0), 0, in.bytes); /* write every input before every run */
    failed = inlay_session_run(session, &error) != INLAY_OK;
  }
  if (failed) {
    fprintf(stderr, "%s\n", error.text);
  } else {
    const unsigned char* bytes = inlay_session_output(session, 0);
    printf("%s (%s):", out.name, inlay_dtype_name(out.dtype));
    for (size_t i = 0; i < out.bytes; i++) printf(" %02x", bytes[i]);
    printf("\n");
  }
  inlay_session_destroy(session);
  inlay_model_close(model);
  return failed;
}
