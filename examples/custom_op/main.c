/* SPDX-License-Identifier: Apache-2.0
 *
 * The op linked into a program: custom_op mish_float.inlay < input.bin > output.bin
 */
#include <inlay/inlay.h>
#include <stdio.h>
#include <stdlib.h>

#include "mish.h"

/* One table with Inlay's ops and ours. A firmware lists only those of its model (inlay embed writes that table). */
static inlay_op_table all_ops(void) {
  const inlay_op_table* known = inlay_default_ops();
  const inlay_op** list = malloc(((size_t)known->count + 1) * sizeof(*list));
  inlay_op_table table = {list, 0};
  if (list == NULL) return table;
  for (int32_t i = 0; i < known->count; i++) list[table.count++] = known->ops[i];
  list[table.count++] = &mish_op;
  return table;
}

int main(int argc, char** argv) {
  inlay_error error = {"usage: custom_op MODEL.inlay < INPUT > OUTPUT"};
  inlay_model* model = NULL;
  inlay_session* session = NULL;
  inlay_tensor_info in, out;
  const inlay_op_table ops = all_ops();
  inlay_config config = {0};
  config.struct_size = sizeof(config);
  config.ops = &ops;
  int failed = argc != 2 || ops.count == 0 || inlay_model_open_file(argv[1], NULL, &model, &error) != INLAY_OK ||
               inlay_session_create(model, &config, &session, &error) != INLAY_OK ||
               inlay_model_input_info(model, 0, &in) != INLAY_OK || inlay_model_output_info(model, 0, &out) != INLAY_OK;
  if (!failed) {
    failed =
        fread(inlay_session_input(session, 0), 1, in.bytes, stdin) != in.bytes || inlay_session_run(session, &error) != INLAY_OK;
  }
  if (failed) {
    fprintf(stderr, "custom_op: %s\n", error.text[0] != '\0' ? error.text : "the input is too short");
  } else {
    fwrite(inlay_session_output(session, 0), 1, out.bytes, stdout);
  }
  inlay_session_destroy(session);
  inlay_model_close(model);
  free((void*)ops.ops);
  return failed;
}
