// SPDX-License-Identifier: Apache-2.0
// What the backend's ops ask for, its own and those of backends/gpu, looked up in the table of kernels. No GPU takes part.
#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "gpu/op.h"
#include "kernel_table.h"

namespace inlay::cuda {

/// A device as CUDA's are: groups of 1024, halves that are stored, not computed with. arch: 10 * major + minor.
gpu::Caps caps_like_cuda(int arch);

class Planner {
 public:
  /// Plans the node in all its variants, for three generations of devices, with floats as they are and as halves. `where`: what to
  /// say of kernels that are missing.
  void plan(const inlay_graph& graph, int32_t node, const std::string& where);
  /// The same with each of the node's dtypes changed to every other, where a builtin op takes that. Nodes like some that were
  /// tried are left.
  void plan_retyped(const inlay_graph& graph, int32_t node, const std::string& where);

  const std::map<std::string, std::string>& missing() const { return missing_; }  ///< program and kernel -> where
  const std::set<const Kernel*>& found() const { return found_; }
  size_t launches() const { return launches_; }
  size_t rejected() const { return rejected_; }

 private:
  void plan_on(const gpu::Caps& caps, const inlay_graph& graph, int32_t node, const std::string& where);
  void look_up(const gpu::Launch& launch, const std::string& where);

  std::map<std::string, std::string> missing_;
  std::map<std::string, int> tried_;
  std::set<const Kernel*> found_;
  size_t launches_ = 0, rejected_ = 0;
};

}  // namespace inlay::cuda
