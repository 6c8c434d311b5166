// SPDX-License-Identifier: Apache-2.0
#include "beside.h"

#include <dlfcn.h>
#include <stddef.h>
#include <unistd.h>

#include <initializer_list>

namespace inlay {
namespace {

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
  if (dladdr(reinterpret_cast<const void*>(&find_beside), &info) == 0 || info.dli_fname == nullptr) return false;
  if (__builtin_strlen(info.dli_fname) >= sizeof(path)) return false;
  __builtin_strcpy(path, info.dli_fname);
  return keep_folder(path);
}

bool is_there(char (&path)[kMostPath], size_t folder, const char* below, const char* file) {
  const size_t length = __builtin_strlen(below), name = __builtin_strlen(file);
  if (folder + length + name >= sizeof(path)) return false;
  __builtin_memcpy(path + folder, below, length);
  __builtin_memcpy(path + folder + length, file, name + 1);
  return access(path, R_OK) == 0;
}

}  // namespace

bool find_beside(const char* file, const char* installed, char (&path)[kMostPath]) {
  for (const auto folder_of : {folder_of_program, folder_of_this_code}) {
    if (!folder_of(path)) continue;
    const size_t folder = __builtin_strlen(path);
    for (const char* below : {"", "../lib/"}) {
      if (is_there(path, folder, below, file)) return true;
    }
  }
  return is_there(path, 0, installed, file);
}

}  // namespace inlay
