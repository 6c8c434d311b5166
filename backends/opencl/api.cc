// SPDX-License-Identifier: Apache-2.0
#include "api.h"

#include <dlfcn.h>

#include <mutex>

namespace inlay::opencl {
namespace {

struct Library {
  Api api;
  bool found = false;
  std::string why;

  Library() {
    void* handle = nullptr;
    for (const char* name : {"libOpenCL.so.1", "libOpenCL.so"}) {
      if (handle == nullptr) handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    }
    if (handle == nullptr) {
      why = "no libOpenCL.so.1 on this system: install an OpenCL loader (Debian: ocl-icd-libopencl1) and the device's driver";
      return;
    }
    found = true;
#define INLAY_CL_FIND(name)                                              \
  api.name = reinterpret_cast<decltype(api.name)>(dlsym(handle, #name)); \
  if (api.name == nullptr) {                                             \
    found = false;                                                       \
    why = "libOpenCL.so.1 is older than OpenCL 1.2: it has no " #name;   \
  }
    INLAY_CL_FUNCTIONS(INLAY_CL_FIND)
#undef INLAY_CL_FIND
  }
};

const Library& library() {
  // Never destroyed, and never unloaded: drivers' threads may outlive main().
  static const Library* const once = new Library;
  return *once;
}

struct Name {
  cl_int code;
  const char* text;
};
#define INLAY_CL_NAME(code) \
  { code, #code }
constexpr Name kNames[] = {INLAY_CL_NAME(CL_DEVICE_NOT_FOUND),
                           INLAY_CL_NAME(CL_DEVICE_NOT_AVAILABLE),
                           INLAY_CL_NAME(CL_COMPILER_NOT_AVAILABLE),
                           INLAY_CL_NAME(CL_MEM_OBJECT_ALLOCATION_FAILURE),
                           INLAY_CL_NAME(CL_OUT_OF_RESOURCES),
                           INLAY_CL_NAME(CL_OUT_OF_HOST_MEMORY),
                           INLAY_CL_NAME(CL_PROFILING_INFO_NOT_AVAILABLE),
                           INLAY_CL_NAME(CL_MEM_COPY_OVERLAP),
                           INLAY_CL_NAME(CL_BUILD_PROGRAM_FAILURE),
                           INLAY_CL_NAME(CL_MAP_FAILURE),
                           INLAY_CL_NAME(CL_MISALIGNED_SUB_BUFFER_OFFSET),
                           INLAY_CL_NAME(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST),
                           INLAY_CL_NAME(CL_COMPILE_PROGRAM_FAILURE),
                           INLAY_CL_NAME(CL_INVALID_VALUE),
                           INLAY_CL_NAME(CL_INVALID_DEVICE),
                           INLAY_CL_NAME(CL_INVALID_CONTEXT),
                           INLAY_CL_NAME(CL_INVALID_QUEUE_PROPERTIES),
                           INLAY_CL_NAME(CL_INVALID_COMMAND_QUEUE),
                           INLAY_CL_NAME(CL_INVALID_HOST_PTR),
                           INLAY_CL_NAME(CL_INVALID_MEM_OBJECT),
                           INLAY_CL_NAME(CL_INVALID_BINARY),
                           INLAY_CL_NAME(CL_INVALID_BUILD_OPTIONS),
                           INLAY_CL_NAME(CL_INVALID_PROGRAM),
                           INLAY_CL_NAME(CL_INVALID_PROGRAM_EXECUTABLE),
                           INLAY_CL_NAME(CL_INVALID_KERNEL_NAME),
                           INLAY_CL_NAME(CL_INVALID_KERNEL),
                           INLAY_CL_NAME(CL_INVALID_ARG_INDEX),
                           INLAY_CL_NAME(CL_INVALID_ARG_VALUE),
                           INLAY_CL_NAME(CL_INVALID_ARG_SIZE),
                           INLAY_CL_NAME(CL_INVALID_KERNEL_ARGS),
                           INLAY_CL_NAME(CL_INVALID_WORK_DIMENSION),
                           INLAY_CL_NAME(CL_INVALID_WORK_GROUP_SIZE),
                           INLAY_CL_NAME(CL_INVALID_WORK_ITEM_SIZE),
                           INLAY_CL_NAME(CL_INVALID_EVENT),
                           INLAY_CL_NAME(CL_INVALID_OPERATION),
                           INLAY_CL_NAME(CL_INVALID_BUFFER_SIZE),
                           INLAY_CL_NAME(CL_INVALID_GLOBAL_WORK_SIZE)};
#undef INLAY_CL_NAME

}  // namespace

const Api* find_api(std::string* why) {
  const Library& found = library();
  if (!found.found && why != nullptr) *why = found.why;
  return found.found ? &found.api : nullptr;
}

const Api& cl() { return library().api; }

std::string error_name(cl_int code) {
  for (const Name& name : kNames) {
    if (name.code == code) return std::string(name.text) + " (" + std::to_string(code) + ")";
  }
  return "error " + std::to_string(code);
}

inlay_status status_of(cl_int code) {
  switch (code) {
    case CL_MEM_OBJECT_ALLOCATION_FAILURE:
    case CL_OUT_OF_HOST_MEMORY:
    case CL_INVALID_BUFFER_SIZE: return INLAY_STATUS_OUT_OF_MEMORY;
    default: return INLAY_STATUS_BACKEND_FAILED;
  }
}

void check(cl_int code, const char* what) {
  if (code != CL_SUCCESS) throw Failure(status_of(code), std::string(what) + ": " + error_name(code));
}

}  // namespace inlay::opencl
