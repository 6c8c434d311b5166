/* SPDX-License-Identifier: Apache-2.0 */
#include "app.h"

const char app_title[] = "picture classification";

static const char* const labels[] = {"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"};

void app_answer(const inlay_tensor_info* in, const void* input, const inlay_tensor_info* out, const void* output) {
  (void)in, (void)input;
  app_print_best(out, output, labels, (int32_t)(sizeof(labels) / sizeof(labels[0])));
}
