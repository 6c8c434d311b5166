// SPDX-License-Identifier: Apache-2.0
// The table of a GPU backend, from what it says of itself:
//
//   struct Traits {
//     using Device, Segment;                                  // Device::caps(); Segment: submit, finish, use, kernel
//     static constexpr const char *kName, *kWord;             // "cuda" in the registry, "CUDA" for people
//     static const std::vector<std::unique_ptr<Device>>& devices(std::string* why);
//     static const Op* find_op(uint16_t kind);
//     static Segment* compile(Device&, const inlay_segment&);  // throws Failure
//   };
#pragma once
#include <memory>

#include "gpu/guarded.h"
#include "gpu/op.h"

namespace inlay::gpu {

template <typename Traits>
struct Table {
  using Device = typename Traits::Device;
  using Segment = typename Traits::Segment;

  static Segment& segment_of(void* compiled) { return *static_cast<Segment*>(compiled); }

  static Device* device_at(int32_t index) {
    const auto& all = Traits::devices(nullptr);
    return index >= 0 && static_cast<size_t>(index) < all.size() ? all[static_cast<size_t>(index)].get() : nullptr;
  }

  static int32_t probe(inlay_device_info* out, int32_t capacity, inlay_error* why) {
    int32_t count = 0;
    std::string reason;
    const inlay_status status = guarded(Traits::kWord, why, [&] {
      for (const auto& device : Traits::devices(&reason)) {
        if (count < capacity) {
          inlay_device_info& info = out[count];
          info = {};
          const Caps& caps = device->caps();
          caps.name.copy(info.name, sizeof(info.name) - 1);
          info.memory_bytes = caps.unified ? 0 : caps.global_bytes;
        }
        ++count;
      }
    });
    if (status != INLAY_OK) return 0;
    if (count == 0) static_cast<void>(INLAY_FAIL(why, NO_DEVICE, "%", reason.c_str()));
    return count;
  }

  static const char* reject(int32_t device, const inlay_segment* segment, const inlay_node* node) {
    const Device* at = device_at(device);
    return at != nullptr ? rejection(Traits::find_op(node->kind), at->caps(), *segment, *node) : "there is no such device here";
  }

  /// What a segment holds lies on the heap and on the device.
  static inlay_status measure(int32_t, const inlay_segment*, inlay_need* need, inlay_error*) {
    *need = {0, 0};
    return INLAY_OK;
  }

  static inlay_status compile(int32_t device, const inlay_segment* segment, inlay_block, void** compiled, inlay_error* error) {
    Device* at = device_at(device);
    if (at == nullptr) return INLAY_FAIL(error, NO_DEVICE, "there is no % device %", Traits::kWord, device);
    return guarded(Traits::kWord, error, [&] { *compiled = Traits::compile(*at, *segment); });
  }

  static inlay_status submit(void* compiled, const inlay_run* run) {
    return guarded(Traits::kWord, run->error, [&] { segment_of(compiled).submit(*run); });
  }
  static inlay_status finish(void* compiled, inlay_error* error) {
    return guarded(Traits::kWord, error, [&] { segment_of(compiled).finish(); });
  }
  static inlay_status execute(void* compiled, const inlay_run* run) {
    const inlay_status status = submit(compiled, run);
    return status == INLAY_OK ? finish(compiled, run->error) : status;
  }
  static void release(void* compiled) { delete &segment_of(compiled); }
  static const char* kernel(void* compiled, int32_t node) { return segment_of(compiled).kernel(node); }

  static int32_t variants(int32_t device, const inlay_segment* segment, const inlay_node* node) {
    const Device* at = device_at(device);
    const Op* op = Traits::find_op(node->kind);
    if (at == nullptr || op == nullptr || op->variants == nullptr) return 1;
    return op->variants({segment, node, &at->caps()});
  }

  static int32_t lost(int32_t device) {
    const Device* at = device_at(device);
    return at == nullptr || Traits::lost(*at) ? 1 : 0;
  }

  static void usage(void* compiled, inlay_device_use* out) {
    const uint32_t size = out->struct_size;
    segment_of(compiled).use(out);
    out->struct_size = size;
  }
};

/// Drivers use the heap during runs; a segment may be shared, and keeps what is passed on inside of it in the device's memory.
template <typename Traits>
constexpr inlay_backend make_table() {
  using T = Table<Traits>;
  return {INLAY_BACKEND_ABI_VERSION, sizeof(inlay_backend), Traits::kName,
          INLAY_BACKEND_HEAP | INLAY_BACKEND_SHAREABLE | INLAY_BACKEND_ACCELERATOR | INLAY_BACKEND_OWN_ACTIVATIONS, T::probe, T::reject,
          T::measure, T::compile, T::execute, T::release, nullptr, T::kernel, nullptr, T::variants, T::usage, T::submit, T::finish, T::lost};
}

}  // namespace inlay::gpu
