// SPDX-License-Identifier: Apache-2.0
// A run of nodes on one device: kernels with their arguments set, memory planned, what crosses the border known.
#pragma once
#include "gpu/turn.h"
#include "pool.h"

namespace inlay::opencl {

class Segment {
 public:
  /// Throws Failure. `segment` is not kept, its graph is.
  Segment(Device& device, const inlay_segment& segment);

  /// Starts a run; waits for the turn when another session is running the segment. Throws Failure.
  void submit(const inlay_run& run);
  /// Waits for what submit() started. Throws Failure.
  void finish();
  void use(inlay_device_use* out) const;
  const char* kernel(int32_t node) const { return steps_[static_cast<size_t>(node - first_)].kernel.c_str(); }

 private:
  struct Call {
    Kernel kernel;
    size_t global[3], local[3];
    Launch::Library library;  ///< runs instead of `kernel`, with `memory`
    std::vector<cl_mem> memory;
  };
  struct Step {
    std::string kernel;
    std::vector<Call> calls;
  };
  /// An argument that changes with the place of a tensor on the border.
  struct Use {
    cl_kernel kernel;
    cl_uint index;
    int32_t tensor;
    cl_mem* slot;  ///< of a library's call: in its `memory`, which stays where it is
  };
  /// A tensor that comes from the host or goes to it. `outer` has the host's bytes; kernels work on `inner`, another buffer only
  /// where floats lie as halves on the device.
  struct Border {
    int32_t tensor;
    size_t bytes;
    bool input;
    bool converts;
    Buffer shared;          ///< the host's memory itself
    Buffer own;             ///< device memory of its own
    void* host = nullptr;   ///< where `shared` lies, or what is copied
    bool in_place = false;  ///< `shared` is in use
    cl_mem outer = nullptr;
    Kernel convert;
    void* mapped = nullptr;
  };
  struct Timed {
    int32_t node;
    Event event;
  };
  struct Watch {
    const inlay_observer* observer = nullptr;
    int32_t graph = 0;
    std::vector<Timed> launches;
    uint64_t first_queued = 0;  ///< the host's clock when it enqueued the first launch: where the two clocks meet
  };

  void gather(const inlay_segment& segment, std::vector<Recipe>* recipes, std::set<ProgramId>* programs);
  void add_borders(const inlay_segment& segment, const SegmentGraph& graph);
  void make_calls(const std::vector<Recipe>& recipes);
  void make_kernel_call(const Launch& launch, Call* call);
  Call make_call(const Launch& launch, size_t* constant);
  void set_argument(Call& call, cl_uint index, const Launch::Argument& argument, size_t* constant);
  cl_mem memory_of(int32_t tensor) const;

  void bind(const inlay_run& run);
  void bind_one(Border& border, void* host, const std::vector<Border*>& before);
  void place(const Border& border);
  void send(Border& border, cl_command_queue queue);
  void fetch(Border& border, cl_command_queue queue);
  void launch(const Call& call, cl_command_queue queue, Watch* watch, int32_t node);
  cl_int call_library(const Call& call, cl_command_queue queue, Watch* watch, int32_t node);
  void enqueue(const inlay_run& run);
  void tell() const;
  void unmap();
  void give_up();

  Device& device_;
  std::shared_ptr<Context> context_;
  const inlay_graph* graph_;
  int32_t first_;
  Queue queue_, timing_queue_;
  std::unique_ptr<Pool> pool_;
  Weights weights_;
  Buffer scratch_;
  size_t scratch_bytes_ = 0;
  BuildCount built_;
  ProgramId convert_id_;
  std::vector<size_t> constants_;  ///< numbers in weights_, in the order of the launches' constant arguments
  std::vector<std::pair<int32_t, size_t>> constant_tensors_;
  std::vector<Step> steps_;
  std::vector<Border> borders_;
  std::vector<Use> uses_;
  inlay_device_use moved_ = {};
  Watch watch_;
  Event last_;
  cl_command_queue running_ = nullptr;
  Turn turn_;
};

}  // namespace inlay::opencl
