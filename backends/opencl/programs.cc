// SPDX-License-Identifier: Apache-2.0
#include "programs.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <thread>

#include "cache.h"

namespace inlay::opencl {
namespace {

struct Source {
  const char* name;
  const char* text;
};
constexpr Source kSources[] = {
#include "opencl_kernels.inc"
};

using Clock = std::chrono::steady_clock;
uint64_t us_since(Clock::time_point begin) {
  return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin).count());
}

/// Everything a binary depends on.
std::string identity_of(const Caps& caps, const ProgramId& id) {
  std::string all;
  for (const std::string& part : {caps.platform, caps.name, caps.vendor, caps.version, caps.driver, base_options(caps),
                                  id.options, whole_source(id.source)}) {
    all += part;
    all += '\n';
  }
  return all;
}

/// The first lines of what the compiler said.
std::string log_of(cl_program program, cl_device_id device) {
  size_t bytes = 0;
  if (cl().clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, 0, nullptr, &bytes) != CL_SUCCESS || bytes == 0)
    return "";
  std::string log(bytes, '\0');
  if (cl().clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, bytes, log.data(), nullptr) != CL_SUCCESS) return "";
  log = log.c_str();
  std::replace(log.begin(), log.end(), '\n', ' ');
  return log;
}

Program from_binary(const Context& context, const std::vector<unsigned char>& binary, const std::string& options) {
  const size_t bytes = binary.size();
  const unsigned char* data = binary.data();
  cl_device_id device = context.device();
  cl_int each = CL_SUCCESS, status = CL_SUCCESS;
  Program program(cl().clCreateProgramWithBinary(context.get(), 1, &device, &bytes, &data, &each, &status));
  if (status != CL_SUCCESS || each != CL_SUCCESS) return Program();
  if (cl().clBuildProgram(program.get(), 1, &device, options.c_str(), nullptr, nullptr) != CL_SUCCESS) return Program();
  return program;
}

Program from_source(const Context& context, const ProgramId& id, const std::string& options) {
  const std::string text = whole_source(id.source);
  const char* data = text.c_str();
  const size_t bytes = text.size();
  cl_device_id device = context.device();
  cl_int status = CL_SUCCESS;
  Program program(cl().clCreateProgramWithSource(context.get(), 1, &data, &bytes, &status));
  check(status, "no OpenCL program");
  status = cl().clBuildProgram(program.get(), 1, &device, options.c_str(), nullptr, nullptr);
  if (status != CL_SUCCESS) {
    throw Failure(status_of(status),
                  "the driver does not build " + id.source + ".cl, " + error_name(status) + ": " + log_of(program.get(), device));
  }
  return program;
}

std::vector<unsigned char> binary_of(cl_program program) {
  size_t bytes = 0;
  if (cl().clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof(bytes), &bytes, nullptr) != CL_SUCCESS || bytes == 0)
    return {};
  std::vector<unsigned char> binary(bytes);
  unsigned char* data = binary.data();
  if (cl().clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof(data), &data, nullptr) != CL_SUCCESS) return {};
  return binary;
}

std::shared_ptr<BuiltProgram> build_one(const Context& context, const Caps& caps, const ProgramId& id, const char* cache_dir) {
  const auto begin = Clock::now();
  auto built = std::make_shared<BuiltProgram>();
  const std::string options = base_options(caps) + " " + id.options;
  const std::string file = cache_dir != nullptr ? std::string(cache_dir) + "/" + cache_file(caps, id) : "";
  if (cache_dir != nullptr) {
    const std::vector<unsigned char> binary = read_cached(file, identity_of(caps, id));
    if (!binary.empty()) built->program = from_binary(context, binary, options);
    built->cached = static_cast<bool>(built->program);
  }
  if (!built->program) {
    built->program = from_source(context, id, options);
    if (cache_dir != nullptr && make_folder(cache_dir)) {
      const std::vector<unsigned char> binary = binary_of(built->program.get());
      if (!binary.empty()) static_cast<void>(write_cached(file, identity_of(caps, id), binary));  // the next session builds again
    }
  }
  built->build_us = us_since(begin);
  return built;
}

