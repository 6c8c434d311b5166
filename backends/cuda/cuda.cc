// SPDX-License-Identifier: Apache-2.0
// The table in the registry.
#include "gpu/table.h"
#include "ops.h"
#include "segment.h"

namespace inlay::cuda {
namespace {

struct Traits {
  using Device = cuda::Device;
  using Segment = cuda::Segment;
  static constexpr const char *kName = "cuda", *kWord = "CUDA";
  static const std::vector<std::unique_ptr<Device>>& devices(std::string* why) { return cuda::devices(why); }
  static const Op* find_op(uint16_t kind) { return cuda::find_op(kind); }
  static bool lost(const Device& device) { return device.lost(); }
  static Segment* compile(Device& device, const inlay_segment& segment) { return new Segment(device, segment); }
};

}  // namespace
}  // namespace inlay::cuda

extern "C" const inlay_backend inlay_backend_cuda;
extern "C" const inlay_backend inlay_backend_cuda = inlay::gpu::make_table<inlay::cuda::Traits>();
