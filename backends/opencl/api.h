// SPDX-License-Identifier: Apache-2.0
// The functions of libOpenCL, found when the first device is asked for: programs of hosts without OpenCL load and run.
#pragma once
#define CL_TARGET_OPENCL_VERSION 120
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl.h>

#include <string>
#include <utility>

#include "using.h"

namespace inlay::opencl {

#define INLAY_CL_FUNCTIONS(X)                                                                                              \
  X(clGetPlatformIDs)                                                                                                      \
  X(clGetPlatformInfo) X(clGetDeviceIDs) X(clGetDeviceInfo) X(clCreateContext) X(clReleaseContext) X(clCreateCommandQueue) \
      X(clReleaseCommandQueue) X(clCreateBuffer) X(clCreateSubBuffer) X(clReleaseMemObject) X(clCreateProgramWithSource)   \
          X(clCreateProgramWithBinary) X(clBuildProgram) X(clGetProgramInfo) X(clGetProgramBuildInfo) X(clReleaseProgram)  \
              X(clCreateKernel) X(clReleaseKernel) X(clSetKernelArg) X(clGetKernelWorkGroupInfo) X(clEnqueueNDRangeKernel) \
                  X(clEnqueueReadBuffer) X(clEnqueueWriteBuffer) X(clEnqueueCopyBuffer) X(clEnqueueMapBuffer)              \
                      X(clEnqueueUnmapMemObject) X(clEnqueueMarkerWithWaitList) X(clWaitForEvents) X(clGetEventInfo)       \
                          X(clGetEventProfilingInfo) X(clReleaseEvent) X(clFlush) X(clFinish)

struct Api {
#define INLAY_CL_MEMBER(name) decltype(&::name) name = nullptr;
  INLAY_CL_FUNCTIONS(INLAY_CL_MEMBER)
#undef INLAY_CL_MEMBER
};

/// The library of this process, or NULL with why there is none.
const Api* find_api(std::string* why);
/// The library; only after find_api() has found it.
const Api& cl();

/// The name of an OpenCL error code, such as "CL_OUT_OF_RESOURCES (-5)".
std::string error_name(cl_int code);
/// The status that tells who must act on an error code.
inlay_status status_of(cl_int code);
/// Throws Failure when `code` is an error: "WHAT: CL_... (-n)".
void check(cl_int code, const char* what);

/// Owns one OpenCL object.
template <typename T, auto kRelease>
class Handle {
 public:
  Handle() = default;
  explicit Handle(T object) : object_(object) {}
  Handle(Handle&& from) noexcept : object_(std::exchange(from.object_, nullptr)) {}
  Handle& operator=(Handle&& from) noexcept {
    std::swap(object_, from.object_);
    return *this;
  }
  ~Handle() {
    if (object_ != nullptr) static_cast<void>((cl().*kRelease)(object_));
  }
  T get() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }

 private:
  T object_ = nullptr;
};

using ContextHandle = Handle<cl_context, &Api::clReleaseContext>;
using Queue = Handle<cl_command_queue, &Api::clReleaseCommandQueue>;
using Buffer = Handle<cl_mem, &Api::clReleaseMemObject>;
using Program = Handle<cl_program, &Api::clReleaseProgram>;
using Kernel = Handle<cl_kernel, &Api::clReleaseKernel>;
using Event = Handle<cl_event, &Api::clReleaseEvent>;

}  // namespace inlay::opencl
