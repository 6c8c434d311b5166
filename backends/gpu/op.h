// SPDX-License-Identifier: Apache-2.0
// How an op says what it takes and what it launches: the half of a GPU backend that is on the host, whatever the driver. One op
// family is one file below ops/, its kernels one file below kernels/, and one line per kind in a backend's ops.inc. A backend may
// have files of its own in the place of any of these.
#pragma once
#include <cstring>
#include <functional>
#include <vector>

#include "core/tensor.h"
#include "gpu/device.h"
#include "inlay/backend.h"

namespace inlay::gpu {

/// One program: a source of kernels with macros such as "-DELEM=char".
struct ProgramId {
  std::string source;
  std::string options;
  std::string key() const { return source + " " + options; }
  bool operator<(const ProgramId& other) const { return key() < other.key(); }
};

/// One node as an op reads it.
struct Node {
  const inlay_segment* segment;
  const inlay_node* node;
  const Caps* caps;

  const inlay_tensor* input(int i) const {
    return i < node->input_count && node->inputs[i] >= 0 ? &segment->graph->tensors[node->inputs[i]] : nullptr;
  }
  const inlay_tensor& output() const { return segment->graph->tensors[node->outputs[0]]; }
  int32_t input_id(int i) const { return node->inputs[i]; }
  int32_t output_id() const { return node->outputs[0]; }
  template <typename T>
  const T& params() const {
    return *static_cast<const T*>(node->params);
  }
  /// Which of the op's variants: 0 its own choice, v its variant v - 1.
  int32_t variant() const { return segment->variants != nullptr ? segment->variants[node - segment->graph->nodes] : 0; }
  /// Floats lie on the device as halves.
  bool half() const { return (segment->fast_math & INLAY_FAST_MATH_FP16) != 0; }
  /// Bytes of an element on the device.
  uint32_t element_bytes(const inlay_tensor& t) const {
    return t.dtype == INLAY_FLOAT32 && half() ? 2 : inlay_dtype_bits(static_cast<inlay_dtype>(t.dtype)) / 8;
  }
  /// The macros that tell kernels how tensors of `dtype` lie (see kernels/common.cl).
  std::string element_options(uint32_t dtype) const;
};

/// One kernel with its arguments, in the order in which the kernel names them.
class Launch {
 public:
  enum class Kind : uint8_t { kTensor, kConstant, kScratch, kValue, kLocal };
  struct Argument {
    Kind kind;
    int32_t tensor;             ///< kTensor
    size_t bytes;               ///< of the constant, scratch, value or local memory
    std::vector<uint8_t> data;  ///< kConstant, kValue
  };

  /// What a library puts into the driver's queue instead of one kernel of ours. `memory`: the buffers of the arguments, in order.
  /// `event`: NULL, or takes the driver's event of the last command. Answers an error code of the driver, or one of the library's
  /// own; 0: none.
  using Library = std::function<int(void* queue, void* const* memory, void** event)>;

  Launch(std::string source, std::string options, std::string name)
      : id{std::move(source), std::move(options)}, kernel(std::move(name)) {}
  /// A call of a library; its arguments are tensors, constants and scratch alone.
  Launch(std::string name, Library call) : kernel(std::move(name)), library(std::move(call)) {}

