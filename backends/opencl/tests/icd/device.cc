// SPDX-License-Identifier: Apache-2.0
// What the device says of itself.
#include <cstring>

#include "state.h"

namespace inlay::icd {
namespace {

/// Where an answer goes.
struct Reply {
  size_t bytes;
  void* value;
  size_t* needs;

  cl_int give(const void* from, size_t size) const {
    if (needs != nullptr) *needs = size;
    if (value == nullptr) return CL_SUCCESS;
    if (bytes < size) return CL_INVALID_VALUE;
    std::memcpy(value, from, size);
    return CL_SUCCESS;
  }
  template <typename T>
  cl_int number(T from) const {
    return give(&from, sizeof(from));
  }
  cl_int text(const char* from) const { return give(from, std::strlen(from) + 1); }
};

cl_int CL_API_CALL get_device_ids(cl_platform_id platform, cl_device_type type, cl_uint room, cl_device_id* out, cl_uint* count) {
  State& state = State::get();
  cl_int status = state.enter(ICD_GET_DEVICE_IDS);
  if (status == CL_SUCCESS && state.device().absent != 0) status = CL_DEVICE_NOT_FOUND;
  if (status == CL_SUCCESS) status = real.clGetDeviceIDs(platform, type, room, out, count);
  if (status == CL_SUCCESS) {
    state.taken(ICD_GET_DEVICE_IDS);
  } else if (count != nullptr) {
    *count = 0;
  }
  return status;
}

cl_int group_sizes(const Reply& reply, cl_device_id device, int64_t most) {
  size_t sizes[16] = {}, needs = 0;
  const cl_int status = real.clGetDeviceInfo(device, CL_DEVICE_MAX_WORK_ITEM_SIZES, sizeof(sizes), sizes, &needs);
  if (status != CL_SUCCESS) return status;
  for (size_t& size : sizes)
    if (size > static_cast<size_t>(most)) size = static_cast<size_t>(most);
  return reply.give(sizes, needs);
}

cl_int CL_API_CALL device_info(cl_device_id id, cl_device_info name, size_t bytes, void* value, size_t* needs) {
  const inlay_icd_device d = State::get().device();
  const Reply reply = {bytes, value, needs};
  switch (name) {
    case CL_DEVICE_AVAILABLE:
      if (State::get().lost() != CL_SUCCESS) return reply.number<cl_bool>(CL_FALSE);
      break;
    case CL_DEVICE_COMPILER_AVAILABLE:
    case CL_DEVICE_LINKER_AVAILABLE:
      if (d.no_compiler != 0) return reply.number<cl_bool>(CL_FALSE);
      break;
    case CL_DEVICE_HOST_UNIFIED_MEMORY:
      if (d.no_unified_memory != 0) return reply.number<cl_bool>(CL_FALSE);
      break;
    case CL_DEVICE_MAX_WORK_GROUP_SIZE:
      if (d.max_work_group > 0) return reply.number(static_cast<size_t>(d.max_work_group));
      break;
    case CL_DEVICE_MAX_WORK_ITEM_SIZES:
      if (d.max_work_group > 0) return group_sizes(reply, id, d.max_work_group);
      break;
    case CL_DEVICE_MEM_BASE_ADDR_ALIGN:  // in bits
      if (d.base_align > 0) return reply.number(static_cast<cl_uint>(8 * d.base_align));
      break;
    case CL_DEVICE_MAX_MEM_ALLOC_SIZE:
      if (d.max_alloc > 0) return reply.number(static_cast<cl_ulong>(d.max_alloc));
      break;
    case CL_DEVICE_GLOBAL_MEM_SIZE:
      if (d.memory > 0) return reply.number(static_cast<cl_ulong>(d.memory));
      break;
    case CL_DEVICE_LOCAL_MEM_SIZE:
      if (d.local_memory > 0) return reply.number(static_cast<cl_ulong>(d.local_memory));
      break;
    case CL_DEVICE_NAME:
      if (d.name[0] != '\0') return reply.text(d.name);
      break;
    case CL_DRIVER_VERSION:
      if (d.driver_version[0] != '\0') return reply.text(d.driver_version);
      break;
    case CL_DEVICE_EXTENSIONS:
      if (d.extensions[0] != '\0') return reply.text(d.extensions);
      break;
    default: break;
  }
  return real.clGetDeviceInfo(id, name, bytes, value, needs);
}

cl_int CL_API_CALL work_group_info(cl_kernel kernel, cl_device_id id, cl_kernel_work_group_info name, size_t bytes, void* value,
                                   size_t* needs) {
  const int64_t most = State::get().device().max_work_group;
  const cl_int status = real.clGetKernelWorkGroupInfo(kernel, id, name, bytes, value, needs);
  if (status == CL_SUCCESS && most > 0 && name == CL_KERNEL_WORK_GROUP_SIZE && value != nullptr) {
    auto* size = static_cast<size_t*>(value);
    if (*size > static_cast<size_t>(most)) *size = static_cast<size_t>(most);
  }
  return status;
}

}  // namespace

void override_device(cl_icd_dispatch* table) {
  table->clGetDeviceIDs = get_device_ids;
  table->clGetDeviceInfo = device_info;
  table->clGetKernelWorkGroupInfo = work_group_info;
}

}  // namespace inlay::icd
