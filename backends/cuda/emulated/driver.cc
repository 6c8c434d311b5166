// SPDX-License-Identifier: Apache-2.0
// The table of driver.h on the CPU: memory is the host's, to the byte, so that AddressSanitizer sees steps outside; streams do at once
// what they are given; a graph is the list of what was captured. Device 0 is like a Hopper GPU, 1 like an Orin that shares the host's
// memory, 2 has the least that the backend takes.
#include "driver.h"

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <vector>

#include "emulated/state.h"
#include "emulator/launch.h"
#include "kernel_table.h"
#include "loader.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

namespace inlay::cuda {
namespace {

using emulated::Call;
using emulated::Kind;
using emulated::state;

constexpr size_t kAlignment = 256;

// Every function of a device counts, and may fail by order of the tests.
#define ENTER(device, call)                                        \
  do {                                                             \
    const int inlay_code = state().enter(device, Call::call);      \
    if (inlay_code != 0) return inlay_code;                        \
  } while (0)

const char* error_name(int code) {
  switch (code) {
    case emulated::kInvalidValue: return "cudaErrorInvalidValue";
    case emulated::kOutOfMemory: return "cudaErrorMemoryAllocation";
    case emulated::kDevicesUnavailable: return "cudaErrorDevicesUnavailable";
    case emulated::kNoDevice: return "cudaErrorNoDevice";
    case emulated::kLaunchFailure: return "cudaErrorLaunchFailure";
    default: return "an error that the emulated device does not know";
  }
}
const char* error_text(int code) {
  switch (code) {
    case emulated::kOutOfMemory: return "out of memory";
    case emulated::kDevicesUnavailable: return "the device is gone";
    case emulated::kNoDevice: return "no device was shown";
    case emulated::kLaunchFailure: return state().fault_text.empty() ? "a kernel's fault" : state().fault_text.c_str();
    default: return "refused";
  }
}
uint32_t error_kind(int code) {
  if (code == emulated::kOutOfMemory) return INLAY_CUDA_ERROR_MEMORY;
  return code == emulated::kDevicesUnavailable || code == emulated::kLaunchFailure ? INLAY_CUDA_ERROR_LOST : INLAY_CUDA_ERROR_OTHER;
}

int device_count(int32_t* out) {
  *out = state().shown;
  return *out > 0 ? 0 : emulated::kNoDevice;
}

int read_caps(int32_t device, inlay_cuda_caps* out) {
  static constexpr struct {
    const char* name;
    int32_t arch, units, integrated;
    uint64_t shared;
  } kKinds[emulated::kDevices] = {{"emulated, like sm_90", 90, 132, 0, 227 * 1024},
                                  {"emulated, like sm_87 with shared memory", 87, 16, 1, 163 * 1024},
                                  {"emulated, like sm_75", 75, 40, 0, 64 * 1024}};
  if (device < 0 || device >= emulated::kDevices) return emulated::kInvalidValue;
  *out = {};
  std::strncpy(out->name, kKinds[device].name, sizeof(out->name) - 1);
  out->arch = kKinds[device].arch;
  out->units = kKinds[device].units;
  out->wgmma = has_wgmma() && out->arch == 90 ? 1 : 0;
  out->integrated = kKinds[device].integrated;
  out->most_threads = 1024;
  out->memory_bytes = 4ull << 30;
  out->shared_bytes = kKinds[device].shared;
  out->cache_bytes = 4 << 20;
  out->driver_version = out->runtime_version = 13000;
  return 0;
}

int reset(int32_t device) { return state().reset(device); }

const void* find(const char* source, const char* options, const char* name) { return find_kernel(source, options, name); }

int allow_shared(int32_t device, const void*, uint64_t bytes) {
  ENTER(device, kAllowShared);
  inlay_cuda_caps caps = {};
  static_cast<void>(read_caps(device, &caps));
  return bytes <= caps.shared_bytes ? 0 : emulated::kInvalidValue;
}

// ---- memory --------------------------------------------------------------------------------------------------------------

int take_as(int32_t device, Kind kind, size_t bytes, void** out) {
  if (posix_memalign(out, kAlignment, bytes) != 0) return emulated::kOutOfMemory;
  std::memset(*out, 0xa5, bytes);  // nobody may read what nobody wrote
  state().keep(*out, {kind, device, bytes, std::free});
  return 0;
}
int take(int32_t device, size_t bytes, void** out) {
  ENTER(device, kTake);
  return take_as(device, Kind::kMemory, bytes, out);
}
int take_pinned(int32_t device, size_t bytes, void** out) {
  ENTER(device, kTakePinned);
  return take_as(device, Kind::kPinned, bytes, out);
}
int give(int32_t device, void* memory) { return state().drop(device, Kind::kMemory, memory); }
int give_pinned(int32_t device, void* memory) { return state().drop(device, Kind::kPinned, memory); }

#if defined(__SANITIZE_ADDRESS__)
void forbid(void* memory, size_t bytes) { ASAN_POISON_MEMORY_REGION(memory, bytes); }
constexpr auto kForbid = forbid;
#else
constexpr void (*kForbid)(void*, size_t) = nullptr;
#endif

// ---- streams -------------------------------------------------------------------------------------------------------------

using Work = std::function<void()>;
using Graph = std::vector<Work>;
struct Stream {
  bool captures = false;
  Graph captured;
};
struct Event {
  std::chrono::steady_clock::time_point at;
};

template <typename T>
int make(int32_t device, Kind kind, T* what, void** out) {
  *out = what;
  state().keep(what, {kind, device, 0, [](void* p) { delete static_cast<T*>(p); }});
  return 0;
}

int make_stream(int32_t device, void** out) {
  ENTER(device, kMakeStream);
  return make(device, Kind::kStream, new Stream, out);
}
int drop_stream(int32_t device, void* stream) { return state().drop(device, Kind::kStream, stream); }

/// Does it, or writes it down.
int give_work(void* stream, Work work) {
  auto* const s = static_cast<Stream*>(stream);
  if (s->captures) {
    s->captured.push_back(std::move(work));
  } else {
    work();
  }
  return 0;
}

int drain(int32_t device, void*) {
  ENTER(device, kDrain);
  return 0;
}

int copy_in(int32_t device, void* to, const void* from, size_t bytes, void* stream) {
  ENTER(device, kCopyIn);
  return give_work(stream, [=] {
    std::memcpy(to, from, bytes);
    const std::lock_guard<std::mutex> guard(state().lock);
    state().counts.bytes_in += static_cast<int64_t>(bytes);
  });
}
int copy_out(int32_t device, void* to, const void* from, size_t bytes, void* stream) {
  ENTER(device, kCopyOut);
  return give_work(stream, [=] {
    std::memcpy(to, from, bytes);
    const std::lock_guard<std::mutex> guard(state().lock);
    state().counts.bytes_out += static_cast<int64_t>(bytes);
  });
}

/// As on a GPU, a fault is noticed by whoever calls next; what follows in the stream is not computed.
void compute(int32_t device, const inlay_cuda_launch& l) {
  if (state().lost[device] != 0) return;
  if (state().launch_faults()) return state().lose(device, emulated::kLaunchFailure, "a kernel's fault, by order of a test");
  inlay_cuda_caps caps = {};
  static_cast<void>(read_caps(device, &caps));
  try {
    emulator::set_architecture(caps.arch);
    emulator::launch(*static_cast<const Kernel*>(l.kernel), dim3(l.grid[0], l.grid[1], l.grid[2]), dim3(l.block[0], l.block[1], l.block[2]),
                     l.shared_bytes, l.args);
  } catch (const emulator::Fault& fault) {
    state().lose(device, emulated::kLaunchFailure, fault.what());
  }
}

int launch(int32_t device, const inlay_cuda_launch* l, void* stream) {
  ENTER(device, kLaunch);
  return give_work(stream, [device, copy = *l] { compute(device, copy); });
}

int begin_capture(int32_t device, void* stream) {
  ENTER(device, kBeginCapture);
  static_cast<Stream*>(stream)->captures = true;
  return 0;
}
int end_capture(int32_t device, void* stream, void** out) {
  auto* const s = static_cast<Stream*>(stream);
  s->captures = false;
  Graph captured;
  captured.swap(s->captured);
  ENTER(device, kEndCapture);
  return make(device, Kind::kGraph, new Graph(std::move(captured)), out);
}
int start_graph(int32_t device, void* graph, void*) {
  ENTER(device, kStartGraph);
  for (const Work& work : *static_cast<Graph*>(graph)) work();
  return 0;
}
int drop_graph(int32_t device, void* graph) { return state().drop(device, Kind::kGraph, graph); }

int make_event(int32_t device, int32_t, void** out) {
  ENTER(device, kMakeEvent);
  return make(device, Kind::kEvent, new Event, out);
}
int drop_event(int32_t device, void* event) { return state().drop(device, Kind::kEvent, event); }
int record(int32_t device, void* event, void*) {
  ENTER(device, kRecord);
  static_cast<Event*>(event)->at = std::chrono::steady_clock::now();
  return 0;
}
int wait_event(int32_t device, void*) {
  ENTER(device, kWaitEvent);
  return 0;
}
int elapsed(int32_t device, void* from, void* to, float* milliseconds) {
  ENTER(device, kElapsed);
  *milliseconds = std::chrono::duration<float, std::milli>(static_cast<Event*>(to)->at - static_cast<Event*>(from)->at).count();
  return 0;
}

#undef ENTER

const inlay_cuda_driver kTable = {INLAY_CUDA_DRIVER_VERSION, sizeof(inlay_cuda_driver), error_name, error_text, error_kind, device_count, read_caps,
                                  reset, find, allow_shared, take, give, kForbid, take_pinned, give_pinned, make_stream, drop_stream, drain,
                                  copy_in, copy_out, launch, begin_capture, end_capture, start_graph, drop_graph, make_event, drop_event, record,
                                  wait_event, elapsed};

}  // namespace

// In the place of loader.cc's.
const inlay_cuda_driver* driver(inlay_error*) { return &kTable; }

}  // namespace inlay::cuda
