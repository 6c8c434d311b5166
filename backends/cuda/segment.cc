// SPDX-License-Identifier: Apache-2.0
// Making a segment: ops say what they launch, memory is taken in three pieces (working memory, constants, staging), and everything is
// captured as one graph.
#include "segment.h"

#include <algorithm>

#include "attention.h"
#include "ops.h"

namespace inlay::cuda {
namespace {

constexpr size_t kDefaultBlock = 128;
constexpr uint64_t kShared = 48 * 1024;  ///< of a block, without asking: CUDA C++ Programming Guide, "Shared Memory"
constexpr size_t kMostGrid[3] = {0x7fffffff, 65535, 65535};

bool empty(const Launch& launch) { return launch.global[0] == 0 || launch.global[1] == 0 || launch.global[2] == 0; }

/// Ops build the text of options from pieces with spaces around them; the table of kernels has one between two.
std::string with_single_spaces(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ' || (!out.empty() && out.back() != ' ')) out.push_back(c);
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

/// What lies where in one piece of memory.
struct Layout {
  explicit Layout(size_t to) : alignment(to) {}
  size_t add(size_t bytes) {
    const size_t at = round_up(end, alignment);
    pieces.emplace_back(at, bytes);
    end = at + bytes;
    return at;
  }
  /// Tells the driver of what lies between the pieces.
  void forbid_gaps(const inlay_cuda_driver& driver, const Owned& memory) {
    if (driver.forbid == nullptr) return;
    std::sort(pieces.begin(), pieces.end());
    size_t last = 0;
    for (const auto& piece : pieces) {
      if (piece.first > last) driver.forbid(static_cast<uint8_t*>(memory.get()) + last, piece.first - last);
      last = std::max(last, piece.first + piece.second);
    }
  }
  size_t alignment, end = 0;
  std::vector<std::pair<size_t, size_t>> pieces;  ///< offset, bytes
};

}  // namespace

Segment::Segment(Device& device, const inlay_segment& segment)
    : device_(device), context_(device.context()), driver_(context_->driver()), graph_(segment.graph), first_(segment.first_node) {
  Plans plans = plan_nodes(segment, device.caps(), find_op);
  SegmentGraph graph(segment, plans.sums);
  AttentionChains attention(segment, device.caps(), plans.sums);
  attention.merge(&graph.graph);
  attention.plan(segment, device.caps(), &plans.recipes);
  const Node any = {&segment, nullptr, &device.caps()};
  add_borders(segment, graph);
  plan_ = plan_activations(any, graph, [this](int32_t t) {
    return std::any_of(borders_.begin(), borders_.end(), [t](const Border& b) { return b.tensor == t && b.in_place; });
  });
  gather(segment, &plans.recipes);
  stream_ = make_stream(*context_);
  done_ = make_event(*context_, false);
  take_memory();
  upload(device.caps());
  make_calls(plans.recipes);
  capture();
}

Segment::~Segment() {
  if (stream_.get() != nullptr) context_->note(driver_.drain(context_->device(), stream_.get()));
}

void Segment::add_borders(const inlay_segment& segment, const SegmentGraph& graph) {
  const Node any = {&segment, nullptr, &device_.caps()};
  const auto add = [&](int32_t tensor, bool input) {
    const inlay_tensor& t = segment.graph->tensors[tensor];
    if (t.bytes == 0) return;
    const bool converts = t.dtype == INLAY_FLOAT32 && any.half();
    borders_.push_back({tensor, t.bytes, input, converts, device_.caps().unified && !converts, nullptr, nullptr, {}});
  };
  for (const int32_t t : graph.inputs) add(t, true);
  for (const int32_t t : graph.outputs) add(t, false);
}

/// Leaves out launches that do nothing; finds out which constants and how much scratch the others need.
void Segment::gather(const inlay_segment& segment, std::vector<Recipe>* recipes) {
  const Node any = {&segment, nullptr, &device_.caps()};
  const auto idle = [this](const Launch& launch) {
    return empty(launch) || (launch.same[0] >= 0 && plan_.same_place(launch.same[0], launch.same[1]));
  };
  const auto add_tensor = [&](int32_t tensor) {
    const inlay_tensor& t = segment.graph->tensors[tensor];
    const bool known = std::any_of(constant_tensors_.begin(), constant_tensors_.end(), [&](const auto& c) { return c.first == tensor; });
    if (t.data == nullptr || known) return;
    const bool halves = t.dtype == INLAY_FLOAT32 && any.half();
    const auto* floats = static_cast<const float*>(t.data);
    constant_tensors_.emplace_back(tensor, halves ? constants_.add(device_floats(any, floats, static_cast<size_t>(element_count(t))))
                                                  : constants_.add(t.data, t.bytes));
  };
  for (Recipe& recipe : *recipes) {
    recipe.launches.erase(std::remove_if(recipe.launches.begin(), recipe.launches.end(), idle), recipe.launches.end());
    for (Launch& launch : recipe.launches) {
      for (Launch::Argument& a : launch.arguments) {
        if (a.kind == Launch::Kind::kScratch) scratch_bytes_ = std::max(scratch_bytes_, a.bytes);
        if (a.kind == Launch::Kind::kConstant) constant_of_argument_.push_back(constants_.add(std::move(a.data)));
        if (a.kind == Launch::Kind::kTensor && a.tensor >= 0) add_tensor(a.tensor);
      }
    }
  }
}

// ---- memory --------------------------------------------------------------------------------------------------------------

/// Working memory: activations, then what borders have before their conversion, then scratch. Staging: every border.
void Segment::take_memory() {
  const Caps& caps = device_.caps();
  Layout working(caps.alignment), staging(caps.alignment);
  for (const Activations::Place& place : plan_.places) {
    if (place.inside) working.pieces.emplace_back(place.offset, place.bytes);
  }
  working.end = plan_.bytes;
  std::vector<size_t> staging_at, outer_at;
  for (const Border& border : borders_) {
    staging_at.push_back(staging.add(border.bytes));
    outer_at.push_back(border.converts && !caps.unified ? working.add(border.bytes) : 0);
  }
  const size_t scratch_at = working.add(scratch_bytes_);
  working_ = make_memory(*context_, working.end);
  staging_ = make_pinned(*context_, staging.end);
  auto* const base = static_cast<uint8_t*>(working_.get());
  for (size_t i = 0; i < borders_.size(); ++i) {
    Border& border = borders_[i];
    border.staging = static_cast<uint8_t*>(staging_.get()) + staging_at[i];
    border.outer = caps.unified ? border.staging : border.converts ? base + outer_at[i] : place_of(border.tensor);
  }
  scratch_ = scratch_bytes_ != 0 ? base + scratch_at : nullptr;
  working.forbid_gaps(driver_, working_);
  staging.forbid_gaps(driver_, staging_);
  use_.planned = working.end;
  use_.lower_bound = plan_.lower_bound;
}

void Segment::upload(const Caps& caps) {
  constants_.images(caps, [&](const std::vector<uint8_t>& image) {
    images_.push_back(make_memory(*context_, image.size()));
    void* const to = images_.back().get();
    context_->check(driver_.copy_in(context_->device(), to, image.data(), image.size(), stream_.get()), "no copy of constants to the device");
    // The image is gone after this.
    context_->check(driver_.drain(context_->device(), stream_.get()), "no copy of constants to the device");
    use_.weights += image.size();
  });
  std::vector<Layout> layouts(images_.size(), Layout(caps.alignment));
  for (const Constants::Place& place : constants_.places()) layouts[place.image].pieces.emplace_back(place.offset, place.bytes);
  for (size_t i = 0; i < images_.size(); ++i) layouts[i].forbid_gaps(driver_, images_[i]);
}

uint8_t* Segment::constant(size_t number) const {
  const Constants::Place& place = constants_.places()[number];
  return static_cast<uint8_t*>(images_[place.image].get()) + place.offset;
}

uint8_t* Segment::place_of(int32_t tensor) const {
  for (const auto& known : constant_tensors_) {
    if (known.first == tensor) return constant(known.second);
  }
  const Activations::Place& place = plan_.places[static_cast<size_t>(tensor)];
  if (place.inside) return static_cast<uint8_t*>(working_.get()) + place.offset;
  const auto border = std::find_if(borders_.begin(), borders_.end(), [tensor](const Border& b) { return b.tensor == tensor; });
  return border != borders_.end() ? border->staging : nullptr;
}

// ---- kernels -------------------------------------------------------------------------------------------------------------

/// NULL for what is no memory.
uint8_t* Segment::memory_of(const Launch::Argument& argument, size_t* next_constant) const {
  switch (argument.kind) {
    case Launch::Kind::kTensor: return argument.tensor >= 0 ? place_of(argument.tensor) : nullptr;
    case Launch::Kind::kConstant: return constant(constant_of_argument_[(*next_constant)++]);
    case Launch::Kind::kScratch: return scratch_;
    default: return nullptr;
  }
}

/// Dynamic shared memory (Launch::local) is no argument of a kernel.
void Segment::set_arguments(const Launch& launch, size_t* next_constant, Call* call) const {
  std::vector<size_t> at;
  size_t words = 0;
  for (const Launch::Argument& a : launch.arguments) {
    at.push_back(words);
    if (a.kind == Launch::Kind::kLocal) {
      call->shared_bytes += a.bytes;
    } else {
      words += a.kind == Launch::Kind::kValue ? (a.bytes + 7) / 8 : 1;
    }
  }
  call->values.resize(words + 1);
  for (size_t i = 0; i < at.size(); ++i) {
    const Launch::Argument& a = launch.arguments[i];
    if (a.kind == Launch::Kind::kLocal) continue;
    uint64_t* const value = call->values.data() + at[i];
    if (a.kind == Launch::Kind::kValue) {
      std::memcpy(value, a.data.data(), a.bytes);
    } else {
      const uint8_t* const memory = memory_of(a, next_constant);
      std::memcpy(value, &memory, sizeof(memory));
    }
    call->args.push_back(value);
  }
}

Segment::Call Segment::make_call(const Launch& launch, size_t* next_constant) const {
  const std::string options = with_single_spaces(launch.id.options);
  Call call = {};
  call.kernel = driver_.find_kernel(launch.id.source.c_str(), options.c_str(), launch.kernel.c_str());
  if (call.kernel == nullptr) {
    throw Failure(INLAY_STATUS_BACKEND_FAILED, "no kernel " + launch.kernel + " of " + launch.id.source + " for '" + options + "'");
  }
  const bool chosen = launch.local_size[0] != 0;
  for (int d = 0; d < 3; ++d) {
    const size_t block = chosen ? launch.local_size[d] : d == 0 ? kDefaultBlock : 1, blocks = (launch.global[d] + block - 1) / block;
    if (blocks > kMostGrid[d]) throw Failure(INLAY_STATUS_BACKEND_FAILED, "kernel " + launch.kernel + " needs a larger grid than CUDA has");
    call.block[d] = static_cast<uint32_t>(block);
    call.grid[d] = static_cast<uint32_t>(blocks);
  }
  set_arguments(launch, next_constant, &call);
  if (call.shared_bytes > kShared) {
    context_->check(driver_.allow_shared(context_->device(), call.kernel, call.shared_bytes), "kernel " + launch.kernel + " gets no shared memory");
  }
  return call;
}

void Segment::make_calls(const std::vector<Recipe>& recipes) {
  size_t next_constant = 0;
  for (const Recipe& recipe : recipes) {
    steps_.push_back({recipe.kernel, {}});
    for (const Launch& launch : recipe.launches) steps_.back().calls.push_back(make_call(launch, &next_constant));
  }
  for (Border& border : borders_) {
    if (!border.converts) continue;
    uint8_t* const inner = place_of(border.tensor);
    const size_t count = border.bytes / sizeof(float);
    Launch launch("halves", "", border.input ? "float_to_half" : "half_to_float");
    // Pointers as values: neither is a tensor's place.
    launch.value(border.input ? border.outer : inner).value(border.input ? inner : border.outer).value(static_cast<int32_t>(count)).grid(count);
    border.convert.push_back(make_call(launch, &next_constant));
  }
}

}  // namespace inlay::cuda
