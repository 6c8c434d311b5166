// SPDX-License-Identifier: Apache-2.0
// The test ICD by plain OpenCL: PoCL's answers until a fault is asked for, and what it counts.
#include <chrono>
#include <cstdio>
#include <vector>

#include "fixture.h"

namespace inlay::icd {
namespace {

TEST_F(TestIcd, ComputesWhatPoclComputes) {
  std::vector<cl_int> values = numbers();
  ASSERT_EQ(compute(&values), CL_SUCCESS);
  EXPECT_EQ(values, doubled());
  const inlay_icd_counts c = counts();
  EXPECT_EQ(c.taken[ICD_ENQUEUE_KERNEL], 1);
  EXPECT_EQ(c.bytes[ICD_WRITE_BUFFER], static_cast<int64_t>(kBytes));
  EXPECT_EQ(c.bytes[ICD_READ_BUFFER], static_cast<int64_t>(kBytes));
  EXPECT_EQ(c.peak_bytes, static_cast<int64_t>(kBytes));
  EXPECT_EQ(c.made[ICD_EVENT], 1);
  EXPECT_EQ(c.made[ICD_PROGRAM], 1);
}

TEST_F(TestIcd, CountsReferences) {
  cl_mem memory = buffer(nullptr);
  cl_program p = program();
  cl_event event = clCreateUserEvent(context_, nullptr);
  EXPECT_EQ(clRetainMemObject(memory), CL_SUCCESS);
  EXPECT_EQ(clReleaseMemObject(memory), CL_SUCCESS);
  EXPECT_EQ(counts().live[ICD_MEMORY], 1);
  EXPECT_EQ(counts().live_bytes, static_cast<int64_t>(kBytes));
  EXPECT_EQ(counts().live[ICD_PROGRAM], 1);
  EXPECT_EQ(counts().live[ICD_EVENT], 1);
  EXPECT_EQ(counts().live[ICD_CONTEXT], 1);
  EXPECT_EQ(counts().live[ICD_QUEUE], 1);
  clSetUserEventStatus(event, CL_COMPLETE);
  clReleaseEvent(event);
  clReleaseProgram(p);
  clReleaseMemObject(memory);
  EXPECT_EQ(counts().live[ICD_MEMORY], 0);
}

TEST_F(TestIcd, RefusesTheNthCallAndNoOther) {
  icd_->fail(ICD_CREATE_BUFFER, 2, 1, CL_MEM_OBJECT_ALLOCATION_FAILURE);
  for (const cl_int expected : {CL_SUCCESS, CL_MEM_OBJECT_ALLOCATION_FAILURE, CL_SUCCESS}) {
    cl_int status = 1;
    cl_mem memory = buffer(&status);
    EXPECT_EQ(status, expected);
    EXPECT_EQ(memory != nullptr, expected == CL_SUCCESS);
    if (memory != nullptr) clReleaseMemObject(memory);
  }
  EXPECT_EQ(counts().calls[ICD_CREATE_BUFFER], 3);
  EXPECT_EQ(counts().taken[ICD_CREATE_BUFFER], 2);
  icd_->fail(ICD_ENQUEUE_KERNEL, 1, 0, CL_OUT_OF_RESOURCES);
  std::vector<cl_int> values = numbers();
  EXPECT_EQ(compute(&values), CL_OUT_OF_RESOURCES);
  EXPECT_EQ(values, numbers());
  icd_->reset();
  EXPECT_EQ(compute(&values), CL_SUCCESS);
  EXPECT_EQ(values, doubled());
}

TEST_F(TestIcd, HasNoMoreMemoryThanItSays) {
  inlay_icd_device device = {};
  device.memory = 2 * kBytes;
  device.max_alloc = kBytes + 4;
  icd_->device(&device);
  EXPECT_EQ(info<cl_ulong>(CL_DEVICE_GLOBAL_MEM_SIZE), 2 * kBytes);
  EXPECT_EQ(info<cl_ulong>(CL_DEVICE_MAX_MEM_ALLOC_SIZE), kBytes + 4);
  cl_int status = CL_SUCCESS;
  EXPECT_EQ(buffer(&status, kBytes + 8), nullptr);
  EXPECT_EQ(status, CL_INVALID_BUFFER_SIZE);
  cl_mem first = buffer(&status, kBytes + 4);
  EXPECT_EQ(status, CL_SUCCESS);
  EXPECT_EQ(buffer(&status), nullptr);
  EXPECT_EQ(status, CL_MEM_OBJECT_ALLOCATION_FAILURE);
  clReleaseMemObject(first);
  cl_mem second = buffer(&status);
  EXPECT_EQ(status, CL_SUCCESS);
  clReleaseMemObject(second);
}

TEST_F(TestIcd, AFailedBuildLeavesItsLog) {
  icd_->log("twice.cl:1: no such thing");
  icd_->fail(ICD_BUILD_PROGRAM, 1, 1, CL_BUILD_PROGRAM_FAILURE);
  cl_program p = program();
  EXPECT_EQ(build(p), CL_BUILD_PROGRAM_FAILURE);
  cl_build_status built = CL_BUILD_SUCCESS;
  EXPECT_EQ(clGetProgramBuildInfo(p, device_, CL_PROGRAM_BUILD_STATUS, sizeof(built), &built, nullptr), CL_SUCCESS);
  EXPECT_EQ(built, CL_BUILD_ERROR);
  size_t bytes = 0;
  EXPECT_EQ(clGetProgramBuildInfo(p, device_, CL_PROGRAM_BUILD_LOG, 0, nullptr, &bytes), CL_SUCCESS);
  std::vector<char> log(bytes);
  EXPECT_EQ(clGetProgramBuildInfo(p, device_, CL_PROGRAM_BUILD_LOG, bytes, log.data(), nullptr), CL_SUCCESS);
  EXPECT_STREQ(log.data(), "twice.cl:1: no such thing");
  EXPECT_EQ(build(p), CL_SUCCESS);
  clReleaseProgram(p);
}

TEST_F(TestIcd, ALostDeviceRefusesAllButReleases) {
  icd_->lose(3, CL_DEVICE_NOT_AVAILABLE);
  cl_int status = 1;
  cl_mem first = buffer(&status);
  EXPECT_EQ(status, CL_SUCCESS);
  cl_event event = clCreateUserEvent(context_, &status);
  EXPECT_EQ(status, CL_SUCCESS);
  EXPECT_EQ(info<cl_bool>(CL_DEVICE_AVAILABLE), CL_TRUE);
  EXPECT_EQ(buffer(&status), nullptr);
  EXPECT_EQ(status, CL_DEVICE_NOT_AVAILABLE);
  EXPECT_EQ(clFinish(queue_), CL_DEVICE_NOT_AVAILABLE);
  EXPECT_EQ(clFlush(queue_), CL_DEVICE_NOT_AVAILABLE);
  EXPECT_EQ(clWaitForEvents(1, &event), CL_DEVICE_NOT_AVAILABLE);
  cl_int state = CL_COMPLETE;
  EXPECT_EQ(clGetEventInfo(event, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof(state), &state, nullptr), CL_SUCCESS);
  EXPECT_EQ(state, CL_DEVICE_NOT_AVAILABLE);
  EXPECT_EQ(info<cl_bool>(CL_DEVICE_AVAILABLE), CL_FALSE);
  clSetUserEventStatus(event, CL_COMPLETE);
  EXPECT_EQ(clReleaseEvent(event), CL_SUCCESS);
  EXPECT_EQ(clReleaseMemObject(first), CL_SUCCESS);
  icd_->reset();
  std::vector<cl_int> values = numbers();
  EXPECT_EQ(compute(&values), CL_DEVICE_NOT_AVAILABLE);  // a context of before the loss
  clReleaseCommandQueue(queue_);
  clReleaseContext(context_);
  context_ = clCreateContext(nullptr, 1, &device_, nullptr, nullptr, &status);
  queue_ = clCreateCommandQueue(context_, device_, 0, &status);
  values = numbers();
  EXPECT_EQ(compute(&values), CL_SUCCESS);
  EXPECT_EQ(values, doubled());
}

TEST_F(TestIcd, ABuildTakesAsLongAsTold) {
  using Clock = std::chrono::steady_clock;
  cl_program p = program();
  icd_->delay(ICD_BUILD_PROGRAM, 300);
  const auto start = Clock::now();
  EXPECT_EQ(build(p), CL_SUCCESS);
  EXPECT_GE(Clock::now() - start, std::chrono::milliseconds(300));
  clReleaseProgram(p);
}

TEST_F(TestIcd, MapsAreCountedAndCanFail) {
  cl_int status = CL_SUCCESS;
  cl_mem memory = buffer(&status);
  icd_->fail(ICD_MAP_BUFFER, 1, 1, CL_MAP_FAILURE);
  EXPECT_EQ(clEnqueueMapBuffer(queue_, memory, CL_TRUE, CL_MAP_WRITE, 0, kBytes, 0, nullptr, nullptr, &status), nullptr);
  EXPECT_EQ(status, CL_MAP_FAILURE);
  void* at = clEnqueueMapBuffer(queue_, memory, CL_TRUE, CL_MAP_WRITE, 0, 64, 0, nullptr, nullptr, &status);
  ASSERT_EQ(status, CL_SUCCESS);
  EXPECT_EQ(counts().live[ICD_MAP], 1);
  EXPECT_EQ(counts().bytes[ICD_MAP_BUFFER], 64);
  EXPECT_EQ(clEnqueueUnmapMemObject(queue_, memory, at, 0, nullptr, nullptr), CL_SUCCESS);
  EXPECT_EQ(counts().live[ICD_MAP], 0);
  EXPECT_EQ(clFinish(queue_), CL_SUCCESS);
  clReleaseMemObject(memory);
}

TEST_F(TestIcd, ABinaryIsTakenOrRefused) {
  cl_program p = program();
  ASSERT_EQ(build(p), CL_SUCCESS);
  size_t bytes = 0;
  ASSERT_EQ(clGetProgramInfo(p, CL_PROGRAM_BINARY_SIZES, sizeof(bytes), &bytes, nullptr), CL_SUCCESS);
  std::vector<unsigned char> binary(bytes);
  unsigned char* to = binary.data();
  icd_->fail(ICD_GET_PROGRAM_BINARIES, 1, 1, CL_OUT_OF_HOST_MEMORY);
  EXPECT_EQ(clGetProgramInfo(p, CL_PROGRAM_BINARIES, sizeof(to), &to, nullptr), CL_OUT_OF_HOST_MEMORY);
  ASSERT_EQ(clGetProgramInfo(p, CL_PROGRAM_BINARIES, sizeof(to), &to, nullptr), CL_SUCCESS);
  clReleaseProgram(p);
  const unsigned char* from = binary.data();
  cl_int each = 1, status = 1;
  icd_->fail(ICD_CREATE_PROGRAM_BINARY, 1, 1, CL_INVALID_BINARY);
  EXPECT_EQ(clCreateProgramWithBinary(context_, 1, &device_, &bytes, &from, &each, &status), nullptr);
  EXPECT_EQ(status, CL_INVALID_BINARY);
  EXPECT_EQ(each, CL_INVALID_BINARY);
  inlay_icd_device device = {};
  device.no_compiler = 1;
  icd_->device(&device);
  EXPECT_EQ(info<cl_bool>(CL_DEVICE_COMPILER_AVAILABLE), CL_FALSE);
  cl_program again = clCreateProgramWithBinary(context_, 1, &device_, &bytes, &from, &each, &status);
  ASSERT_EQ(status, CL_SUCCESS);
  EXPECT_EQ(build(again), CL_SUCCESS);
  clReleaseProgram(again);
  cl_program source = program();
  EXPECT_EQ(build(source), CL_COMPILER_NOT_AVAILABLE);
  clReleaseProgram(source);
}

TEST_F(TestIcd, KeepsToTheLimitsItClaims) {
  inlay_icd_device device = {};
  device.max_work_group = 8;
  device.base_align = 4096;
  device.no_unified_memory = 1;
  std::snprintf(device.driver_version, sizeof(device.driver_version), "%s", "of another day");
  icd_->device(&device);
  EXPECT_EQ(info<size_t>(CL_DEVICE_MAX_WORK_GROUP_SIZE), 8u);
  EXPECT_EQ(info<cl_uint>(CL_DEVICE_MEM_BASE_ADDR_ALIGN), 8u * 4096);
  EXPECT_EQ(info<cl_bool>(CL_DEVICE_HOST_UNIFIED_MEMORY), CL_FALSE);
  char version[64] = "";
  EXPECT_EQ(clGetDeviceInfo(device_, CL_DRIVER_VERSION, sizeof(version), version, nullptr), CL_SUCCESS);
  EXPECT_STREQ(version, "of another day");
  std::vector<cl_int> values = numbers();
  EXPECT_EQ(compute(&values, 16), CL_INVALID_WORK_GROUP_SIZE);
  EXPECT_EQ(compute(&values, 8), CL_SUCCESS);
  cl_int status = CL_SUCCESS;
  cl_mem memory = buffer(&status, 8192);
  for (const size_t origin : {size_t{128}, size_t{4096}}) {
    const cl_buffer_region region = {origin, 64};
    cl_mem sub = clCreateSubBuffer(memory, CL_MEM_READ_WRITE, CL_BUFFER_CREATE_TYPE_REGION, &region, &status);
    EXPECT_EQ(status, origin == 4096 ? CL_SUCCESS : CL_MISALIGNED_SUB_BUFFER_OFFSET);
    if (sub != nullptr) clReleaseMemObject(sub);
  }
  clReleaseMemObject(memory);
}

TEST_F(TestIcd, CanHaveNoDevice) {
  inlay_icd_device device = {};
  device.absent = 1;
  icd_->device(&device);
  cl_device_id found = nullptr;
  EXPECT_EQ(clGetDeviceIDs(platform_, CL_DEVICE_TYPE_ALL, 1, &found, nullptr), CL_DEVICE_NOT_FOUND);
}

}  // namespace
}  // namespace inlay::icd
