// SPDX-License-Identifier: Apache-2.0
// Queues, commands and their events.
#include "wrap.h"

namespace inlay::icd {
namespace {

using D = cl_icd_dispatch;

/// What the limits that the device claims allow: a driver that says 64 refuses 128.
cl_int within_limits(cl_kernel kernel, cl_uint dims, const size_t* local) {
  const inlay_icd_device device = State::get().device();
  if (device.max_work_group > 0 && local != nullptr) {
    size_t items = 1;
    for (cl_uint d = 0; d < dims; ++d) items *= local[d];
    if (items > static_cast<size_t>(device.max_work_group)) return CL_INVALID_WORK_GROUP_SIZE;
  }
  cl_ulong bytes = 0;
  if (device.local_memory > 0 &&
      real.clGetKernelWorkGroupInfo(kernel, nullptr, CL_KERNEL_LOCAL_MEM_SIZE, sizeof(bytes), &bytes, nullptr) == CL_SUCCESS &&
      bytes > static_cast<cl_ulong>(device.local_memory)) {
    return CL_OUT_OF_RESOURCES;
  }
  return CL_SUCCESS;
}

cl_int CL_API_CALL enqueue_kernel(cl_command_queue queue, cl_kernel kernel, cl_uint dims, const size_t* offset,
                                  const size_t* global, const size_t* local, cl_uint waits, const cl_event* wait_for,
                                  cl_event* event) {
  const cl_int status = within_limits(kernel, dims, local);
  if (status != CL_SUCCESS) return status;
  return Wrap<&D::clEnqueueNDRangeKernel>::enqueue<ICD_ENQUEUE_KERNEL>(queue, kernel, dims, offset, global, local, waits,
                                                                       wait_for, event);
}

void* CL_API_CALL map_buffer(cl_command_queue queue, cl_mem buffer, cl_bool blocking, cl_map_flags flags, size_t offset,
                             size_t bytes, cl_uint waits, const cl_event* wait_for, cl_event* event, cl_int* status) {
  State& state = State::get();
  const cl_int error = state.enter(ICD_MAP_BUFFER, context_of(queue));
  if (error != CL_SUCCESS) {
    if (status != nullptr) *status = error;
    return nullptr;
  }
  void* at = real.clEnqueueMapBuffer(queue, buffer, blocking, flags, offset, bytes, waits, wait_for, event, status);
  if (at == nullptr) return at;
  if (event != nullptr) state.made(ICD_EVENT, *event);
  state.made(ICD_MAP, at);
  state.taken(ICD_MAP_BUFFER, bytes);
  return at;
}

cl_int CL_API_CALL unmap(cl_command_queue queue, cl_mem buffer, void* at, cl_uint waits, const cl_event* wait_for,
                         cl_event* event) {
  const cl_int status = Wrap<&D::clEnqueueUnmapMemObject>::enqueue<ICD_UNMAP>(queue, buffer, at, waits, wait_for, event);
  State::get().released(ICD_MAP, at);  // also where it is refused: there is no more that the program can do
  return status;
}

/// Every command of a lost device has failed.
cl_int CL_API_CALL event_info(cl_event event, cl_event_info name, size_t bytes, void* value, size_t* needs) {
  const cl_int error = State::get().lost();
  const cl_int status = real.clGetEventInfo(event, name, bytes, value, needs);
  if (status == CL_SUCCESS && error != CL_SUCCESS && name == CL_EVENT_COMMAND_EXECUTION_STATUS && value != nullptr) {
    *static_cast<cl_int*>(value) = error;
  }
  return status;
}

}  // namespace

void override_commands(cl_icd_dispatch* t) {
  t->clEnqueueNDRangeKernel = enqueue_kernel;
  t->clEnqueueReadBuffer = Wrap<&D::clEnqueueReadBuffer>::enqueue<ICD_READ_BUFFER, 4>;
  t->clEnqueueReadBufferRect = Wrap<&D::clEnqueueReadBufferRect>::enqueue<ICD_READ_BUFFER, 5>;
  t->clEnqueueWriteBuffer = Wrap<&D::clEnqueueWriteBuffer>::enqueue<ICD_WRITE_BUFFER, 4>;
  t->clEnqueueWriteBufferRect = Wrap<&D::clEnqueueWriteBufferRect>::enqueue<ICD_WRITE_BUFFER, 5>;
  t->clEnqueueCopyBuffer = Wrap<&D::clEnqueueCopyBuffer>::enqueue<ICD_COPY_BUFFER, 5>;
  t->clEnqueueCopyBufferRect = Wrap<&D::clEnqueueCopyBufferRect>::enqueue<ICD_COPY_BUFFER, 5>;
  t->clEnqueueFillBuffer = Wrap<&D::clEnqueueFillBuffer>::enqueue<ICD_FILL_BUFFER, 5>;
  t->clEnqueueMapBuffer = map_buffer;
  t->clEnqueueUnmapMemObject = unmap;
  t->clEnqueueMarker = Wrap<&D::clEnqueueMarker>::enqueue<ICD_MARKER>;
  t->clEnqueueMarkerWithWaitList = Wrap<&D::clEnqueueMarkerWithWaitList>::enqueue<ICD_MARKER>;
  t->clEnqueueBarrierWithWaitList = Wrap<&D::clEnqueueBarrierWithWaitList>::enqueue<ICD_BARRIER>;
  t->clEnqueueBarrier = Wrap<&D::clEnqueueBarrier>::checked<ICD_BARRIER>;
  t->clEnqueueMigrateMemObjects = Wrap<&D::clEnqueueMigrateMemObjects>::enqueue<ICD_MIGRATE>;
  t->clFlush = Wrap<&D::clFlush>::checked<ICD_FLUSH>;
  t->clFinish = Wrap<&D::clFinish>::checked<ICD_FINISH>;
  t->clWaitForEvents = Wrap<&D::clWaitForEvents>::checked<ICD_WAIT_FOR_EVENTS>;
  t->clSetEventCallback = Wrap<&D::clSetEventCallback>::checked<ICD_SET_EVENT_CALLBACK>;
  t->clGetEventProfilingInfo = Wrap<&D::clGetEventProfilingInfo>::checked<ICD_GET_PROFILING>;
  t->clSetKernelArg = Wrap<&D::clSetKernelArg>::checked<ICD_SET_KERNEL_ARG>;
  t->clGetEventInfo = event_info;
}

}  // namespace inlay::icd
