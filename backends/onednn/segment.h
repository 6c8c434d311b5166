// SPDX-License-Identifier: Apache-2.0
// A run of nodes as primitives, their packed weights in the segment's persistent memory.
#pragma once
#include <memory>
#include <mutex>
#include <string>

#include "recipe.h"

namespace inlay::onednn {

/// oneDNN asks OpenMP for its threads, both when it makes a primitive and when it runs one. While this lives, the calling thread
/// gets `threads` of them.
class OmpThreads {
 public:
  explicit OmpThreads(int32_t threads);
  ~OmpThreads();
  OmpThreads(const OmpThreads&) = delete;
  OmpThreads& operator=(const OmpThreads&) = delete;

 private:
  int before_;
};

/// Threads of a segment that oneDNN may use: OpenMP's beside a pool of another kind would fight for the cores.
int32_t threads_of(const inlay_segment& segment);

/// Throws dnnl::error.
inlay_need measure_segment(const inlay_segment& segment);

/// May be executed by several threads at once.
class Segment {
 public:
  /// `memory` as measured. Throws dnnl::error, and std::length_error when the memory is too small.
  Segment(const inlay_segment& segment, inlay_block memory);
  inlay_status execute(const inlay_run& run);
  const char* kernel(int32_t node) const { return steps_[static_cast<size_t>(node - first_)].kernel.c_str(); }

 private:
  struct Step {
    dnnl::primitive primitive;
    std::vector<Operand> operands;
    std::vector<int> constant_args;
    std::vector<dnnl::memory> constants;
    Desc scratchpad;
    std::string kernel;
  };
  /// Where the operands of a step lie for one executing thread, as the library wants to be told.
  struct Bound {
    std::vector<dnnl::memory> operands;
    dnnl::memory scratchpad;  // empty: none is needed
    std::vector<dnnl_exec_arg_t> args;
  };
  using Binding = std::vector<Bound>;  // by step
  class Packer;

  Step make_step(const Recipe& recipe, Packer* packer) const;
  std::unique_ptr<Binding> bind() const;
  std::unique_ptr<Binding> take_binding();
  void put_back(std::unique_ptr<Binding> binding);
  inlay_status run_steps(const inlay_run& run, Binding* binding, void* scratch) const;

  const inlay_graph* graph_;
  int32_t first_;
  int32_t threads_;
  size_t scratch_ = 0;
  dnnl::stream stream_;
  std::vector<Step> steps_;
  std::mutex lock_;
  std::vector<std::unique_ptr<Binding>> idle_;
};

}  // namespace inlay::onednn
