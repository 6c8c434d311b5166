// SPDX-License-Identifier: Apache-2.0
// The OpenCL devices of this process, and what is made once for each: its context and its programs.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "api.h"
#include "using.h"

namespace inlay::opencl {

/// A program of a context: built once, used by every segment that needs it.
struct BuiltProgram {
  Program program;
  bool cached = false;  ///< came from the cache
  uint64_t build_us = 0;
};

/// A context and its programs. It is replaced as a whole when the device is lost.
class Context {
 public:
  Context(cl_platform_id platform, cl_device_id device);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  cl_context get() const { return context_.get(); }
  cl_device_id device() const { return device_; }
  Queue make_queue(bool profiling) const;
  /// A buffer of `bytes`, at least 1. Throws Failure.
  Buffer make_buffer(cl_mem_flags flags, size_t bytes, void* host = nullptr) const;

  /// A program that was built before, or NULL. Keys: see programs.h.
  std::shared_ptr<BuiltProgram> find(const std::string& key) const;
  void keep(const std::string& key, std::shared_ptr<BuiltProgram> program);

 private:
  cl_device_id device_;
  ContextHandle context_;
  mutable std::mutex lock_;
  std::map<std::string, std::shared_ptr<BuiltProgram>> programs_;
};

class Device {
 public:
  Device(cl_platform_id platform, cl_device_id id);
  const Caps& caps() const { return caps_; }
  cl_device_id id() const { return id_; }
  /// The context in use; made at the first call. Throws Failure.
  std::shared_ptr<Context> context();
  /// After a failure that a context does not survive: segments made later get a new one.
  void forget(const Context* lost);

 private:
  cl_platform_id platform_;
  cl_device_id id_;
  Caps caps_;
  std::mutex lock_;
  std::shared_ptr<Context> context_;
};

/// All devices of all platforms, found once per process; none, with the reason in `why`.
const std::vector<std::unique_ptr<Device>>& devices(std::string* why);

}  // namespace inlay::opencl
