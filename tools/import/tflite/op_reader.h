// SPDX-License-Identifier: Apache-2.0
// What the functions that read one source op share.
#pragma once
#include "tools/import/tflite/reader.h"

namespace inlay::tools::tflite_import {

/// One op of the file on its way into a node. The node starts with the op's inputs and outputs (indices checked, left out
/// inputs at the end dropped); the reader sets its kind, params and activation, and may drop inputs that moved into params.
/// Shapes of inputs are final.
class OpReader {
 public:
  OpReader(const tfl::Operator& source, std::string source_name, Graph* graph, Node* target)
      : node(*target), source_(source), source_name_(std::move(source_name)), graph_(*graph) {}

  Node& node;

  /// Input `i` of the file's op, which must be there.
  const Tensor& input(size_t i) const;
  bool has_input(size_t i) const { return i < node.inputs.size() && node.inputs[i] >= 0; }
  const Tensor& output(size_t i) const;
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
  /// The values of constant int32 or int64 input `i`, at most `max` of them.
  std::vector<int32_t> constant_ints(size_t i, const char* what, size_t max = INLAY_MAX_RANK) const;
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
};

using ReadOp = void (*)(OpReader&);
/// The reader of a builtin operator, NULL for one that Inlay lacks. A new op is one line of its table.
ReadOp find_reader(int32_t builtin_code);

void read_add(OpReader&);
void read_arg_max(OpReader&);
void read_average_pool(OpReader&);
void read_concatenation(OpReader&);
void read_conv(OpReader&);
void read_depthwise_conv(OpReader&);
void read_dequantize(OpReader&);
void read_expand_dims(OpReader&);
void read_fully_connected(OpReader&);
void read_logistic(OpReader&);
void read_max_pool(OpReader&);
void read_mean(OpReader&);
void read_mirror_pad(OpReader&);
void read_pad(OpReader&);
void read_padv2(OpReader&);
void read_prelu(OpReader&);
void read_quantize(OpReader&);
void read_relu(OpReader&);
void read_relu6(OpReader&);
void read_relu_n1_to_1(OpReader&);
void read_reshape(OpReader&);
void read_resize_bilinear(OpReader&);
void read_softmax(OpReader&);
void read_squeeze(OpReader&);

}  // namespace inlay::tools::tflite_import
