// SPDX-License-Identifier: Apache-2.0
// A run: tensors come in, kernels go into the queue, tensors go out.
#include <algorithm>

#include "core/tensor.h"
#include "segment.h"

namespace inlay::opencl {
namespace {

constexpr size_t kWidestLoad = 16;  // bytes that kernels read as one element

bool overlap(const void* a, size_t a_bytes, const void* b, size_t b_bytes) {
  const auto x = reinterpret_cast<uintptr_t>(a), y = reinterpret_cast<uintptr_t>(b);
  return x < y + b_bytes && y < x + a_bytes;
}

uint64_t time_of(const Event& event, cl_profiling_info what) {
  cl_ulong ns = 0;
  check(cl().clGetEventProfilingInfo(event.get(), what, sizeof(ns), &ns, nullptr), "no time of an OpenCL event");
  return ns;
}

}  // namespace

// ---- where the host's tensors lie -------------------------------------------------------------------------------------

/// Two buffers over the same host memory mean nothing in OpenCL, so a tensor that overlaps another one is copied; so is
/// one that begins where wide elements may not.
void Segment::bind_one(Border& border, void* host, const std::vector<Border*>& before) {
  const bool alone = std::none_of(before.begin(), before.end(),
                                  [&](const Border* other) { return overlap(host, border.bytes, other->host, other->bytes); });
  const bool aligned = reinterpret_cast<uintptr_t>(host) % kWidestLoad == 0;
  const bool in_place = device_.caps().unified && alone && aligned;
  if (border.outer != nullptr && border.host == host && border.in_place == in_place) return;
  border.host = host;
  border.in_place = in_place;
  if (!device_.caps().unified && !border.converts) return;  // its piece of the pool, for ever
  if (in_place) {
    border.shared = context_->make_buffer(CL_MEM_READ_WRITE | CL_MEM_USE_HOST_PTR, border.bytes, host);
  } else if (!border.own) {
    border.own = context_->make_buffer(CL_MEM_READ_WRITE, border.bytes);
  }
  border.outer = in_place ? border.shared.get() : border.own.get();
  place(border);
}

/// Tells kernels of a border's new buffer.
void Segment::place(const Border& border) {
  if (border.converts) {
    const cl_mem inner = pool_->at(border.tensor);
    const auto count = static_cast<cl_int>(border.bytes / sizeof(float));
    check(cl().clSetKernelArg(border.convert.get(), 0, sizeof(cl_mem), border.input ? &border.outer : &inner), "clSetKernelArg");
    check(cl().clSetKernelArg(border.convert.get(), 1, sizeof(cl_mem), border.input ? &inner : &border.outer), "clSetKernelArg");
    check(cl().clSetKernelArg(border.convert.get(), 2, sizeof(count), &count), "clSetKernelArg");
    return;
  }
  for (const Use& use : uses_) {
    if (use.tensor != border.tensor) continue;
    if (use.slot != nullptr) {
      *use.slot = border.outer;
    } else {
      check(cl().clSetKernelArg(use.kernel, use.index, sizeof(cl_mem), &border.outer), "clSetKernelArg");
    }
  }
}

void Segment::bind(const inlay_run& run) {
  std::vector<Border*> before;
  for (Border& border : borders_) {
    if (border.bytes == 0) continue;
    bind_one(border, run.tensors[border.tensor], before);
    if (border.in_place) before.push_back(&border);
  }
}

// ---- transfers ----------------------------------------------------------------------------------------------------------

void Segment::send(Border& border, cl_command_queue queue) {
  if (border.in_place) {
    cl_int status = CL_SUCCESS;
    // The host has written already: invalidating tells the driver not to bring the device's bytes back, unmapping hands ours
    // over.
    void* at = cl().clEnqueueMapBuffer(queue, border.outer, CL_FALSE, CL_MAP_WRITE_INVALIDATE_REGION, 0, border.bytes, 0, nullptr,
                                       nullptr, &status);
    check(status, "the device does not map the host's memory");
    check(cl().clEnqueueUnmapMemObject(queue, border.outer, at, 0, nullptr, nullptr), "clEnqueueUnmapMemObject");
    moved_.bytes_mapped += border.bytes;
    return;
  }
  check(cl().clEnqueueWriteBuffer(queue, border.outer, CL_FALSE, 0, border.bytes, border.host, 0, nullptr, nullptr),
        "no copy to the device");
  moved_.bytes_in += border.bytes;
  ++moved_.copies_in;
}

void Segment::fetch(Border& border, cl_command_queue queue) {
  if (border.in_place) {
    cl_int status = CL_SUCCESS;
    border.mapped =
        cl().clEnqueueMapBuffer(queue, border.outer, CL_FALSE, CL_MAP_READ, 0, border.bytes, 0, nullptr, nullptr, &status);
    check(status, "the device does not map the host's memory");
    moved_.bytes_mapped += border.bytes;
    return;
  }
  check(cl().clEnqueueReadBuffer(queue, border.outer, CL_FALSE, 0, border.bytes, border.host, 0, nullptr, nullptr),
        "no copy from the device");
  moved_.bytes_out += border.bytes;
  ++moved_.copies_out;
}

void Segment::unmap() {
  for (Border& border : borders_) {
    if (border.mapped == nullptr) continue;
    void* mapped = std::exchange(border.mapped, nullptr);
    check(cl().clEnqueueUnmapMemObject(running_, border.outer, mapped, 0, nullptr, nullptr), "clEnqueueUnmapMemObject");
  }
}

/// After a failure: what is mapped is handed back where the driver still listens, and the context is not used again.
void Segment::give_up() {
  for (Border& border : borders_) {
    void* mapped = std::exchange(border.mapped, nullptr);
    if (mapped != nullptr) static_cast<void>(cl().clEnqueueUnmapMemObject(running_, border.outer, mapped, 0, nullptr, nullptr));
  }
  device_.forget(context_.get());
}

// ---- kernels -------------------------------------------------------------------------------------------------------------

/// A library may start several commands and tells of the last one: a marker in front tells when the first began.
cl_int Segment::call_library(const Call& call, cl_command_queue queue, Watch* watch, int32_t node) {
  void* const* memory = reinterpret_cast<void* const*>(call.memory.data());
  if (watch == nullptr) return call.library(queue, memory, nullptr);
  cl_event event = nullptr;
  cl_int status = cl().clEnqueueMarkerWithWaitList(queue, 0, nullptr, &event);
  if (status != CL_SUCCESS) return status;
  watch->launches.push_back({node, Event(event)});
  event = nullptr;
  status = call.library(queue, memory, reinterpret_cast<void**>(&event));
  if (event != nullptr) watch->launches.push_back({node, Event(event)});
  return status;
}

void Segment::launch(const Call& call, cl_command_queue queue, Watch* watch, int32_t node) {
  cl_event event = nullptr;
  const cl_int status = call.library ? call_library(call, queue, watch, node)
                                     : cl().clEnqueueNDRangeKernel(queue, call.kernel.get(), 3, nullptr, call.global, call.local,
                                                                   0, nullptr, watch != nullptr ? &event : nullptr);
  if (status != CL_SUCCESS) {
    throw Failure(status_of(status),
                  "op " + std::to_string(node) + " ('" + graph_->nodes[node].name + "') does not start: " + error_name(status));
  }
  ++moved_.launches;
  if (event != nullptr) watch->launches.push_back({node, Event(event)});
}

void Segment::enqueue(const inlay_run& run) {
  watch_.observer = run.observer;
  watch_.graph = run.graph_index;
  watch_.launches.clear();
  if (run.observer != nullptr && !timing_queue_) timing_queue_ = context_->make_queue(true);
  running_ = run.observer != nullptr ? timing_queue_.get() : queue_.get();
  Watch* watch = run.observer != nullptr ? &watch_ : nullptr;
  const inlay_device_use none = {};
  moved_ = none;
  const auto convert = [&](Border& border) {
    const size_t count = border.bytes / sizeof(float);
    check(cl().clEnqueueNDRangeKernel(running_, border.convert.get(), 1, nullptr, &count, nullptr, 0, nullptr, nullptr),
          "no conversion of floats");
    ++moved_.launches;
  };
  for (Border& border : borders_) {
    if (!border.input || border.bytes == 0) continue;
    send(border, running_);
    if (border.converts) convert(border);
  }
  if (watch != nullptr) watch_.first_queued = run.observer->now(run.observer->user);
  for (size_t i = 0; i < steps_.size(); ++i) {
    for (const Call& call : steps_[i].calls) launch(call, running_, watch, first_ + static_cast<int32_t>(i));
  }
  for (Border& border : borders_) {
    if (border.input || border.bytes == 0) continue;
    if (border.converts) convert(border);
    fetch(border, running_);
  }
}

// ---- runs ----------------------------------------------------------------------------------------------------------------

void Segment::submit(const inlay_run& run) {
  turn_.take();
  try {
    bind(run);
    enqueue(run);
    check(cl().clFlush(running_), "clFlush");
  } catch (...) {
    // What did start must not write into the caller's memory later.
    if (running_ != nullptr) static_cast<void>(cl().clFinish(running_));
    give_up();
    turn_.give();
    throw;
  }
}

void Segment::finish() {
  try {
    check(cl().clFinish(running_), "the device gave up");
    unmap();
    tell();
  } catch (...) {
    give_up();
    turn_.give();
    throw;
  }
  turn_.give();
}

/// Moves the device's clock so that it shows, for the first launch's entry into the queue, what the host's did. The host may come
/// late to ask, so nothing can be said of when the last one ended but that it was not later than now. An op is one interval from its
/// first launch to its last one's end; one without launches ends where it begins.
void Segment::tell() const {
  if (watch_.observer == nullptr) return;
  const inlay_observer& observer = *watch_.observer;
  const uint64_t now = observer.now(observer.user);
  if (watch_.launches.empty()) return;
  const uint64_t queued = time_of(watch_.launches.front().event, CL_PROFILING_COMMAND_QUEUED);
  const uint64_t took = time_of(watch_.launches.back().event, CL_PROFILING_COMMAND_END) - queued;
  const uint64_t latest = now > took ? now - took : 0;
  const uint64_t origin = std::min(watch_.first_queued, latest);
  const auto at = [&](uint64_t ns) { return origin + (ns > queued ? ns - queued : 0); };
  size_t next = 0;
  uint64_t end = at(time_of(watch_.launches.front().event, CL_PROFILING_COMMAND_START));
  for (int32_t node = first_; node < first_ + static_cast<int32_t>(steps_.size()); ++node) {
    uint64_t begin = end;
    for (bool first = true; next < watch_.launches.size() && watch_.launches[next].node == node; ++next, first = false) {
      if (first) begin = at(time_of(watch_.launches[next].event, CL_PROFILING_COMMAND_START));
      end = at(time_of(watch_.launches[next].event, CL_PROFILING_COMMAND_END));
    }
    observer.done(observer.user, watch_.graph, node, begin, end);
  }
}

}  // namespace inlay::opencl
