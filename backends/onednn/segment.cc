// SPDX-License-Identifier: Apache-2.0
#include "segment.h"

#include <omp.h>

#include <cstring>
#include <stdexcept>

#include "core/error.h"
#include "pool.h"

namespace inlay::onednn {
namespace {

constexpr size_t kLine = 64;  // what the kernels like their memory aligned to

size_t whole_lines(size_t bytes) { return (bytes + kLine - 1) & ~(kLine - 1); }

unsigned char* align(void* data) {
  auto* p = static_cast<unsigned char*>(data);
  return p + (kLine - reinterpret_cast<uintptr_t>(p) % kLine) % kLine;
}

/// Bias less the source's zero point times the sum of the channel's weights. May wrap around, as the sums do.
void fold_bias(const Recipe& r, const Constant& c, void* out) {
  const auto* bias = static_cast<const int32_t*>(c.data);
  const auto channels = static_cast<size_t>(c.to.get_size() / 4);
  const auto* weights = static_cast<const int8_t*>(r.weights->data);
  const bool channels_last =
      r.weights->rank == 4 && r.weights->dims[0] == 1 && static_cast<size_t>(r.weights->dims[3]) == channels;
  const size_t count = r.weights->bytes / channels;
  const size_t next = channels_last ? channels : 1, step = channels_last ? 1 : count;
  for (size_t ch = 0; ch < channels; ++ch) {
    int32_t sum = 0;
    for (size_t i = 0; r.folded && i < count; ++i) sum += weights[ch * step + i * next];
    const int32_t value = (bias != nullptr ? bias[ch] : 0) - r.zero_point * sum;
    if (kScalesAreOperands) {
      static_cast<float*>(out)[ch] = static_cast<float>(value);
    } else {
      static_cast<int32_t*>(out)[ch] = value;
    }
  }
}

}  // namespace

OmpThreads::OmpThreads(int32_t threads) : before_(omp_get_max_threads()) { omp_set_num_threads(threads); }
OmpThreads::~OmpThreads() { omp_set_num_threads(before_); }

int32_t threads_of(const inlay_segment& segment) { return is_omp_pool(segment.pool) ? segment.threads : 1; }

inlay_need measure_segment(const inlay_segment& segment) {
  const OmpThreads threads(threads_of(segment));
  inlay_need need = {0, 0};
  for (int32_t i = 0; i < segment.node_count; ++i) {
    const Recipe recipe = make_recipe(segment, segment.graph->nodes[segment.first_node + i]);
    for (const Constant& c : recipe.constants) need.persistent += whole_lines(c.bytes());
    need.scratch = std::max(need.scratch, recipe.scratch());
  }
  if (need.persistent != 0) need.persistent += kLine;
  if (need.scratch != 0) need.scratch += kLine;
  return need;
}

/// Cuts the persistent block and fills the pieces.
class Segment::Packer {
 public:
  Packer(inlay_block block, const dnnl::stream& stream) : stream_(stream) {
    if (block.data == nullptr) return;
    next_ = align(block.data);
    const auto skipped = static_cast<size_t>(next_ - static_cast<unsigned char*>(block.data));
    left_ = block.bytes > skipped ? block.bytes - skipped : 0;
  }

  dnnl::memory pack(const Recipe& recipe, const Constant& c) {
    if (c.in_place()) return dnnl::memory(c.to, engine(), const_cast<void*>(c.data));
    const size_t bytes = whole_lines(c.bytes());
    if (bytes > left_) throw std::length_error("the persistent block is smaller than measured");
    dnnl::memory out(c.to, engine(), next_);
    switch (c.make) {
      case Constant::Make::kReorder: reorder(c, out); break;
      case Constant::Make::kBias: fold_bias(recipe, c, next_); break;
      case Constant::Make::kScales: fill_scales(recipe, c); break;
      case Constant::Make::kZeroPoint: std::memcpy(next_, &recipe.zero_point, sizeof(recipe.zero_point)); break;
    }
    next_ += bytes;
    left_ -= bytes;
    return out;
  }

 private:
  void reorder(const Constant& c, dnnl::memory& out) {
    dnnl::memory from(c.from, engine(), const_cast<void*>(c.data));
    dnnl::reorder(from, out).execute(stream_, from, out);
  }
  void fill_scales(const Recipe& recipe, const Constant& c) {
    auto* scales = reinterpret_cast<float*>(next_);
    const size_t channels = c.to.get_size() / sizeof(float);
    for (size_t i = 0; i < channels; ++i) scales[i] = recipe.scales[recipe.scales.size() == channels ? i : 0];
  }

