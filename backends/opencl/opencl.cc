// SPDX-License-Identifier: Apache-2.0
// The table in the registry.
#include "gpu/table.h"
#include "ops.h"
#include "segment.h"

namespace inlay::opencl {
namespace {

struct Traits {
  using Device = opencl::Device;
  using Segment = opencl::Segment;
  static constexpr const char *kName = "opencl", *kWord = "OpenCL";
  static const std::vector<std::unique_ptr<Device>>& devices(std::string* why) { return opencl::devices(why); }
  static const Op* find_op(uint16_t kind) { return opencl::find_op(kind); }

  /// Nobody can tell by the code.
  static bool lost(const Device&) { return true; }

  static Segment* compile(Device& device, const inlay_segment& segment) {
    const std::shared_ptr<Context> context = device.context();
    try {
      return new Segment(device, segment);
    } catch (const Failure& failure) {
      // Nobody can tell a lost device from another mishap by the code; a context without room is as good as before.
      if (failure.status() != INLAY_STATUS_OUT_OF_MEMORY) device.forget(context.get());
      throw;
    }
  }
};

}  // namespace
}  // namespace inlay::opencl

extern "C" const inlay_backend inlay_backend_opencl;
extern "C" const inlay_backend inlay_backend_opencl = inlay::gpu::make_table<inlay::opencl::Traits>();
