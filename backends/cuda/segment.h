// SPDX-License-Identifier: Apache-2.0
// A run of nodes on one device: memory planned and taken, launches written down as a graph, what crosses the border known.
#pragma once
#include "device.h"
#include "gpu/memory.h"
#include "gpu/turn.h"

namespace inlay::cuda {

class Segment {
 public:
  /// Throws Failure. `segment` is not kept, its graph is.
  Segment(Device& device, const inlay_segment& segment);
  /// Waits for what still runs.
  ~Segment();
  Segment(const Segment&) = delete;
  Segment& operator=(const Segment&) = delete;

  /// Starts a run; waits for the turn when another session is running the segment. Throws Failure.
  void submit(const inlay_run& run);
  /// Waits for what submit() started. Throws Failure.
  void finish();
  void use(inlay_device_use* out) const { *out = use_; }
  const char* kernel(int32_t node) const { return steps_[static_cast<size_t>(node - first_)].kernel.c_str(); }

 private:
  /// One kernel start. Values and places of memory lie in one piece, so that pointers to them stay.
  struct Call {
    const void* kernel;
    uint32_t grid[3], block[3];
    uint64_t shared_bytes;
    std::vector<void*> args;
    std::vector<uint64_t> values;  ///< args lead here
  };
  struct Step {
    std::string kernel;
    std::vector<Call> calls;
  };
  /// A tensor that comes from the host or goes to it, by way of `staging`, pinned memory of ours.
  struct Border {
    int32_t tensor;
    size_t bytes;
    bool input;
    bool converts;           ///< the host has floats, the device halves
    bool in_place;           ///< the device reads and writes `staging` itself
    uint8_t* staging;
    uint8_t* outer;          ///< what the device has of the host's bytes: staging or device memory
    std::vector<Call> convert;  ///< one, or none
  };

  void add_borders(const inlay_segment& segment, const SegmentGraph& graph);
  void gather(const inlay_segment& segment, std::vector<Recipe>* recipes);
  void take_memory();
  void upload(const Caps& caps);
  void make_calls(const std::vector<Recipe>& recipes);
  Call make_call(const Launch& launch, size_t* next_constant) const;
  void set_arguments(const Launch& launch, size_t* next_constant, Call* call) const;
  uint8_t* constant(size_t number) const;
  uint8_t* place_of(int32_t tensor) const;
  uint8_t* memory_of(const Launch::Argument& argument, size_t* next_constant) const;
  void capture();

  void enqueue_inputs();
  void enqueue_outputs();
  void enqueue(const std::vector<Call>& calls, int32_t node);
  void enqueue_observed();
  void check(int code, const char* what) { context_->check(code, what); }
  void tell();

  Device& device_;
  std::shared_ptr<Context> context_;  ///< before all that it owns
  const inlay_cuda_driver& driver_;
  const inlay_graph* graph_;
  int32_t first_;
  Activations plan_;
  Constants constants_;
  std::vector<size_t> constant_of_argument_;                   ///< in the order of the launches' constant arguments
  std::vector<std::pair<int32_t, size_t>> constant_tensors_;   ///< tensor, number in constants_
  size_t scratch_bytes_ = 0;
  std::vector<Step> steps_;
  std::vector<Border> borders_;
  inlay_device_use use_ = {};

  Owned stream_, working_, staging_;
  std::vector<Owned> images_;  ///< of constants
  uint8_t* scratch_ = nullptr;
  Owned done_;                 ///< recorded at the end of each run
  Owned run_;                  ///< the graph
  std::vector<Owned> times_;   ///< of an observed run: before the first node, behind each
  const inlay_observer* observer_ = nullptr;
  int32_t graph_index_ = 0;
  void* const* tensors_ = nullptr;
  Turn turn_;
};

}  // namespace inlay::cuda
