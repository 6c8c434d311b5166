// SPDX-License-Identifier: Apache-2.0
// The checked view of a .tflite file that the rest of the importer works on.
#pragma once
#include <map>
#include <memory>
#include <string>

#include "schema/tflite_generated.h"
#include "tools/graph/ir.h"

namespace inlay::tools::tflite_import {

namespace tfl = inlay::tflite;

/// Verifies the whole file and returns its root, which points into `aligned` (a copy of `file` at a suitable address).
const tfl::Model* verified_model(const Bytes& file, std::vector<uint64_t>* aligned);

/// Vectors and strings of a FlatBuffer may be left out: an absent one reads as empty.
template <typename V>
uint32_t size_of(const V* vector) {
  return vector == nullptr ? 0 : vector->size();
}
inline std::string text_of(const flatbuffers::String* s) { return s == nullptr ? std::string() : s->str(); }

/// The effective code: old writers fill only the deprecated byte, new ones both.
int32_t builtin_code(const tfl::OperatorCode& code);
/// "CONV_2D", "CUSTOM 'MyOp'", or "op number 300" for one that this schema does not know.
std::string op_name(const tfl::OperatorCode& code);

/// What all subgraphs of a file share, and what they cost so far.
struct ConstantPool {
  std::map<uint32_t, std::shared_ptr<const Bytes>> known;  ///< by buffer: one that many tensors read becomes one Bytes
  uint64_t copied = 0, unpacked = 0;                       ///< bytes
};

/// Reads the tensors of a subgraph with their constants and quantization. Initial contents of variables are taken off `budget`.
/// Throws Error naming the tensor.
std::vector<Tensor> read_tensors(const tfl::Model& model, const tfl::SubGraph& subgraph, const Bytes& file, ConstantPool* pool,
                                 uint64_t* budget);

/// Labels out of the ZIP some writers append to the file; empty when there are none that can be read.
std::string read_labels(const Bytes& file);

}  // namespace inlay::tools::tflite_import
