// SPDX-License-Identifier: Apache-2.0
#include "device.h"

#include <algorithm>

#include "clblast.h"

namespace inlay::opencl {
namespace {

template <typename T>
T info(cl_device_id device, cl_device_info what) {
  T value = {};
  check(cl().clGetDeviceInfo(device, what, sizeof(value), &value, nullptr), "clGetDeviceInfo");
  return value;
}

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\0' || text.back() == ' ')) text.pop_back();
  const size_t begin = text.find_first_not_of(' ');
  return begin == std::string::npos ? "" : text.substr(begin);
}

std::string text_info(cl_device_id device, cl_device_info what) {
  size_t bytes = 0;
  check(cl().clGetDeviceInfo(device, what, 0, nullptr, &bytes), "clGetDeviceInfo");
  std::string text(bytes, '\0');
  check(cl().clGetDeviceInfo(device, what, bytes, text.data(), nullptr), "clGetDeviceInfo");
  return trimmed(text);
}

std::string platform_name(cl_platform_id platform) {
  size_t bytes = 0;
  check(cl().clGetPlatformInfo(platform, CL_PLATFORM_NAME, 0, nullptr, &bytes), "clGetPlatformInfo");
  std::string text(bytes, '\0');
  check(cl().clGetPlatformInfo(platform, CL_PLATFORM_NAME, bytes, text.data(), nullptr), "clGetPlatformInfo");
  return trimmed(text);
}

Caps read_caps(cl_platform_id platform, cl_device_id id) {
  Caps c;
  c.platform = platform_name(platform);
  c.name = text_info(id, CL_DEVICE_NAME);
  c.vendor = text_info(id, CL_DEVICE_VENDOR);
  c.driver = text_info(id, CL_DRIVER_VERSION);
  c.version = text_info(id, CL_DEVICE_VERSION);
  const std::string extensions = " " + text_info(id, CL_DEVICE_EXTENSIONS) + " ";
  const auto has = [&](const char* name) { return extensions.find(std::string(" ") + name + " ") != std::string::npos; };
  c.gpu = (info<cl_device_type>(id, CL_DEVICE_TYPE) & CL_DEVICE_TYPE_CPU) == 0;
  c.unified = info<cl_bool>(id, CL_DEVICE_HOST_UNIFIED_MEMORY) != CL_FALSE;
  c.fp16 = has("cl_khr_fp16");
  c.dot8 = has("cl_khr_integer_dot_product");
  c.libraries = c.name.find("Oclgrind") == std::string::npos;  // CLBlast's programs outlive it, which ends in a fault
  c.exact_division = (info<cl_device_fp_config>(id, CL_DEVICE_SINGLE_FP_CONFIG) & CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT) != 0;
  c.alignment = std::max<size_t>(info<cl_uint>(id, CL_DEVICE_MEM_BASE_ADDR_ALIGN) / 8, 16);
  c.most_group = info<size_t>(id, CL_DEVICE_MAX_WORK_GROUP_SIZE);
  check(cl().clGetDeviceInfo(id, CL_DEVICE_MAX_WORK_ITEM_SIZES, sizeof(c.most_items), c.most_items, nullptr), "clGetDeviceInfo");
  c.local_bytes = info<cl_ulong>(id, CL_DEVICE_LOCAL_MEM_SIZE);
  c.global_bytes = info<cl_ulong>(id, CL_DEVICE_GLOBAL_MEM_SIZE);
  c.most_buffer = info<cl_ulong>(id, CL_DEVICE_MAX_MEM_ALLOC_SIZE);
  c.units = info<cl_uint>(id, CL_DEVICE_MAX_COMPUTE_UNITS);
  return c;
}

struct Found {
  std::vector<std::unique_ptr<Device>> devices;
  std::string why;

