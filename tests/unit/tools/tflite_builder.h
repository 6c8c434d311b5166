// SPDX-License-Identifier: Apache-2.0
// Small .tflite files made in memory, good and damaged ones.
#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include "schema/tflite_generated.h"
#include "tools/graph/ir.h"
#include "tools/import/import.h"

namespace inlay::tools::test {

namespace tfl = inlay::tflite;

/// What the importer says of a file it refuses; empty: it takes it.
inline std::string error_of(const Bytes& file, const ImportOptions& options = {}) {
  try {
    import_tflite(file, options);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

inline bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

class TfliteBuilder {
 public:
  TfliteBuilder() { buffers_.push_back(tfl::CreateBuffer(fbb_)); }

  flatbuffers::FlatBufferBuilder& fbb() { return fbb_; }

  uint32_t buffer(const std::vector<uint8_t>& bytes) {
    buffers_.push_back(tfl::CreateBuffer(fbb_, fbb_.CreateVector(bytes)));
    return static_cast<uint32_t>(buffers_.size()) - 1;
  }
  template <typename T>
  uint32_t constants(const std::vector<T>& values) {
    const auto* from = reinterpret_cast<const uint8_t*>(values.data());
    return buffer(std::vector<uint8_t>(from, from + values.size() * sizeof(T)));
  }
  int32_t tensor(const std::string& name, const std::vector<int32_t>& shape, tfl::TensorType type = tfl::TensorType::FLOAT32,
                 uint32_t buffer = 0, const std::vector<int32_t>& signature = {}, const std::vector<float>& scales = {}) {
    const auto s = fbb_.CreateVector(shape);
    const auto n = fbb_.CreateString(name);
    const auto quant = tfl::CreateQuantizationParameters(fbb_, 0, 0, fbb_.CreateVector(scales));
    const auto open = fbb_.CreateVector(signature);
    tensors_.push_back(tfl::CreateTensor(fbb_, s, type, buffer, n, quant, false, 0, open));
    return static_cast<int32_t>(tensors_.size()) - 1;
  }
  void op(tfl::BuiltinOperator code, const std::vector<int32_t>& inputs, const std::vector<int32_t>& outputs,
          tfl::BuiltinOptions type = tfl::BuiltinOptions::NONE, flatbuffers::Offset<void> options = 0) {
    const auto deprecated = static_cast<int8_t>(std::min(127, static_cast<int>(code)));
    codes_.push_back(tfl::CreateOperatorCode(fbb_, deprecated, 0, 1, code));
    const auto in = fbb_.CreateVector(inputs);
    const auto out = fbb_.CreateVector(outputs);
    ops_.push_back(tfl::CreateOperator(fbb_, static_cast<uint32_t>(codes_.size()) - 1 + code_shift, in, out, type, options));
  }
  /// Closes a subgraph, the main one first; tensors and ops that follow belong to the next.
  void end_graph(const std::vector<int32_t>& inputs, const std::vector<int32_t>& outputs) {
    const auto tensors = fbb_.CreateVector(tensors_);
    const auto in = fbb_.CreateVector(inputs);
    const auto out = fbb_.CreateVector(outputs);
    const auto ops = fbb_.CreateVector(ops_);
    graphs_.push_back(tfl::CreateSubGraph(fbb_, tensors, in, out, ops));
    tensors_.clear();
    ops_.clear();
  }
  /// Closes the last subgraph with these inputs and outputs, and the file.
  Bytes finish(const std::vector<int32_t>& inputs, const std::vector<int32_t>& outputs) {
    end_graph(inputs, outputs);
    const auto graphs = fbb_.CreateVector(graphs_);
    const auto codes = fbb_.CreateVector(codes_);
    const auto buffers = fbb_.CreateVector(buffers_);
    const auto description = fbb_.CreateString("test");
    tfl::FinishModelBuffer(fbb_, tfl::CreateModel(fbb_, 3, codes, graphs, description, buffers));
    return Bytes(fbb_.GetBufferPointer(), fbb_.GetBufferPointer() + fbb_.GetSize());
  }

  uint32_t code_shift = 0;  ///< damages the op code of the ops that follow

 private:
  flatbuffers::FlatBufferBuilder fbb_;
  std::vector<flatbuffers::Offset<tfl::Buffer>> buffers_;
  std::vector<flatbuffers::Offset<tfl::Tensor>> tensors_;
  std::vector<flatbuffers::Offset<tfl::OperatorCode>> codes_;
  std::vector<flatbuffers::Offset<tfl::Operator>> ops_;
  std::vector<flatbuffers::Offset<tfl::SubGraph>> graphs_;
};

}  // namespace inlay::tools::test
