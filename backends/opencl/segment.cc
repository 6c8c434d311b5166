// SPDX-License-Identifier: Apache-2.0
#include "segment.h"

#include <algorithm>

#include "ops.h"

namespace inlay::opencl {
namespace {

constexpr size_t kDefaultGroup = 64;

bool empty(const Launch& launch) { return launch.global[0] == 0 || launch.global[1] == 0 || launch.global[2] == 0; }

size_t group_limit(const Kernel& kernel, cl_device_id device) {
  size_t most = 0;
  check(cl().clGetKernelWorkGroupInfo(kernel.get(), device, CL_KERNEL_WORK_GROUP_SIZE, sizeof(most), &most, nullptr),
        "clGetKernelWorkGroupInfo");
  return most;
}

/// Rounded to halves where the device keeps floats so.
std::vector<uint8_t> bytes_on_device(const Node& any, const inlay_tensor& t) {
  return device_floats(any, static_cast<const float*>(t.data), static_cast<size_t>(element_count(t)));
}

}  // namespace

Segment::Segment(Device& device, const inlay_segment& segment)
    : device_(device), context_(device.context()), graph_(segment.graph), first_(segment.first_node) {
  queue_ = context_->make_queue(false);
  const SegmentGraph graph(segment);
  const Node any = {&segment, nullptr, &device.caps()};
  convert_id_ = {"halves", ""};
  std::vector<Recipe> recipes;
  std::set<ProgramId> programs;
  add_borders(segment, graph);
  pool_ = std::make_unique<Pool>(*context_, any, graph, [&](int32_t t) {
    const auto at = std::find_if(borders_.begin(), borders_.end(), [t](const Border& b) { return b.tensor == t; });
    return at != borders_.end() && !at->converts && device_.caps().unified;
  });
  gather(segment, &recipes, &programs);
  for (const Border& border : borders_) {
    if (border.converts) programs.insert(convert_id_);
  }
  built_ = build_programs(*context_, device.caps(), programs, segment.cache_dir, segment.progress);
  weights_.upload(*context_, device.caps());
  if (scratch_bytes_ != 0) scratch_ = context_->make_buffer(CL_MEM_READ_WRITE, scratch_bytes_);
  make_calls(recipes);
}

/// Asks every op for its launches; finds out which programs, constants and scratch they need.
void Segment::gather(const inlay_segment& segment, std::vector<Recipe>* recipes, std::set<ProgramId>* programs) {
  for (int32_t n = first_; n < first_ + segment.node_count; ++n) {
    const Node node = {&segment, &segment.graph->nodes[n], &device_.caps()};
    Recipe recipe;
    find_op(node.node->kind)->plan(node, &recipe);
    const auto idle = [this](const Launch& launch) {
      return empty(launch) || (launch.same[0] >= 0 && pool_->plan().same_place(launch.same[0], launch.same[1]));
    };
    recipe.launches.erase(std::remove_if(recipe.launches.begin(), recipe.launches.end(), idle), recipe.launches.end());
    for (Launch& launch : recipe.launches) {
      if (!launch.library) programs->insert(launch.id);
      for (Launch::Argument& a : launch.arguments) {
        if (a.kind == Launch::Kind::kScratch) scratch_bytes_ = std::max(scratch_bytes_, a.bytes);
        if (a.kind == Launch::Kind::kConstant) constants_.push_back(weights_.constants.add(std::move(a.data)));
        if (a.kind != Launch::Kind::kTensor || a.tensor < 0) continue;
        const inlay_tensor& t = segment.graph->tensors[a.tensor];
        if (t.data == nullptr) continue;
        const bool known =
            std::any_of(constant_tensors_.begin(), constant_tensors_.end(), [&](const auto& c) { return c.first == a.tensor; });
        if (known) continue;
        const bool halves = t.dtype == INLAY_FLOAT32 && node.half();
        constant_tensors_.emplace_back(
            a.tensor, halves ? weights_.constants.add(bytes_on_device(node, t)) : weights_.constants.add(t.data, t.bytes));
      }
    }
    recipes->push_back(std::move(recipe));
  }
}

void Segment::add_borders(const inlay_segment& segment, const SegmentGraph& graph) {
  const Node any = {&segment, nullptr, &device_.caps()};
  const auto add = [&](int32_t tensor, bool input) {
    const inlay_tensor& t = segment.graph->tensors[tensor];
    Border border = {};
    border.tensor = tensor;
    border.bytes = t.bytes;
    border.input = input;
    border.converts = t.dtype == INLAY_FLOAT32 && any.half();
    borders_.push_back(std::move(border));
  };
  for (const int32_t t : graph.inputs) add(t, true);
  for (const int32_t t : graph.outputs) add(t, false);
}

cl_mem Segment::memory_of(int32_t tensor) const {
  for (const auto& constant : constant_tensors_) {
    if (constant.first == tensor) return weights_.at(constant.second);
  }
  return pool_->at(tensor);
}

void Segment::make_kernel_call(const Launch& launch, Call* call) {
  call->kernel = make_kernel(*context_, launch.id, launch.kernel);
  const size_t most = std::min(group_limit(call->kernel, context_->device()), device_.caps().most_group);
  const bool chosen = launch.local_size[0] != 0;
  const size_t wanted =
      chosen ? launch.local_size[0] * launch.local_size[1] * launch.local_size[2] : std::min(kDefaultGroup, most);
  if (wanted > most) {
    throw Failure(INLAY_STATUS_BACKEND_FAILED, "kernel " + launch.kernel + " needs groups of " + std::to_string(wanted) +
                                                   " work-items, the device has " + std::to_string(most));
  }
  for (int d = 0; d < 3; ++d) {
    call->local[d] = chosen ? launch.local_size[d] : d == 0 ? wanted : 1;
    call->global[d] = round_up(launch.global[d], call->local[d]);
  }
}

void Segment::set_argument(Call& call, cl_uint index, const Launch::Argument& argument, size_t* constant) {
  cl_kernel kernel = call.kernel.get();
  cl_mem* slot = call.library ? &call.memory[index] : nullptr;
  cl_mem memory = nullptr;
  switch (argument.kind) {
    case Launch::Kind::kTensor:
      memory = argument.tensor >= 0 ? memory_of(argument.tensor) : nullptr;
      if (argument.tensor >= 0 && memory == nullptr) {
        uses_.push_back({kernel, index, argument.tensor, slot});
        return;  // set as soon as the host's memory is known
      }
      break;
    case Launch::Kind::kConstant: memory = weights_.at(constants_[(*constant)++]); break;
    case Launch::Kind::kScratch: memory = scratch_.get(); break;
    case Launch::Kind::kValue:
      check(cl().clSetKernelArg(kernel, index, argument.data.size(), argument.data.data()), "clSetKernelArg");
      return;
    case Launch::Kind::kLocal: check(cl().clSetKernelArg(kernel, index, argument.bytes, nullptr), "clSetKernelArg"); return;
  }
  if (slot != nullptr) {
    *slot = memory;
    return;
  }
  check(cl().clSetKernelArg(kernel, index, sizeof(memory), &memory), "clSetKernelArg");
}

Segment::Call Segment::make_call(const Launch& launch, size_t* constant) {
  Call call = {};
  if (launch.library) {
    call.library = launch.library;
    call.memory.resize(launch.arguments.size());
  } else {
    make_kernel_call(launch, &call);
  }
  for (size_t i = 0; i < launch.arguments.size(); ++i) set_argument(call, static_cast<cl_uint>(i), launch.arguments[i], constant);
  return call;
}

void Segment::make_calls(const std::vector<Recipe>& recipes) {
  size_t constant = 0;
  for (const Recipe& recipe : recipes) {
    Step step;
    step.kernel = recipe.kernel;
    for (const Launch& launch : recipe.launches) {
      step.calls.push_back(make_call(launch, &constant));
    }
    steps_.push_back(std::move(step));
  }
  for (Border& border : borders_) {
    if (border.bytes == 0) continue;
    if (border.converts) {
      border.convert = make_kernel(*context_, convert_id_, border.input ? "float_to_half" : "half_to_float");
    } else if (!device_.caps().unified) {
      border.outer = pool_->at(border.tensor);
    }
  }
}

void Segment::use(inlay_device_use* out) const {
  const uint32_t size = out->struct_size;
  *out = moved_;
  out->struct_size = size;
  out->programs = built_.programs;
  out->programs_cached = built_.cached;
  out->build_us = built_.build_us;
  out->weights = weights_.bytes();
  out->planned = pool_->plan().bytes + scratch_bytes_;
  out->lower_bound = pool_->plan().lower_bound;
  for (const Border& border : borders_) out->planned += border.own ? border.bytes : 0;
}

}  // namespace inlay::opencl
