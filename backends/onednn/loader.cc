// SPDX-License-Identifier: Apache-2.0
#include "loader.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

#include "core/error.h"

namespace inlay::onednn {
namespace {

constexpr const char* kFile = "libinlay_onednn.so";

/// libgomp reads the environment once, when it is loaded. By default its idle threads spin so long that a busy neighbour makes a
/// run 15 times slower; where the user says nothing, they spin briefly.
class BriefSpin {
 public:
  BriefSpin() {
    void* loaded = dlopen("libgomp.so.1", RTLD_LAZY | RTLD_NOLOAD);
    if (loaded != nullptr) {
      dlclose(loaded);
      return;
    }
    ours_ =
        getenv("GOMP_SPINCOUNT") == nullptr && getenv("OMP_WAIT_POLICY") == nullptr && setenv("GOMP_SPINCOUNT", "1000", 0) == 0;
  }
  ~BriefSpin() {
    if (ours_) unsetenv("GOMP_SPINCOUNT");
  }

 private:
  bool ours_ = false;
};

pthread_once_t g_once = PTHREAD_ONCE_INIT;
const inlay_backend* g_plugin = nullptr;
inlay_error g_why = {};

void open_once() {
  char path[kMostPath];
  if (find_plugin(path)) {
    g_plugin = open_plugin(path, &g_why);
  } else {
    static_cast<void>(INLAY_FAIL(&g_why, NO_DEVICE, "% lies neither beside the program nor in ../lib", kFile));
  }
}

}  // namespace

bool find_plugin(char (&path)[kMostPath]) { return find_beside(kFile, INLAY_ONEDNN_INSTALLED, path); }

const inlay_backend* open_plugin(const char* path, inlay_error* why) {
  const BriefSpin spin;
  void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    static_cast<void>(INLAY_FAIL(why, NO_DEVICE, "%", dlerror()));
    return nullptr;
  }
  using Entry = const inlay_backend* (*)(uint32_t);
  const auto entry = reinterpret_cast<Entry>(dlsym(library, INLAY_ONEDNN_ENTRY_NAME));
  const inlay_backend* table = entry != nullptr ? entry(INLAY_BACKEND_ABI_VERSION) : nullptr;
  if (table == nullptr || table->struct_size != sizeof(inlay_backend)) {
    dlclose(library);
    static_cast<void>(INLAY_FAIL(why, NO_DEVICE, "% is of another version of Inlay", kFile));
    return nullptr;
  }
  return table;
}

const inlay_backend* plugin(inlay_error* why) {
  pthread_once(&g_once, open_once);
  if (g_plugin == nullptr && why != nullptr) *why = g_why;
  return g_plugin;
}

}  // namespace inlay::onednn
