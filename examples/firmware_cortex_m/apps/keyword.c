/* SPDX-License-Identifier: Apache-2.0 */
#include "app.h"

const char app_title[] = "keyword spotting";

static const char* const labels[] = {"down", "go", "left", "no", "off", "on", "right", "stop", "up", "yes", "silence", "unknown"};

void app_answer(const inlay_tensor_info* in, const void* input, const inlay_tensor_info* out, const void* output) {
  (void)in, (void)input;
  app_print_best(out, output, labels, (int32_t)(sizeof(labels) / sizeof(labels[0])));
}
