// SPDX-License-Identifier: Apache-2.0
// Objects but programs: made, retained, released.
#include "wrap.h"

namespace inlay::icd {
namespace {

using D = cl_icd_dispatch;

cl_mem CL_API_CALL create_sub_buffer(cl_mem parent, cl_mem_flags flags, cl_buffer_create_type type, const void* info,
                                     cl_int* status) {
  const int64_t align = State::get().device().base_align;
  const auto* region = static_cast<const cl_buffer_region*>(info);
  if (align > 0 && region != nullptr && region->origin % static_cast<size_t>(align) != 0) {
    if (status != nullptr) *status = CL_MISALIGNED_SUB_BUFFER_OFFSET;
    return nullptr;
  }
  return Wrap<&D::clCreateSubBuffer>::create<ICD_CREATE_SUB_BUFFER, ICD_MEMORY>(parent, flags, type, info, status);
}

cl_int CL_API_CALL create_sub_devices(cl_device_id parent, const cl_device_partition_property* properties, cl_uint room,
                                      cl_device_id* out, cl_uint* count) {
  State& state = State::get();
  cl_int status = state.enter(ICD_CREATE_SUB_DEVICES);
  if (status != CL_SUCCESS) return status;
  cl_uint made = 0;
  status = real.clCreateSubDevices(parent, properties, room, out, &made);
  if (count != nullptr) *count = made;
  if (status != CL_SUCCESS) return status;
  for (cl_uint i = 0; out != nullptr && i < made; ++i) state.made(ICD_SUB_DEVICE, out[i]);
  state.taken(ICD_CREATE_SUB_DEVICES);
  return status;
}

}  // namespace

void override_creation(cl_icd_dispatch* t) {
  t->clCreateContext = Wrap<&D::clCreateContext>::create<ICD_CREATE_CONTEXT, ICD_CONTEXT>;
  t->clCreateContextFromType = Wrap<&D::clCreateContextFromType>::create<ICD_CREATE_CONTEXT, ICD_CONTEXT>;
  t->clCreateCommandQueue = Wrap<&D::clCreateCommandQueue>::create<ICD_CREATE_QUEUE, ICD_QUEUE>;
  t->clCreateCommandQueueWithProperties = Wrap<&D::clCreateCommandQueueWithProperties>::create<ICD_CREATE_QUEUE, ICD_QUEUE>;
  t->clCreateBuffer = Wrap<&D::clCreateBuffer>::create<ICD_CREATE_BUFFER, ICD_MEMORY, 2>;
  t->clCreateSubBuffer = create_sub_buffer;
  t->clCreateImage = Wrap<&D::clCreateImage>::create<ICD_CREATE_IMAGE, ICD_MEMORY>;
  t->clCreateKernel = Wrap<&D::clCreateKernel>::create<ICD_CREATE_KERNEL, ICD_KERNEL>;
  t->clCreateUserEvent = Wrap<&D::clCreateUserEvent>::create<ICD_CREATE_USER_EVENT, ICD_EVENT>;
  t->clCreateSubDevices = create_sub_devices;

  t->clRetainContext = Wrap<&D::clRetainContext>::retain<ICD_CONTEXT>;
  t->clReleaseContext = Wrap<&D::clReleaseContext>::release<ICD_CONTEXT>;
  t->clRetainCommandQueue = Wrap<&D::clRetainCommandQueue>::retain<ICD_QUEUE>;
  t->clReleaseCommandQueue = Wrap<&D::clReleaseCommandQueue>::release<ICD_QUEUE>;
  t->clRetainMemObject = Wrap<&D::clRetainMemObject>::retain<ICD_MEMORY>;
  t->clReleaseMemObject = Wrap<&D::clReleaseMemObject>::release<ICD_MEMORY>;
  t->clRetainProgram = Wrap<&D::clRetainProgram>::retain<ICD_PROGRAM>;
  t->clReleaseProgram = Wrap<&D::clReleaseProgram>::release<ICD_PROGRAM>;
  t->clRetainKernel = Wrap<&D::clRetainKernel>::retain<ICD_KERNEL>;
  t->clReleaseKernel = Wrap<&D::clReleaseKernel>::release<ICD_KERNEL>;
  t->clRetainEvent = Wrap<&D::clRetainEvent>::retain<ICD_EVENT>;
  t->clReleaseEvent = Wrap<&D::clReleaseEvent>::release<ICD_EVENT>;
  t->clRetainDevice = Wrap<&D::clRetainDevice>::retain<ICD_SUB_DEVICE>;
  t->clReleaseDevice = Wrap<&D::clReleaseDevice>::release<ICD_SUB_DEVICE>;
}

}  // namespace inlay::icd
