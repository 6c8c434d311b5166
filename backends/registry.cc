// SPDX-License-Identifier: Apache-2.0
// The backends of this process: those of backends.inc and those loaded from shared objects.
#include <dlfcn.h>

#include "core/error.h"
#include "inlay/backend.h"

#define INLAY_BACKEND(folder) extern "C" const inlay_backend inlay_backend_##folder;
#include "backends.inc"
#undef INLAY_BACKEND

namespace inlay {
namespace {

constexpr int32_t kMaxLoaded = 16;
constexpr int32_t kMaxDevices = 16;

const inlay_backend* const kBuiltIn[] = {
#define INLAY_BACKEND(folder) &inlay_backend_##folder,
#include "backends.inc"
#undef INLAY_BACKEND
};
constexpr int32_t kBuiltInCount = static_cast<int32_t>(sizeof(kBuiltIn) / sizeof(kBuiltIn[0]));

// Loading is rare and done before sessions are made; the caller serializes it, as inlay.h says of the registry.
const inlay_backend* g_loaded[kMaxLoaded];
int32_t g_loaded_count = 0;

bool equal(const char* a, const char* b, size_t length_of_b) {
  return __builtin_strlen(a) == length_of_b && __builtin_memcmp(a, b, length_of_b) == 0;
}

/// The device "<index>" or alias `name` of `backend`; -1 when it is not one of its devices.
int32_t device_index(const inlay_backend& backend, const char* name, int32_t count, const inlay_device_info* devices) {
  const char* colon = __builtin_strchr(name, ':');
  const size_t length = colon != nullptr ? static_cast<size_t>(colon - name) : __builtin_strlen(name);
  if (equal(backend.name, name, length)) {
    if (colon == nullptr) return 0;
    int32_t index = 0;
    for (const char* p = colon + 1; *p != '\0'; ++p) {
      if (*p < '0' || *p > '9' || index > 1000) return -1;
      index = index * 10 + (*p - '0');
    }
    return colon[1] != '\0' && index < count ? index : -1;
  }
  for (int32_t i = 0; i < count && i < kMaxDevices; ++i) {
    if (devices[i].alias[0] != '\0' && equal(devices[i].alias, name, __builtin_strlen(name))) return i;
  }
  return -1;
}

bool names_backend(const inlay_backend& backend, const char* name) {
  const size_t length = __builtin_strlen(backend.name);
  return __builtin_strncmp(backend.name, name, length) == 0 && (name[length] == '\0' || name[length] == ':');
}

/// Finds device `name` of `backend`; `count`: how many it has.
bool has_device(const inlay_backend& backend, const char* name, inlay_device* out, int32_t* count, inlay_error* why) {
  inlay_device_info devices[kMaxDevices];
  *count = backend.probe(devices, kMaxDevices, why);
  const int32_t index = device_index(backend, name, *count, devices);
  if (index < 0 || index >= *count) return false;
  *out = {&backend, index};
  return true;
}

}  // namespace
}  // namespace inlay

extern "C" {

int32_t inlay_backend_count(void) { return inlay::g_loaded_count + inlay::kBuiltInCount; }

const inlay_backend* inlay_backend_at(int32_t index) {
  if (index < 0 || index >= inlay_backend_count()) return nullptr;
  // The newest plug-in comes first.
  if (index < inlay::g_loaded_count) return inlay::g_loaded[inlay::g_loaded_count - 1 - index];
  return inlay::kBuiltIn[index - inlay::g_loaded_count];
}

inlay_status inlay_backend_load(const char* path, const inlay_backend** out, inlay_error* error) {
  using namespace inlay;
  if (path == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "path is NULL");
  if (g_loaded_count == kMaxLoaded) return INLAY_FAIL(error, UNSUPPORTED, "% backends are loaded already", kMaxLoaded);
  void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return INLAY_FAIL(error, IO, "cannot load the backend: %", dlerror());
  const auto entry = reinterpret_cast<inlay_backend_entry_fn>(dlsym(library, INLAY_BACKEND_ENTRY_NAME));
  const inlay_backend* backend = entry != nullptr ? entry(INLAY_BACKEND_ABI_VERSION) : nullptr;
  if (backend == nullptr || backend->abi_version != INLAY_BACKEND_ABI_VERSION || backend->struct_size < INLAY_BACKEND_REQUIRED_BYTES) {
    dlclose(library);
    return entry == nullptr ? INLAY_FAIL(error, UNSUPPORTED, "not a backend: it exports no %", INLAY_BACKEND_ENTRY_NAME)
                            : INLAY_FAIL(error, UNSUPPORTED, "the backend does not serve ABI version %", INLAY_BACKEND_ABI_VERSION);
  }
  g_loaded[g_loaded_count++] = backend;
  if (out != nullptr) *out = backend;
  return INLAY_OK;
}

inlay_status inlay_device_find(const char* name, inlay_device* out, inlay_error* error) {
  using namespace inlay;
  if (name == nullptr || out == nullptr) return INLAY_FAIL(error, BAD_ARGUMENT, "name or out is NULL");
  for (int32_t b = 0; b < inlay_backend_count(); ++b) {
    const inlay_backend* backend = inlay_backend_at(b);
    if (!names_backend(*backend, name)) continue;
    inlay_error why = {};
    int32_t count = 0;
    if (has_device(*backend, name, out, &count, &why)) return INLAY_OK;
    if (count == 0) return INLAY_FAIL(error, NO_DEVICE, "no device '%': %", name, why.text);
    return INLAY_FAIL(error, NO_DEVICE, "backend '%' has % devices (0 to %), not '%'", backend->name, count, count - 1, name);
  }
  // Another name of a device. Asking a GPU's driver who is there takes its time, so those at hand are asked first.
  for (int32_t b = inlay_backend_count() - 1; b >= 0; --b) {
    int32_t count = 0;
    if (has_device(*inlay_backend_at(b), name, out, &count, nullptr)) return INLAY_OK;
  }
  return INLAY_FAIL(error, NO_DEVICE, "no backend named '%' in this build", name);
}

}  // extern "C"
