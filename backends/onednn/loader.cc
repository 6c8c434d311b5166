// SPDX-License-Identifier: Apache-2.0
#include "loader.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include <initializer_list>

#include "core/error.h"

namespace inlay::onednn {
namespace {

constexpr const char* kFile = "libinlay_onednn.so";

/// Cuts a path behind its last slash; false when it has none.
bool keep_folder(char* path) {
  char* slash = __builtin_strrchr(path, '/');
  if (slash == nullptr) return false;
  slash[1] = '\0';
  return true;
}

bool folder_of_program(char (&path)[kMostPath]) {
  const ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
  if (length <= 0) return false;
  path[length] = '\0';
  return keep_folder(path);
}

bool folder_of_this_code(char (&path)[kMostPath]) {
  Dl_info info = {};
  if (dladdr(reinterpret_cast<const void*>(&find_plugin), &info) == 0 || info.dli_fname == nullptr) return false;
  if (__builtin_strlen(info.dli_fname) >= sizeof(path)) return false;
  __builtin_strcpy(path, info.dli_fname);
  return keep_folder(path);
}

bool is_there(char (&path)[kMostPath], size_t folder, const char* below) {
  const size_t length = __builtin_strlen(below), file = __builtin_strlen(kFile);
  if (folder + length + file >= sizeof(path)) return false;
  __builtin_memcpy(path + folder, below, length);
  __builtin_memcpy(path + folder + length, kFile, file + 1);
  return access(path, R_OK) == 0;
}

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

bool find_plugin(char (&path)[kMostPath]) {
  for (const auto folder_of : {folder_of_program, folder_of_this_code}) {
    if (!folder_of(path)) continue;
    const size_t folder = __builtin_strlen(path);
    for (const char* below : {"", "../lib/"}) {
      if (is_there(path, folder, below)) return true;
    }
  }
  return is_there(path, 0, INLAY_ONEDNN_INSTALLED);
}

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
