// SPDX-License-Identifier: Apache-2.0
// What the tests of the test ICD share: plain OpenCL, and that nothing is live at the end.
#pragma once
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>
#include <gtest/gtest.h>

#include <vector>

#include "icd.h"

namespace inlay::icd {

inline constexpr size_t kCount = 256, kBytes = kCount * sizeof(cl_int);

/// The platform, a device, a context and a queue; all released and nothing live at the end of a test.
class TestIcd : public testing::Test {
 protected:
  void SetUp() override {
    cl_platform_id platform = nullptr;
    ASSERT_EQ(clGetPlatformIDs(1, &platform, nullptr), CL_SUCCESS);
    icd_ = inlay_icd_find(INLAY_TEST_ICD);
    ASSERT_NE(icd_, nullptr);
    icd_->reset();
    ASSERT_EQ(clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &device_, nullptr), CL_SUCCESS);
    platform_ = platform;
    cl_int status = CL_SUCCESS;
    context_ = clCreateContext(nullptr, 1, &device_, nullptr, nullptr, &status);
    ASSERT_EQ(status, CL_SUCCESS);
    queue_ = clCreateCommandQueue(context_, device_, 0, &status);
    ASSERT_EQ(status, CL_SUCCESS);
  }
  void TearDown() override {
    if (icd_ == nullptr) return;
    if (queue_ != nullptr) clReleaseCommandQueue(queue_);
    if (context_ != nullptr) clReleaseContext(context_);
    const inlay_icd_counts c = counts();
    for (int k = 0; k < ICD_KINDS; ++k) EXPECT_EQ(c.live[k], 0) << icd_->kind_name(static_cast<inlay_icd_kind>(k));
    EXPECT_EQ(c.live_bytes, 0);
    icd_->reset();
  }

  inlay_icd_counts counts() const {
    inlay_icd_counts c = {};
    icd_->counts(&c);
    return c;
  }
  cl_mem buffer(cl_int* status, size_t bytes = kBytes) const {
    return clCreateBuffer(context_, CL_MEM_READ_WRITE, bytes, nullptr, status);
  }
  template <typename T>
  T info(cl_device_info name) const {
    T value = {};
    EXPECT_EQ(clGetDeviceInfo(device_, name, sizeof(value), &value, nullptr), CL_SUCCESS);
    return value;
  }
  cl_program program() const {
    const char* text = "kernel void twice(global int* x) { x[get_global_id(0)] *= 2; }";
    cl_int status = CL_SUCCESS;
    cl_program made = clCreateProgramWithSource(context_, 1, &text, nullptr, &status);
    EXPECT_EQ(status, CL_SUCCESS);
    return made;
  }
  cl_int build(cl_program p) const { return clBuildProgram(p, 1, &device_, "", nullptr, nullptr); }
  /// Doubles kCount numbers; the first status that is none of success.
  cl_int compute(std::vector<cl_int>* values, size_t local = 16) const;

  const inlay_icd* icd_ = nullptr;
  cl_platform_id platform_ = nullptr;
  cl_device_id device_ = nullptr;
  cl_context context_ = nullptr;
  cl_command_queue queue_ = nullptr;
};

inline cl_int TestIcd::compute(std::vector<cl_int>* values, size_t local) const {
  cl_int status = CL_SUCCESS;
  const auto worst = [&](cl_int next) { status = status == CL_SUCCESS ? next : status; };
  cl_int made = CL_SUCCESS;
  cl_mem memory = buffer(&made);
  worst(made);
  if (memory == nullptr) return status;
  cl_program p = program();
  worst(build(p));
  cl_kernel kernel = clCreateKernel(p, "twice", &made);
  worst(made);
  worst(clEnqueueWriteBuffer(queue_, memory, CL_TRUE, 0, kBytes, values->data(), 0, nullptr, nullptr));
  if (kernel != nullptr) {
    worst(clSetKernelArg(kernel, 0, sizeof(memory), &memory));
    cl_event event = nullptr;
    worst(clEnqueueNDRangeKernel(queue_, kernel, 1, nullptr, &kCount, &local, 0, nullptr, &event));
    if (event != nullptr) clReleaseEvent(event);
    clReleaseKernel(kernel);
  }
  worst(clEnqueueReadBuffer(queue_, memory, CL_TRUE, 0, kBytes, values->data(), 0, nullptr, nullptr));
  clReleaseProgram(p);
  clReleaseMemObject(memory);
  return status;
}

inline std::vector<cl_int> numbers() {
  std::vector<cl_int> all(kCount);
  for (size_t i = 0; i < kCount; ++i) all[i] = static_cast<cl_int>(i);
  return all;
}
inline std::vector<cl_int> doubled() {
  std::vector<cl_int> all = numbers();
  for (cl_int& x : all) x *= 2;
  return all;
}

}  // namespace inlay::icd
