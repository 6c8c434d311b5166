// SPDX-License-Identifier: Apache-2.0
// Runs one small kernel, right or wrong in a known way: what the harness for Oclgrind must pass and must find.
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

#include <cstdio>
#include <cstring>
#include <vector>

namespace {

struct Planted {
  const char* name;
  const char* source;
};

constexpr Planted kPlanted[] = {
    {"clean", "kernel void k(global int* x) { x[get_global_id(0)] += 1; }"},
    {"out_of_bounds", "kernel void k(global int* x) { x[get_global_id(0) + 1] = 1; }"},
    {"race",
     "kernel void k(global int* x) {"
     "  local int y[16]; const size_t i = get_local_id(0);"
     "  y[i] = x[i]; x[get_global_id(0)] = y[(i + 1) % 16]; }"},
    {"divergent_barrier",
     "kernel void k(global int* x) {"
     "  if (get_local_id(0) < 8) barrier(CLK_LOCAL_MEM_FENCE);"
     "  x[get_global_id(0)] = 1; }"},
    {"uninitialized",
     "kernel void k(global int* x) {"
     "  local int y[16]; const size_t i = get_local_id(0);"
     "  if (i < 8) y[i] = 1;"
     "  barrier(CLK_LOCAL_MEM_FENCE); x[get_global_id(0)] = y[i]; }"},
    {"wrong_argument", "kernel void k(global int* x, int n) { x[get_global_id(0)] = n; }"},
};

/// Argument 1, an int where there is one, is set with the size of a long. That is the host's mistake, not the kernel's.
int run(const char* source) {
  constexpr size_t kGlobal = 64, kLocal = 16;
  std::vector<cl_int> values(kGlobal, 1);
  cl_platform_id platform = nullptr;
  cl_device_id device = nullptr;
  cl_int status = clGetPlatformIDs(1, &platform, nullptr);
  if (status == CL_SUCCESS) status = clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &device, nullptr);
  if (status != CL_SUCCESS) return std::fprintf(stderr, "no device: %d\n", status), 2;
  cl_context context = clCreateContext(nullptr, 1, &device, nullptr, nullptr, nullptr);
  cl_command_queue queue = clCreateCommandQueue(context, device, 0, nullptr);
  cl_mem memory = clCreateBuffer(context, CL_MEM_READ_WRITE, kGlobal * sizeof(cl_int), nullptr, nullptr);
  cl_program program = clCreateProgramWithSource(context, 1, &source, nullptr, nullptr);
  status = clBuildProgram(program, 1, &device, "", nullptr, nullptr);
  if (status != CL_SUCCESS) return std::fprintf(stderr, "no program: %d\n", status), 2;
  cl_kernel kernel = clCreateKernel(program, "k", nullptr);
  clSetKernelArg(kernel, 0, sizeof(memory), &memory);
  const cl_long wrong = 1;
  if (std::strstr(source, "int n") != nullptr) clSetKernelArg(kernel, 1, sizeof(wrong), &wrong);
  clEnqueueWriteBuffer(queue, memory, CL_TRUE, 0, kGlobal * sizeof(cl_int), values.data(), 0, nullptr, nullptr);
  clEnqueueNDRangeKernel(queue, kernel, 1, nullptr, &kGlobal, &kLocal, 0, nullptr, nullptr);
  status = clFinish(queue);
  clReleaseKernel(kernel);
  clReleaseProgram(program);
  clReleaseMemObject(memory);
  clReleaseCommandQueue(queue);
  clReleaseContext(context);
  return status == CL_SUCCESS ? 0 : 2;
}

}  // namespace

int main(int argc, char** argv) {
  for (const Planted& p : kPlanted)
    if (argc == 2 && std::strcmp(argv[1], p.name) == 0) return run(p.source);
  return 2;
}
