// SPDX-License-Identifier: Apache-2.0
// What a verified .inlay file looks like from inside. Only runtime/model knows the file format.
#pragma once
#include "core/bump.h"
#include "inlay/graph.h"

namespace inlay {

constexpr uint32_t kFormatVersion = 1;
constexpr size_t kTablesStart = 64;       // the FlatBuffer's tables begin behind the header
constexpr size_t kSegmentAlignment = 64;  // of segments in the file
constexpr size_t kConstantAlignment = 16; // of constants inside a segment
constexpr int32_t kMaxTensors = 65535;    // per graph; keeps the checks of a hostile file short
constexpr int32_t kMaxNodes = 65535;
constexpr int32_t kMaxGraphs = 255;

struct ModelVariable {
  const void* initial;  ///< NULL: zeros
  size_t bytes, offset; ///< offset in the session's block of variables, a multiple of kConstantAlignment
};

}  // namespace inlay

/// A model: tables whose pointers lead into the file's bytes.
struct inlay_model {
  const uint8_t* bytes;
  size_t size;
  inlay_graph* graphs;
  const uint32_t** offsets;  ///< per graph, per tensor
  int32_t graph_count, variable_count;
  inlay::ModelVariable* variables;
  size_t variables_bytes;
  uint64_t planned_bytes;
  uint64_t lower_bound, lower_bound_unshared;  ///< as the converter found them; 0: not told
  uint64_t weights_bytes;
  const void* root;  ///< the FlatBuffer's root table
  void* mapping;     ///< hosts: what inlay_model_open_file mapped, or NULL
};
