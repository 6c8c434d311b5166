// SPDX-License-Identifier: Apache-2.0
// libinlay_cuda_emulated.so: the whole backend with the emulated device in the place of the driver, as a backend to be named by its
// path: `--backend .../libinlay_cuda_emulated.so`. It is built with the tests and never installed.
#include "inlay/backend.h"

extern "C" const inlay_backend inlay_backend_cuda;

extern "C" __attribute__((visibility("default"))) const inlay_backend* inlay_backend_entry(uint32_t abi_version) {
  static inlay_backend table = inlay_backend_cuda;
  table.name = "cuda_emulated";
  return abi_version == INLAY_BACKEND_ABI_VERSION ? &table : nullptr;
}
