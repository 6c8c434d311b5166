// SPDX-License-Identifier: Apache-2.0
// The test ICD: PoCL with the functions of its dispatch table replaced where they are to fail or to be counted.
//
// Every object of a driver begins with the address of its dispatch table, and the loader calls through that. PoCL has one
// table for all of them, and calls itself by other names: what is written into the table sees the calls of the program and
// no others.
#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "state.h"

#define INLAY_ICD_EXPORT extern "C" __attribute__((visibility("default")))

namespace inlay::icd {

cl_icd_dispatch real = {};

namespace {

/// What OpenCL 2.0 has: the entries of later versions may lie behind the end of the driver's table.
constexpr size_t kTableBytes = offsetof(cl_icd_dispatch, clCreatePipe);

bool make_writable(void* at, size_t bytes) {
  const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const uintptr_t first = reinterpret_cast<uintptr_t>(at) / page * page;
  const uintptr_t end = reinterpret_cast<uintptr_t>(at) + bytes;
  return mprotect(reinterpret_cast<void*>(first), end - first, PROT_READ | PROT_WRITE) == 0;
}

void settings_of_environment() {
  const char* settings = std::getenv("INLAY_ICD");
  const std::string bad = apply_settings(settings != nullptr ? settings : "", &State::get());
  if (!bad.empty()) {
    std::fprintf(stderr, "test ICD: INLAY_ICD: '%s' is no setting\n", bad.c_str());
    std::abort();  // a test would otherwise pass without its fault
  }
  State::get().keep_device();
  if (std::getenv("INLAY_ICD_REPORT") != nullptr) {
    std::atexit([] { write_report(State::get(), std::getenv("INLAY_ICD_REPORT")); });
  }
}

/// PoCL's first platform, its table ours; NULL when it has none.
cl_platform_id take_over() {
  void* driver = dlopen(INLAY_ICD_DRIVER, RTLD_NOW | RTLD_LOCAL);
  if (driver == nullptr) {
    std::fprintf(stderr, "test ICD: %s\n", dlerror());
    return nullptr;
  }
  const auto address = reinterpret_cast<cl_api_clGetExtensionFunctionAddress>(dlsym(driver, "clGetExtensionFunctionAddress"));
  const auto platforms =
      address != nullptr ? reinterpret_cast<cl_api_clGetPlatformIDs>(address("clIcdGetPlatformIDsKHR")) : nullptr;
  cl_platform_id platform = nullptr;
  if (platforms == nullptr || platforms(1, &platform, nullptr) != CL_SUCCESS) return nullptr;
  cl_icd_dispatch* table = *reinterpret_cast<cl_icd_dispatch**>(platform);
  std::memcpy(&real, table, kTableBytes);
  if (!make_writable(table, kTableBytes)) return nullptr;
  settings_of_environment();
  override_creation(table);
  override_commands(table);
  override_device(table);
  override_programs(table);
  return platform;
}

cl_int CL_API_CALL get_platforms(cl_uint room, cl_platform_id* out, cl_uint* count) {
  static const cl_platform_id platform = take_over();
  if (count != nullptr) *count = platform != nullptr ? 1 : 0;
  if (platform == nullptr) return CL_PLATFORM_NOT_FOUND_KHR;
  if (out != nullptr && room > 0) out[0] = platform;
  return CL_SUCCESS;
}

const inlay_icd* control() {
  static const inlay_icd table = {
      sizeof(inlay_icd),
      [] { State::get().reset(); },
      [](inlay_icd_call call, int64_t nth, int64_t times, int32_t error) { State::get().fail(call, nth, times, error); },
      [](int64_t nth, int32_t error) { State::get().lose(nth, error); },
      [](inlay_icd_call call, int64_t milliseconds) { State::get().set_delay(call, milliseconds); },
      [](const char* text) { State::get().set_log(text); },
      [](const inlay_icd_device* device) { State::get().set_device(device); },
      [](inlay_icd_counts* out) { State::get().counts(out); },
      call_name,
      kind_name};
  return &table;
}

}  // namespace
}  // namespace inlay::icd

INLAY_ICD_EXPORT const inlay_icd* inlay_icd_entry(void) { return inlay::icd::control(); }

// What a loader asks an ICD for, by name and by address.
INLAY_ICD_EXPORT cl_int CL_API_CALL clIcdGetPlatformIDsKHR(cl_uint room, cl_platform_id* out, cl_uint* count) {
  return inlay::icd::get_platforms(room, out, count);
}
INLAY_ICD_EXPORT cl_int CL_API_CALL clGetPlatformInfo(cl_platform_id platform, cl_platform_info name, size_t bytes, void* value,
                                                      size_t* needs) {
  return inlay::icd::real.clGetPlatformInfo(platform, name, bytes, value, needs);
}
INLAY_ICD_EXPORT void* CL_API_CALL clGetExtensionFunctionAddress(const char* name) {
  if (std::strcmp(name, "clIcdGetPlatformIDsKHR") == 0) return reinterpret_cast<void*>(&clIcdGetPlatformIDsKHR);
  if (std::strcmp(name, "clGetPlatformInfo") == 0) return reinterpret_cast<void*>(&clGetPlatformInfo);
  return nullptr;
}
