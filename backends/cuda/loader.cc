// SPDX-License-Identifier: Apache-2.0
#include "loader.h"

#include <dlfcn.h>
#include <pthread.h>

#include "beside/beside.h"
#include "core/error.h"

namespace inlay::cuda {
namespace {

constexpr const char* kFile = "libinlay_cuda.so";

pthread_once_t g_once = PTHREAD_ONCE_INIT;
const inlay_cuda_driver* g_driver = nullptr;
inlay_error g_why = {};

void open_once() {
  char path[kMostPath];
  if (find_beside(kFile, INLAY_CUDA_INSTALLED, path)) {
    g_driver = open_driver(path, &g_why);
  } else {
    static_cast<void>(INLAY_FAIL(&g_why, NO_DEVICE, "% is not beside the program nor in ../lib; build where nvcc is in PATH", kFile));
  }
}

}  // namespace

const inlay_cuda_driver* open_driver(const char* path, inlay_error* why) {
  void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    static_cast<void>(INLAY_FAIL(why, NO_DEVICE, "%", dlerror()));
    return nullptr;
  }
  const auto entry = reinterpret_cast<inlay_cuda_driver_entry_fn>(dlsym(library, INLAY_CUDA_DRIVER_ENTRY_NAME));
  const inlay_cuda_driver* table = entry != nullptr ? entry(INLAY_CUDA_DRIVER_VERSION) : nullptr;
  if (table == nullptr || table->version != INLAY_CUDA_DRIVER_VERSION || table->struct_size != sizeof(inlay_cuda_driver)) {
    dlclose(library);
    static_cast<void>(INLAY_FAIL(why, NO_DEVICE, "% is of another version of Inlay", kFile));
    return nullptr;
  }
  return table;
}

const inlay_cuda_driver* driver(inlay_error* why) {
  pthread_once(&g_once, open_once);
  if (g_driver == nullptr && why != nullptr) *why = g_why;
  return g_driver;
}

}  // namespace inlay::cuda
