/* SPDX-License-Identifier: Apache-2.0 */
#include <inlay/inlay.h>
#include <stdio.h>

int main(void) {
  inlay_device device;
  if (inlay_device_find("builtin", &device, NULL) != INLAY_OK) return 1; /* the whole runtime links, not one function */
  puts(inlay_version());
  return 0;
}
