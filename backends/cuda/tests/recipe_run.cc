// SPDX-License-Identifier: Apache-2.0
#include "tests/recipe_run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <numeric>

#include "emulator/launch.h"
#include "kernels/quantize.h"

namespace inlay::cuda {
namespace {

size_t count_of(const std::vector<int32_t>& dims) {
  return std::accumulate(dims.begin(), dims.end(), size_t{1}, [](size_t n, int32_t d) { return n * static_cast<size_t>(d); });
}

dim3 shape_of(const size_t (&v)[3]) {
  return {static_cast<unsigned>(v[0]), static_cast<unsigned>(v[1]), static_cast<unsigned>(v[2])};
}

}  // namespace

Memory::Memory(size_t bytes, uint8_t fill) : bytes_(bytes) {
  void* p = nullptr;
  if (posix_memalign(&p, 16, std::max<size_t>(bytes, 1)) != 0) std::abort();
  data_.reset(static_cast<uint8_t*>(p));
  std::memset(p, fill, bytes);
}

void Memory::Free::operator()(uint8_t* p) const { std::free(p); }

TestNode::TestNode(uint16_t kind, uint32_t fast_math, uint32_t activation) {
  node_.kind = kind;
  node_.activation = static_cast<decltype(node_.activation)>(activation);
  segment_.struct_size = sizeof(segment_);
  segment_.fast_math = fast_math;
  caps_.gpu = true;
  caps_.units = 4;
  caps_.arch = 90;
  caps_.alignment = 256;
  caps_.most_group = 1024;
  caps_.local_bytes = 227 * 1024;
}

void TestNode::add_tensor(const std::vector<int32_t>& dims, bool constant, const Quant8& quant) {
  quants_.push_back(quant);
  dims_.push_back(dims);
  constant_.push_back(constant);
  memory_.emplace_back(count_of(dims) * element_bytes(dims_.size() - 1));
  floats_.emplace_back(count_of(dims));
  values_.emplace_back(count_of(dims));
}

void TestNode::set_float(size_t tensor, size_t i, float v) {
  floats_[tensor][i] = v;
  if (element_bytes(tensor) == 2) {
    const uint16_t bits = kernels::float_to_half(v);
    std::memcpy(memory_[tensor].data() + 2 * i, &bits, 2);
  } else {
    std::memcpy(memory_[tensor].data() + 4 * i, &v, 4);
  }
  values_[tensor][i] = value_at(tensor, i);
}

double TestNode::value_at(size_t tensor, size_t i) const {
  const size_t bytes = element_bytes(tensor);
  const uint8_t* const at = memory_[tensor].data() + bytes * i;
  if (bytes == 1) return static_cast<int8_t>(*at);
  uint16_t half;
  float v;
  std::memcpy(&half, at, 2);
  if (bytes == 4) std::memcpy(&v, at, 4);
  return bytes == 2 ? kernels::half_to_float(half) : v;
}

void TestNode::add_input(const std::vector<int32_t>& dims, bool constant, std::mt19937* random) {
  const size_t tensor = dims_.size();
  ids_.push_back(static_cast<int32_t>(tensor));
  add_tensor(dims, constant);
  std::uniform_real_distribution<float> any(-1.0f, 1.0f);
  for (size_t i = 0; i < count_of(dims); ++i) set_float(tensor, i, any(*random));
}

void TestNode::add_input8(const std::vector<int32_t>& dims, const Quant8& quant, std::mt19937* random) {
  const size_t tensor = dims_.size();
  ids_.push_back(static_cast<int32_t>(tensor));
  add_tensor(dims, false, quant);
  for (size_t i = 0; i < count_of(dims); ++i) {
    memory_[tensor].data()[i] = static_cast<uint8_t>((*random)());
    values_[tensor][i] = value_at(tensor, i);
  }
}

void TestNode::prune(size_t input, std::mt19937* random) {
  const auto tensor = static_cast<size_t>(ids_[input]);
  for (size_t first = 0; first < count_of(dims_[tensor]); first += 4) {
    const size_t one = (*random)() % 4, other = (one + 1 + (*random)() % 3) % 4;
    set_float(tensor, first + one, 0.0f);
    set_float(tensor, first + other, -0.0f);
    if ((*random)() % 3 == 0) set_float(tensor, first + (*random)() % 4, 1e-9f);  // as a half it is a zero, too
  }
}

void TestNode::set_output(const std::vector<int32_t>& dims) { set_output8(dims, {}); }

void TestNode::set_output8(const std::vector<int32_t>& dims, const Quant8& quant) {
  output_ = static_cast<int32_t>(dims_.size());
  add_tensor(dims, false, quant);
}

gpu::Node TestNode::node() {
  tensors_.assign(dims_.size(), {});
  for (size_t i = 0; i < dims_.size(); ++i) {
    inlay_tensor& t = tensors_[i];
    const bool quantized = quants_[i].scale != 0.0f;
    t.dtype = quantized ? INLAY_INT8 : INLAY_FLOAT32;
    if (quantized) t.quant = {&quants_[i].scale, &quants_[i].zero, 1, 0};
    t.rank = static_cast<decltype(t.rank)>(dims_[i].size());
    t.dims = dims_[i].data();
    t.bytes = floats_[i].size() * (quantized ? 1 : sizeof(float));
    t.data = constant_[i] ? floats_[i].data() : nullptr;
  }
  node_.inputs = ids_.data();
  node_.input_count = static_cast<decltype(node_.input_count)>(ids_.size());
  node_.outputs = &output_;
  node_.output_count = 1;
  graph_.tensors = tensors_.data();
  graph_.nodes = &node_;
  graph_.node_count = 1;
  graph_.tensor_count = static_cast<decltype(graph_.tensor_count)>(tensors_.size());
  segment_.graph = segment_.graphs = &graph_;
  segment_.graph_count = segment_.node_count = segment_.threads = 1;
  return {&segment_, &node_, &caps_};
}

void* TestNode::place(const gpu::Launch::Argument& a, const Memory& scratch, std::vector<Memory>* constants) {
  switch (a.kind) {
    case gpu::Launch::Kind::kTensor: return a.tensor >= 0 ? memory_[static_cast<size_t>(a.tensor)].data() : nullptr;
    case gpu::Launch::Kind::kScratch: return scratch.data();
    default: break;
  }
  constants->emplace_back(a.data.size());
  std::memcpy(constants->back().data(), a.data.data(), a.data.size());
  return constants->back().data();
}

void TestNode::launch(const gpu::Launch& l, const Memory& scratch) {
  const Kernel* kernel = find_kernel(l.id.source.c_str(), l.id.options.c_str(), l.kernel.c_str());
  ASSERT_NE(kernel, nullptr) << l.id.source << " " << l.id.options << " " << l.kernel;
  std::vector<Memory> constants;
  std::vector<void*> pointers;
  pointers.reserve(l.arguments.size());
  std::vector<void*> args;
  size_t shared = 0;
  for (const gpu::Launch::Argument& a : l.arguments) {
    if (a.kind == gpu::Launch::Kind::kLocal) {
      shared += a.bytes;
      continue;
    }
    pointers.push_back(place(a, scratch, &constants));
    args.push_back(a.kind == gpu::Launch::Kind::kValue ? pointers.back() : &pointers.back());
  }
  size_t blocks[3];
  for (int i = 0; i < 3; ++i) blocks[i] = (l.global[i] + l.local_size[i] - 1) / l.local_size[i];
  emulator::launch(*kernel, shape_of(blocks), shape_of(l.local_size), shared, args.data());
}

std::vector<double> TestNode::run(const gpu::Recipe& recipe) {
  size_t bytes = 0;
  for (const gpu::Launch& l : recipe.launches) {
    for (const gpu::Launch::Argument& a : l.arguments)
      bytes = a.kind == gpu::Launch::Kind::kScratch ? std::max(bytes, a.bytes) : bytes;
  }
  const Memory scratch(bytes);
  for (const gpu::Launch& l : recipe.launches) launch(l, scratch);
  const auto out = static_cast<size_t>(output_);
  std::vector<double> values;
  for (size_t i = 0; i < count_of(dims_[out]); ++i) values.push_back(value_at(out, i));
  return values;
}

}  // namespace inlay::cuda
