// SPDX-License-Identifier: Apache-2.0
// What the functions that read one source op share.
#pragma once
#include <functional>

#include "tools/import/tflite/graph_import.h"

namespace inlay::tools::tflite_import {

/// A slice whose size is known only at run time. It has no place in a graph of static shapes, save as one of the two around the
/// element that a loop writes to a list: those and their CONCATENATION become one DYNAMIC_UPDATE_SLICE (list_update.cc).
struct OpenSlice {
  int32_t source, begin, size;  ///< tensors of the graph
  std::string why_not;          ///< the sentence when anything else reads it
};
using OpenSlices = std::map<int32_t, OpenSlice>;  ///< by the tensor the slice would write

/// One op of the file on its way into a node. The node starts with the op's inputs and outputs (indices checked, left out
/// inputs at the end dropped); the reader sets its kind, params and activation, and may drop inputs that moved into params.
/// Shapes of inputs are final; those of outputs follow from the node. One source op may also become several nodes (`emit`), a
/// constant (`become_constant`), or nothing (kind stays INLAY_OP_NONE after `become_nothing`).
class OpReader {
 public:
  using Emit = std::function<void(Node)>;
  OpReader(const tfl::Operator& source, std::string source_name, ImportContext* shared, Graph* graph, OpenSlices* open_slices, Node* target,
           Emit emit)
      : node(*target), context(*shared), open(*open_slices), source_(source), source_name_(std::move(source_name)), graph_(*graph), emit_(std::move(emit)) {}

  Node& node;
  ImportContext& context;
  OpenSlices& open;  ///< of this graph

  /// Input `i` of the file's op, which must be there.
  const Tensor& input(size_t i) const;
  bool has_input(size_t i) const { return i < node.inputs.size() && node.inputs[i] >= 0; }
  const Tensor& output(size_t i) const;
  /// Ids of the tensors that only carry the quantization of values inside the op.
  std::vector<int32_t> intermediates() const;
  /// The op's options, NULL when the file has none.
  template <typename T>
  const T* options_or_null() const {
    if (source_.builtin_options() == nullptr) return nullptr;
    if (source_.builtin_options_type() != tfl::BuiltinOptionsTraits<T>::enum_value) fail("carries the options of another op");
    return static_cast<const T*>(source_.builtin_options());
  }
  template <typename T>
  const T& options() const {
    const T* found = options_or_null<T>();
    if (found == nullptr) fail("its options are missing");
    return *found;
  }
  /// The same for options of the format's second union.
  template <typename T>
  const T& options_2() const {
    if (source_.builtin_options_2_type() != tfl::BuiltinOptions2Traits<T>::enum_value || source_.builtin_options_2() == nullptr) {
      fail("its options are missing");
    }
    return *static_cast<const T*>(source_.builtin_options_2());
  }
  /// The values of constant int32 or int64 input `i`, at most `max` of them.
  std::vector<int32_t> constant_ints(size_t i, const char* what, size_t max = INLAY_MAX_RANK) const;
  /// The source's custom options (a flexbuffer, as a rule); empty when there are none.
  Bytes custom_options() const;
  /// A new tensor without a value for `emit` to write, shaped by the node that writes it. References from input() and output() die.
  int32_t add_tensor(const std::string& name, inlay_dtype dtype, Quant quant = {}) const;
  /// A new constant. References from input() and output() die.
  int32_t add_constant(const std::string& name, inlay_dtype dtype, std::vector<int32_t> shape, Bytes data, Quant quant = {}) const;
  int32_t add_constant(const std::string& name, const std::vector<int32_t>& values) const;
  /// The graph being read; add_* functions may move its tensors.
  Graph& graph() const { return graph_; }
  /// Puts a node in front of this one; its shapes are inferred at once. Its name, when empty, becomes this node's name.
  void emit(Node extra) const;
  /// Output `i` is this constant, and the node vanishes.
  void become_constant(size_t i, std::vector<int32_t> shape, Bytes data) const;
  /// Fails when a constant of so many bytes would exceed what may be computed at convert time.
  void check_budget(uint64_t bytes) const;
  void become_nothing() const { node.kind = INLAY_OP_NONE; }
  /// Sets the node's activation.
  void activation(tfl::ActivationFunctionType function) const;
  /// `axis` counted from the end when negative, checked against `rank`.
  int32_t axis(int32_t axis, size_t rank) const;
  /// Forgets the inputs from `count` on: their values are in the params now.
  void keep_inputs(size_t count) const {
    if (node.inputs.size() > count) node.inputs.resize(count);
  }
  [[noreturn]] void fail(const std::string& what) const;

 private:
  const tfl::Operator& source_;
  std::string source_name_;
  Graph& graph_;
  Emit emit_;
};

/// The reader of a builtin operator, NULL for one that Inlay lacks. A new op is one line of readers.inc.
ReadOp find_reader(int32_t builtin_code);
/// The reader of a custom operator that is an op of Inlay's own, else NULL. One line of readers_custom.inc.
ReadOp find_custom_reader(const std::string& code);

/// Input `i`, a constant of one element of input 0's dtype, as its bits lie in the model: the value of a padding.
int32_t constant_element(const OpReader& r, size_t i);

/// The values as dims of a result; fails where they are too many.
inlay_dims dims_of(const OpReader& r, const std::vector<int32_t>& values);

/// SLICE whose begin is computed.
void read_dynamic_slice(OpReader& r);

#define INLAY_TFLITE_OP(builtin, function) void function(OpReader&);
#include "tools/import/tflite/readers.inc"
#undef INLAY_TFLITE_OP
#define INLAY_TFLITE_CUSTOM(name, function) void function(OpReader&);
#include "tools/import/tflite/readers_custom.inc"
#undef INLAY_TFLITE_CUSTOM

}  // namespace inlay::tools::tflite_import
