// SPDX-License-Identifier: Apache-2.0
// Programs: from source, from binaries, their builds and what remains of a failed one.
#include <algorithm>
#include <cstring>
#include <set>

#include "wrap.h"

namespace inlay::icd {
namespace {

using D = cl_icd_dispatch;

/// Programs whose build was refused here, with their logs; and those that came from source.
struct Builds {
  std::mutex mutex;
  std::map<cl_program, std::string> failed;
  std::set<cl_program> from_source;
};

Builds& builds() {
  static auto* all = new Builds;
  return *all;
}

cl_program CL_API_CALL with_source(cl_context context, cl_uint count, const char** texts, const size_t* sizes, cl_int* status) {
  cl_program program =
      Wrap<&D::clCreateProgramWithSource>::create<ICD_CREATE_PROGRAM_SOURCE, ICD_PROGRAM>(context, count, texts, sizes, status);
  const std::lock_guard<std::mutex> lock(builds().mutex);
  builds().failed.erase(program);
  if (program != nullptr) builds().from_source.insert(program);
  return program;
}

cl_program CL_API_CALL with_binary(cl_context context, cl_uint count, const cl_device_id* devices, const size_t* sizes,
                                   const unsigned char** binaries, cl_int* each, cl_int* status) {
  State& state = State::get();
  const cl_int error = state.enter(ICD_CREATE_PROGRAM_BINARY, context);
  if (error != CL_SUCCESS) {
    for (cl_uint i = 0; each != nullptr && i < count; ++i) each[i] = error;
    if (status != nullptr) *status = error;
    return nullptr;
  }
  cl_program program = real.clCreateProgramWithBinary(context, count, devices, sizes, binaries, each, status);
  if (program == nullptr) return program;
  state.made(ICD_PROGRAM, program);
  state.taken(ICD_CREATE_PROGRAM_BINARY);
  const std::lock_guard<std::mutex> lock(builds().mutex);
  builds().failed.erase(program);
  builds().from_source.erase(program);
  return program;
}

cl_int refusal(cl_program program) {
  State& state = State::get();
  const cl_int status = state.enter(ICD_BUILD_PROGRAM, context_of(program));
  const std::lock_guard<std::mutex> lock(builds().mutex);
  if (status == CL_BUILD_PROGRAM_FAILURE) builds().failed[program] = state.log();
  if (status != CL_SUCCESS) return status;
  builds().failed.erase(program);
  return state.device().no_compiler != 0 && builds().from_source.count(program) != 0 ? CL_COMPILER_NOT_AVAILABLE : CL_SUCCESS;
}

cl_int CL_API_CALL build(cl_program program, cl_uint count, const cl_device_id* devices, const char* options,
                         void(CL_CALLBACK* notify)(cl_program, void*), void* user) {
  const cl_int status = refusal(program);
  if (status == CL_BUILD_PROGRAM_FAILURE && notify != nullptr) {
    notify(program, user);  // a build in the background is found to have failed by its status
    return CL_SUCCESS;
  }
  if (status != CL_SUCCESS) return status;
  const cl_int done = real.clBuildProgram(program, count, devices, options, notify, user);
  if (done == CL_SUCCESS) State::get().taken(ICD_BUILD_PROGRAM);
  return done;
}

cl_int CL_API_CALL build_info(cl_program program, cl_device_id device, cl_program_build_info name, size_t bytes, void* value,
                              size_t* needs) {
  const std::lock_guard<std::mutex> lock(builds().mutex);
  const auto found = builds().failed.find(program);
  if (found == builds().failed.end() || (name != CL_PROGRAM_BUILD_LOG && name != CL_PROGRAM_BUILD_STATUS)) {
    return real.clGetProgramBuildInfo(program, device, name, bytes, value, needs);
  }
  const cl_build_status error = CL_BUILD_ERROR;
  const bool is_log = name == CL_PROGRAM_BUILD_LOG;
  const size_t size = is_log ? found->second.size() + 1 : sizeof(error);
  if (needs != nullptr) *needs = size;
  if (value == nullptr) return CL_SUCCESS;
  if (bytes < size) return CL_INVALID_VALUE;
  std::memcpy(value, is_log ? static_cast<const void*>(found->second.c_str()) : &error, size);
  return CL_SUCCESS;
}

cl_int CL_API_CALL program_info(cl_program program, cl_program_info name, size_t bytes, void* value, size_t* needs) {
  if (name != CL_PROGRAM_BINARIES) return real.clGetProgramInfo(program, name, bytes, value, needs);
  return Wrap<&D::clGetProgramInfo>::checked<ICD_GET_PROGRAM_BINARIES>(program, name, bytes, value, needs);
}

cl_int CL_API_CALL all_kernels(cl_program program, cl_uint room, cl_kernel* kernels, cl_uint* count) {
  State& state = State::get();
  cl_int status = state.enter(ICD_CREATE_KERNEL, context_of(program));
  if (status != CL_SUCCESS) return status;
  cl_uint made = 0;
  status = real.clCreateKernelsInProgram(program, room, kernels, &made);
  if (count != nullptr) *count = made;
  if (status != CL_SUCCESS) return status;
  for (cl_uint i = 0; kernels != nullptr && i < std::min(room, made); ++i) state.made(ICD_KERNEL, kernels[i]);
  state.taken(ICD_CREATE_KERNEL);
  return status;
}

}  // namespace

void override_programs(cl_icd_dispatch* table) {
  table->clCreateProgramWithSource = with_source;
  table->clCreateProgramWithBinary = with_binary;
  table->clBuildProgram = build;
  table->clGetProgramBuildInfo = build_info;
  table->clGetProgramInfo = program_info;
  table->clCreateKernelsInProgram = all_kernels;
}

}  // namespace inlay::icd