  Found() {
    if (find_api(&why) == nullptr) return;
    cl_uint count = 0;
    const cl_int status = cl().clGetPlatformIDs(0, nullptr, &count);
    if (status != CL_SUCCESS || count == 0) {
      why = "OpenCL is here, but no driver: install the device's (PoCL runs on CPUs; Debian: pocl-opencl-icd)";
      return;
    }
    std::vector<cl_platform_id> platforms(count);
    if (cl().clGetPlatformIDs(count, platforms.data(), nullptr) != CL_SUCCESS) platforms.clear();
    for (cl_platform_id platform : platforms) add_devices(platform);
    // PoCL has no devices where it cannot write its cache.
    if (devices.empty() && why.empty())
      why = "OpenCL's drivers found no device; is the driver's cache folder (HOME, POCL_CACHE_DIR) writable?";
  }

  void add_devices(cl_platform_id platform) {
    cl_uint count = 0;
    if (cl().clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 0, nullptr, &count) != CL_SUCCESS || count == 0) return;
    std::vector<cl_device_id> ids(count);
    if (cl().clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, count, ids.data(), nullptr) != CL_SUCCESS) return;
    for (cl_device_id id : ids) {
      try {
        if (info<cl_bool>(id, CL_DEVICE_AVAILABLE) == CL_FALSE) continue;
        devices.push_back(std::make_unique<Device>(platform, id));
      } catch (const Failure& failure) {
        why = failure.what();
      }
    }
  }
};

}  // namespace

Context::Context(cl_platform_id platform, cl_device_id device) : device_(device) {
  const cl_context_properties properties[] = {CL_CONTEXT_PLATFORM, reinterpret_cast<cl_context_properties>(platform), 0};
  cl_int status = CL_SUCCESS;
  context_ = ContextHandle(cl().clCreateContext(properties, 1, &device, nullptr, nullptr, &status));
  check(status, "no OpenCL context");
}

// A library that keeps programs by the context's address must not find them for the next one there.
Context::~Context() { clear_clblast(); }

Queue Context::make_queue(bool profiling) const {
  cl_int status = CL_SUCCESS;
  Queue queue(cl().clCreateCommandQueue(get(), device_, profiling ? CL_QUEUE_PROFILING_ENABLE : 0, &status));
  check(status, "no OpenCL queue");
  return queue;
}

Buffer Context::make_buffer(cl_mem_flags flags, size_t bytes, void* host) const {
  cl_int status = CL_SUCCESS;
  Buffer buffer(cl().clCreateBuffer(get(), flags, std::max<size_t>(bytes, 1), host, &status));
  if (status != CL_SUCCESS) {
    throw Failure(status_of(status), "no device memory for " + std::to_string(bytes) + " bytes: " + error_name(status));
  }
  return buffer;
}

std::shared_ptr<BuiltProgram> Context::find(const std::string& key) const {
  const std::lock_guard<std::mutex> guard(lock_);
  const auto at = programs_.find(key);
  return at != programs_.end() ? at->second : nullptr;
}

void Context::keep(const std::string& key, std::shared_ptr<BuiltProgram> program) {
  const std::lock_guard<std::mutex> guard(lock_);
  programs_.emplace(key, std::move(program));
}

Device::Device(cl_platform_id platform, cl_device_id id) : platform_(platform), id_(id), caps_(read_caps(platform, id)) {}

std::shared_ptr<Context> Device::context() {
  const std::lock_guard<std::mutex> guard(lock_);
  if (context_ == nullptr) context_ = std::make_shared<Context>(platform_, id_);
  return context_;
}

void Device::forget(const Context* lost) {
  const std::lock_guard<std::mutex> guard(lock_);
  if (context_.get() == lost) context_ = nullptr;
}

const std::vector<std::unique_ptr<Device>>& devices(std::string* why) {
  static const Found* const once = new Found;  // never destroyed: drivers may be gone before static objects are
  if (once->devices.empty() && why != nullptr) *why = once->why;
  return once->devices;
}

}  // namespace inlay::opencl
