// SPDX-License-Identifier: Apache-2.0
#include "device.h"

#include "loader.h"

namespace inlay::cuda {
namespace {

constexpr size_t kAlignment = 256;  // of the driver's memory, and of tensors in ours

std::string version(int32_t number) { return std::to_string(number / 1000) + "." + std::to_string(number % 1000 / 10); }

Caps make_caps(const inlay_cuda_caps& from) {
  Caps c;
  c.name = from.name;
  c.vendor = c.platform = "NVIDIA";
  c.driver = version(from.driver_version);
  c.version = "compute " + version(from.arch * 100);
  c.gpu = true;
  c.unified = from.integrated != 0;
  // The shared kernels keep halves and compute in float, which costs nothing here; products of halves are for tensor cores.
  c.fp16 = false;
  c.dot8 = true;
  c.exact_division = true;
  c.alignment = kAlignment;
  c.most_group = static_cast<size_t>(from.most_threads);
  c.most_items[0] = c.most_items[1] = c.most_group;
  c.most_items[2] = 64;
  c.local_bytes = from.shared_bytes;
  c.global_bytes = c.most_buffer = from.memory_bytes;
  c.units = static_cast<uint32_t>(from.units);
  c.arch = from.arch;
  c.wgmma = from.wgmma != 0;
  return c;
}

std::string sentence(const inlay_cuda_driver& driver, int code) {
  return std::string(driver.error_text(code)) + " (" + driver.error_name(code) + ")";
}

Owned take(Context& context, size_t bytes, const char* what, int (*take_of)(int32_t, size_t, void**), Owned::Drop give) {
  if (bytes == 0) return {};
  void* memory = nullptr;
  context.check(take_of(context.device(), bytes, &memory), "no " + std::string(what) + " memory for " + std::to_string(bytes) + " bytes");
  return {context, give, memory};
}

std::vector<std::unique_ptr<Device>> find_devices(std::string* why) {
  std::vector<std::unique_ptr<Device>> found;
  inlay_error error = {};
  const inlay_cuda_driver* const api = driver(&error);
  if (api == nullptr) {
    *why = error.text;
    return found;
  }
  int32_t count = 0;
  int code = api->device_count(&count);
  for (int32_t i = 0; i < count && code == 0; ++i) {
    inlay_cuda_caps caps = {};
    code = api->caps(i, &caps);
    if (code == 0) found.push_back(std::make_unique<Device>(*api, i, caps));
  }
  *why = code != 0 ? sentence(*api, code) : "the driver of CUDA has no device";
  return found;
}

}  // namespace

Context::~Context() {
  if (lost_) static_cast<void>(driver_.reset(device_));
}

void Context::check(int code, const std::string& what) {
  if (code == 0) return;
  note(code);
  const inlay_status status = driver_.error_kind(code) == INLAY_CUDA_ERROR_MEMORY ? INLAY_STATUS_OUT_OF_MEMORY : INLAY_STATUS_BACKEND_FAILED;
  throw Failure(status, what + ": " + sentence(driver_, code));
}

Owned make_memory(Context& context, size_t bytes) {
  return take(context, bytes, "device", context.driver().take, context.driver().give);
}

Owned make_pinned(Context& context, size_t bytes) {
  return take(context, bytes, "pinned", context.driver().take_pinned, context.driver().give_pinned);
}

Owned make_stream(Context& context) {
  void* stream = nullptr;
  context.check(context.driver().make_stream(context.device(), &stream), "no stream");
  return {context, context.driver().drop_stream, stream};
}

Owned make_event(Context& context, bool timed) {
  void* event = nullptr;
  context.check(context.driver().make_event(context.device(), timed ? 1 : 0, &event), "no event");
  return {context, context.driver().drop_event, event};
}

Device::Device(const inlay_cuda_driver& driver, int32_t index, const inlay_cuda_caps& caps)
    : driver_(driver), index_(index), caps_(make_caps(caps)) {}

std::shared_ptr<Context> Device::context() {
  const std::lock_guard<std::mutex> guard(lock_);
  std::shared_ptr<Context> context = context_.lock();
  if (context == nullptr) {
    context = std::make_shared<Context>(driver_, index_);
    context_ = context;
  }
  if (context->lost()) {
    throw Failure(INLAY_STATUS_BACKEND_FAILED, "the device was lost; sessions that used it are still there and must end first");
  }
  return context;
}

const std::vector<std::unique_ptr<Device>>& devices(std::string* why) {
  static std::mutex lock;
  static auto* const found = new std::vector<std::unique_ptr<Device>>;  // never destroyed: drivers may be gone before static objects are
  const std::lock_guard<std::mutex> guard(lock);
  std::string reason;
  if (found->empty()) *found = find_devices(&reason);
  if (found->empty() && why != nullptr) *why = reason;
  return *found;
}

}  // namespace inlay::cuda