/// Builds that run at once, and the one voice that tells of them.
class Builders {
 public:
  Builders(Context& context, const Caps& caps, std::vector<ProgramId> missing, const char* cache_dir,
           const inlay_progress* progress)
      : context_(context), caps_(caps), missing_(std::move(missing)), cache_dir_(cache_dir), progress_(progress) {}

  void run() {
    const size_t cores = std::max(1u, std::thread::hardware_concurrency());
    std::vector<std::thread> others;
    for (size_t i = 1; i < std::min({missing_.size(), cores, size_t{8}}); ++i) others.emplace_back([this] { work(); });
    work();
    for (std::thread& other : others) other.join();
    if (failure_ != nullptr) std::rethrow_exception(failure_);
  }
  int32_t cached() const { return cached_; }

 private:
  void work() {
    for (size_t i = next_++; i < missing_.size(); i = next_++) {
      {
        const std::lock_guard<std::mutex> guard(lock_);
        if (failure_ != nullptr) return;
        tell(missing_[i].source);
      }
      try {
        std::shared_ptr<BuiltProgram> built = build_one(context_, caps_, missing_[i], cache_dir_);
        const std::lock_guard<std::mutex> guard(lock_);
        if (built->cached) ++cached_;
        context_.keep(missing_[i].key(), std::move(built));
        ++done_;
        tell(missing_[i].source);
      } catch (...) {
        const std::lock_guard<std::mutex> guard(lock_);
        if (failure_ == nullptr) failure_ = std::current_exception();
      }
    }
  }
  void tell(const std::string& what) const {
    if (progress_ != nullptr) progress_->step(progress_->user, what.c_str(), done_, static_cast<int32_t>(missing_.size()));
  }

  Context& context_;
  const Caps& caps_;
  std::vector<ProgramId> missing_;
  const char* cache_dir_;
  const inlay_progress* progress_;
  std::atomic<size_t> next_{0};
  std::mutex lock_;
  std::exception_ptr failure_;
  int32_t done_ = 0, cached_ = 0;
};

}  // namespace

const char* source_text(const std::string& name) {
  for (const Source& source : kSources) {
    if (name == source.name) return source.text;
  }
  return nullptr;
}

std::string whole_source(const std::string& name) {
  const char* text = source_text(name);
  if (text == nullptr) throw Failure(INLAY_STATUS_BACKEND_FAILED, "no kernels are named '" + name + "'");
  return std::string(source_text("common")) + text;
}

std::string base_options(const Caps& caps) {
  // Compilers print what they think of our sources into the caller's terminal; opencl.kernels.compile listens to them instead.
  return std::string("-cl-std=CL1.2 -w") + (caps.exact_division ? " -cl-fp32-correctly-rounded-divide-sqrt" : "");
}

std::string cache_file(const Caps& caps, const ProgramId& id) {
  return id.source + "-" + fingerprint(identity_of(caps, id)) + ".cl.bin";
}

BuildCount build_programs(Context& context, const Caps& caps, const std::set<ProgramId>& wanted, const char* cache_dir,
                          const inlay_progress* progress) {
  const auto begin = Clock::now();
  std::vector<ProgramId> missing;
  for (const ProgramId& id : wanted) {
    if (context.find(id.key()) == nullptr) missing.push_back(id);
  }
  BuildCount count;
  count.programs = static_cast<int32_t>(missing.size());
  if (missing.empty()) return count;
  Builders builders(context, caps, std::move(missing), cache_dir, progress);
  builders.run();
  count.cached = builders.cached();
  count.build_us = us_since(begin);
  return count;
}

Kernel make_kernel(const Context& context, const ProgramId& id, const std::string& name) {
  const std::shared_ptr<BuiltProgram> built = context.find(id.key());
  cl_int status = CL_SUCCESS;
  Kernel kernel(cl().clCreateKernel(built->program.get(), name.c_str(), &status));
  check(status, ("no kernel " + name).c_str());
  return kernel;
}

}  // namespace inlay::opencl