  /// A tensor's buffer. Constants of the model are uploaded as they are (floats as halves where half()).
  Launch& tensor(int32_t tensor_id) { return add({Kind::kTensor, tensor_id, 0, {}}); }
  /// Bytes of the op's own, uploaded once.
  Launch& constant(const void* data, size_t bytes) {
    const auto* from = static_cast<const uint8_t*>(data);
    return add({Kind::kConstant, -1, bytes, std::vector<uint8_t>(from, from + bytes)});
  }
  template <typename T>
  Launch& constant(const std::vector<T>& values) {
    return constant(values.data(), values.size() * sizeof(T));
  }
  /// Device memory that only this node uses: the same bytes for all its launches.
  Launch& scratch(size_t bytes) { return add({Kind::kScratch, -1, bytes, {}}); }
  /// A number or a struct of 4-byte members, by value.
  template <typename T>
  Launch& value(const T& v) {
    const auto* from = reinterpret_cast<const uint8_t*>(&v);
    return add({Kind::kValue, -1, sizeof(T), std::vector<uint8_t>(from, from + sizeof(T))});
  }
  Launch& local(size_t bytes) { return add({Kind::kLocal, -1, bytes, {}}); }
  /// How many work-items are wanted; rounded up to whole groups, so that kernels must return where their id is beyond.
  Launch& grid(size_t x, size_t y = 1, size_t z = 1) {
    const size_t size[3] = {x, y, z};
    std::memcpy(global, size, sizeof(size));
    return *this;
  }
  /// Work-items of a group. Left out: 64 x 1 x 1, or less where the device has less.
  Launch& group(size_t x, size_t y = 1, size_t z = 1) {
    const size_t size[3] = {x, y, z};
    std::memcpy(local_size, size, sizeof(size));
    return *this;
  }
  /// A copy from tensor a to tensor b: left out where the planner gave both one place.
  Launch& unless_same_place(int32_t a, int32_t b) {
    same[0] = a;
    same[1] = b;
    return *this;
  }

  ProgramId id;
  std::string kernel;
  Library library;  ///< empty: a kernel
  std::vector<Argument> arguments;
  size_t global[3] = {1, 1, 1};
  size_t local_size[3] = {0, 0, 0};
  int32_t same[2] = {-1, -1};

 private:
  Launch& add(Argument argument) {
    arguments.push_back(std::move(argument));
    return *this;
  }
};

/// What runs a node: its launches in order.
struct Recipe {
  std::vector<Launch> launches;
  std::string kernel;  ///< in a word or two, for people
  Launch& launch(std::string source, std::string options, std::string name) {
    launches.emplace_back(std::move(source), std::move(options), std::move(name));
    return launches.back();
  }
  Launch& call(std::string name, Launch::Library library) {
    launches.emplace_back(std::move(name), std::move(library));
    return launches.back();
  }
};

/// An ADD behind a node: of what that node gives, which nothing else reads, and a tensor of as many elements and the same dtype, which
/// is known before the node runs.
struct Sum {
  Node add;
  int32_t other;  ///< the tensor that is added, one of the ADD's two inputs
};

struct Op {
  /// NULL, or a static sentence. The node has passed the builtin op's checks and has one output.
  const char* (*reject)(const Node&);
  void (*plan)(const Node&, Recipe*);
  /// Ways to choose from; NULL: one.
  int32_t (*variants)(const Node&);
  /// Plans launches that write the sum's output, and not the node's own. False, with nothing planned, where the way that the node is
  /// computed has no such launch. NULL: none has.
  bool (*plan_with_sum)(const Node&, const Sum&, Recipe*) = nullptr;
};

/// One line of a backend's ops.inc.
struct OpEntry {
  uint16_t kind;
  const Op* op;
};
/// The op of a kind: one of the backend's own, else one that all share (gpu/ops.inc), else NULL.
const Op* find_op(const OpEntry* own, size_t count, uint16_t kind);

/// Why a node does not run on a device, or NULL: what no op takes, the builtin op's own checks, then the op's. op: NULL: there is
/// none.
const char* rejection(const Op* op, const Caps& caps, const inlay_segment& segment, const inlay_node& node);

// ---- what many ops share -----------------------------------------------------------------------------------------------

inline size_t round_up(size_t v, size_t to) { return (v + to - 1) / to * to; }
inline bool is_constant(const inlay_tensor* t) {
  return t != nullptr && t->data != nullptr && (t->flags & INLAY_TENSOR_VARIABLE) == 0;
}
inline bool is_q8(const inlay_tensor& t) { return t.dtype == INLAY_INT8 || t.dtype == INLAY_UINT8; }
/// "-DNAME=value"
std::string define(const char* name, int64_t value);
/// float32 numbers as the device keeps them: as they are, or rounded to halves.
std::vector<uint8_t> device_floats(const Node& node, const float* values, size_t count);
/// The 256 answers of a node with one 8-bit input and one 8-bit output, element by element, or the 65536 of 16 bits: what the
/// builtin op says, so they are its bits. Index: the input's bits. Throws Failure.
std::vector<uint8_t> table_of(const Node& node);

}  // namespace inlay::gpu