  dnnl::stream stream_;
  unsigned char* next_ = nullptr;
  size_t left_ = 0;
};

Segment::Segment(const inlay_segment& segment, inlay_block memory)
    : graph_(segment.graph), first_(segment.first_node), threads_(threads_of(segment)), stream_(engine()) {
  const OmpThreads threads(threads_);
  Packer packer(memory, stream_);
  for (int32_t i = 0; i < segment.node_count; ++i) {
    const Recipe recipe = make_recipe(segment, segment.graph->nodes[first_ + i]);
    scratch_ = std::max(scratch_, recipe.scratch());
    steps_.push_back(make_step(recipe, &packer));
  }
  put_back(bind());
}

Segment::Step Segment::make_step(const Recipe& recipe, Packer* packer) const {
  Step s;
  s.primitive = dnnl::primitive(recipe.primitive.get());
  s.kernel = recipe.kernel();
  s.operands = recipe.operands;
  for (const Constant& c : recipe.constants) {
    s.constants.push_back(packer->pack(recipe, c));
    s.constant_args.push_back(c.arg);
  }
  if (recipe.scratch() != 0) s.scratchpad = recipe.primitive.scratchpad_desc();
  return s;
}

std::unique_ptr<Segment::Binding> Segment::bind() const {
  auto out = std::make_unique<Binding>();
  for (const Step& s : steps_) {
    Bound b;
    for (const Operand& o : s.operands) {
      b.operands.push_back(dnnl::memory(o.desc, engine(), DNNL_MEMORY_NONE));
      b.args.push_back({o.arg, b.operands.back().get()});
    }
    for (size_t i = 0; i < s.constants.size(); ++i) b.args.push_back({s.constant_args[i], s.constants[i].get()});
    if (s.scratchpad != Desc()) {
      b.scratchpad = dnnl::memory(s.scratchpad, engine(), DNNL_MEMORY_NONE);
      b.args.push_back({DNNL_ARG_SCRATCHPAD, b.scratchpad.get()});
    }
    out->push_back(std::move(b));
  }
  return out;
}

/// An idle binding; a new one when more threads than ever execute at once.
std::unique_ptr<Segment::Binding> Segment::take_binding() {
  {
    const std::lock_guard<std::mutex> guard(lock_);
    if (!idle_.empty()) {
      std::unique_ptr<Binding> out = std::move(idle_.back());
      idle_.pop_back();
      return out;
    }
  }
  return bind();
}

void Segment::put_back(std::unique_ptr<Binding> binding) {
  const std::lock_guard<std::mutex> guard(lock_);
  idle_.push_back(std::move(binding));
}

inlay_status Segment::run_steps(const inlay_run& run, Binding* binding, void* scratch) const {
  for (size_t i = 0; i < steps_.size(); ++i) {
    const Step& step = steps_[i];
    Bound& b = (*binding)[i];
    const int32_t n = first_ + static_cast<int32_t>(i);
    const uint64_t begin = run.observer != nullptr ? run.observer->now(run.observer->user) : 0;
    for (size_t k = 0; k < step.operands.size(); ++k) b.operands[k].set_data_handle(run.tensors[step.operands[k].tensor]);
    if (b.scratchpad) b.scratchpad.set_data_handle(scratch);
    const dnnl_status_t status =
        dnnl_primitive_execute(step.primitive.get(), stream_.get(), static_cast<int>(b.args.size()), b.args.data());
    if (status != dnnl_success) {
      return INLAY_FAIL(run.error, BACKEND_FAILED, "op % ('%'): oneDNN says status %", n, graph_->nodes[n].name,
                        static_cast<int32_t>(status));
    }
    if (run.observer == nullptr) continue;
    run.observer->done(run.observer->user, run.graph_index, n, begin, run.observer->now(run.observer->user));
  }
  return INLAY_OK;
}

inlay_status Segment::execute(const inlay_run& run) {
  unsigned char* scratch = align(run.scratch.data);
  const auto skipped = static_cast<size_t>(scratch - static_cast<unsigned char*>(run.scratch.data));
  if (scratch_ != 0 && run.scratch.bytes < scratch_ + skipped) {
    return INLAY_FAIL(run.error, MEMORY_TOO_SMALL, "oneDNN needs % bytes of scratch memory", scratch_ + kLine);
  }
  const OmpThreads threads(threads_);
  std::unique_ptr<Binding> binding = take_binding();
  const inlay_status status = run_steps(run, binding.get(), scratch);
  put_back(std::move(binding));
  return status;
}

}  // namespace inlay::onednn
