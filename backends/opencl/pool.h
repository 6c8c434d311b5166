// SPDX-License-Identifier: Apache-2.0
// Device memory of a segment, taken: activations in one buffer, constants in as few as fit.
#pragma once
#include "gpu/memory.h"
#include "programs.h"

namespace inlay::opencl {

/// Activations. Sub-buffers lie at the device's alignment.
class Pool {
 public:
  /// `outside`: tensors that lie elsewhere. Throws Failure when the device has not that much memory in one piece.
  Pool(const Context& context, const Node& any, const SegmentGraph& segment, const std::function<bool(int32_t)>& outside);
  /// NULL for tensors outside.
  cl_mem at(int32_t tensor) const { return pieces_[static_cast<size_t>(tensor)].get(); }
  const Activations& plan() const { return plan_; }

 private:
  Activations plan_;
  Buffer whole_;
  std::vector<Buffer> pieces_;  ///< by tensor; before whole_ in death
};

/// Constants, gathered first, then uploaded once.
class Weights {
 public:
  Constants constants;
  void upload(const Context& context, const Caps& caps);
  cl_mem at(size_t number) const { return pieces_[number].get(); }
  uint64_t bytes() const { return bytes_; }

 private:
  std::vector<Buffer> chunks_, pieces_;
  uint64_t bytes_ = 0;
};

}  // namespace inlay::opencl
