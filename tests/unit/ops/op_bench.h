// SPDX-License-Identifier: Apache-2.0
// One op on tensors in memory, without a model: what its prepare says, what its eval computes.
#pragma once
#include <cstdlib>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "core/bump.h"
#include "core/tensor.h"
#include "inlay/op.h"

namespace inlay::test {

class OpBench {
 public:
  /// Adds a tensor; scale 0: not quantized. Returns its id.
  int32_t add(inlay_dtype dtype, const std::vector<int32_t>& dims, float scale = 0, int32_t zero = 0) {
    Store& s = stores_.emplace_back();
    s.dims = dims;
    s.scale = scale;
    s.zero = zero;
    inlay_tensor t = {};
    t.name = "t";
    t.dims = s.dims.data();
    t.rank = static_cast<uint8_t>(dims.size());
    t.dtype = static_cast<uint8_t>(dtype);
    uint64_t bytes = 0;
    if (!tensor_bytes(dtype, t.dims, t.rank, &bytes)) bytes = 0;
    t.bytes = static_cast<size_t>(bytes);
    if (scale != 0) t.quant = {&s.scale, &s.zero, 1, 0};
    s.memory.resize(bytes / 8 + 1);
    tensors_.push_back(t);
    return static_cast<int32_t>(tensors_.size()) - 1;
  }
  /// A tensor that has a shape and no memory, however large it is; for prepare alone.
  int32_t add_shape(inlay_dtype dtype, const std::vector<int32_t>& dims, uint16_t flags = 0) {
    const int32_t id = add(dtype, {});
    Store& s = stores_.back();
    inlay_tensor& t = tensors_.back();
    s.dims = dims;
    t.dims = s.dims.data();
    t.rank = static_cast<uint8_t>(dims.size());
    t.flags = flags;
    uint64_t bytes = 0;
    if (tensor_bytes(dtype, t.dims, t.rank, &bytes)) t.bytes = static_cast<size_t>(bytes);
    return id;
  }
  template <typename T>
  T* data(int32_t id) {
    return reinterpret_cast<T*>(stores_[static_cast<size_t>(id)].memory.data());
  }
  template <typename T>
  void fill(int32_t id, const std::vector<T>& values) {
    for (size_t i = 0; i < values.size(); ++i) data<T>(id)[i] = values[i];
  }

  template <typename P>
  inlay_status prepare(const inlay_op& op, std::vector<int32_t> in, std::vector<int32_t> out, inlay_params_type type,
                       const P& params, int activation = 0) {
    params_.assign(sizeof(P) / 4 + 1, 0);
    __builtin_memcpy(params_.data(), &params, sizeof(P));
    return prepare_node(op, std::move(in), std::move(out), type, params_.data(), activation);
  }
  inlay_status prepare(const inlay_op& op, std::vector<int32_t> in, std::vector<int32_t> out, int activation = 0) {
    return prepare_node(op, std::move(in), std::move(out), INLAY_PARAMS_NONE, nullptr, activation);
  }
  /// After a prepare that went well.
  inlay_status eval() {
    std::vector<void*> at;
    for (Store& s : stores_) at.push_back(s.memory.data());
    inlay_eval e = {};
    e.graph = &graph_;
    e.node = &node_;
    e.data = op_data_;
    e.tensors = at.data();
    e.scratch = scratch_.data();
    return eval_(&e);
  }
  std::string message() const { return error_.text; }

 private:
  struct Store {
    std::vector<int32_t> dims;
    std::vector<uint64_t> memory;
    float scale;
    int32_t zero;
  };

  inlay_status prepare_node(const inlay_op& op, std::vector<int32_t> in, std::vector<int32_t> out, inlay_params_type type,
                            const void* params, int activation) {
    in_ = std::move(in);
    out_ = std::move(out);
    node_ = {};
    node_.name = "n";
    node_.kind = op.kind;
    node_.params = params;
    node_.params_type = static_cast<uint8_t>(type);
    node_.inputs = in_.data();
    node_.outputs = out_.data();
    node_.input_count = static_cast<uint16_t>(in_.size());
    node_.output_count = static_cast<uint16_t>(out_.size());
    node_.activation = static_cast<uint8_t>(activation);
    graph_ = {};
    graph_.tensors = tensors_.data();
    graph_.nodes = &node_;
    graph_.tensor_count = static_cast<int32_t>(tensors_.size());
    graph_.node_count = 1;
    // The op's data and all it allocates lie in one block, as in the runtime.
    Bump bump({memory_.get(), kMemory});
    inlay_prepare p = {};
    p.graph = &graph_;
    p.node = &node_;
    p.data = op_data_ = bump.take(op.data_bytes);
    p.error = &error_;
    p.owner = &bump;
    p.allocate = [](inlay_prepare* raw, size_t bytes) { return static_cast<Bump*>(raw->owner)->take(bytes); };
    p.output_shape = [](inlay_prepare* raw, int32_t index, int32_t rank, const int32_t* dims) {
      const inlay_tensor& t = raw->graph->tensors[raw->node->outputs[index]];
      bool same = t.rank == rank;
      for (int32_t i = 0; same && i < rank; ++i) same = t.dims[i] == dims[i];
      return same ? INLAY_OK : INLAY_STATUS_OP_INVALID;
    };
    const inlay_status status = op.prepare(&p);
    eval_ = p.eval != nullptr ? p.eval : op.eval;
    scratch_.assign(p.scratch_bytes / 8 + 1, 0);
    return status;
  }

  std::deque<Store> stores_;
  std::vector<inlay_tensor> tensors_;
  std::vector<int32_t> in_, out_, params_;
  static constexpr size_t kMemory = 1 << 20;
  std::unique_ptr<void, decltype(&std::free)> memory_{std::aligned_alloc(64, kMemory), std::free};
  void* op_data_ = nullptr;
  std::vector<uint64_t> scratch_;
  inlay_graph graph_ = {};
  inlay_node node_ = {};
  inlay_error error_ = {};
  inlay_status (*eval_)(const inlay_eval*) = nullptr;
};

}  // namespace inlay::test
