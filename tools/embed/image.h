// SPDX-License-Identifier: Apache-2.0
// What a prepared model puts into flash: one block of bytes, and tables that point into it.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "inlay/prepared.h"
#include "tools/embed/target.h"

namespace inlay::tools {

constexpr int64_t kNowhere = -1;

/// Bytes that grow; equal pieces are kept once.
class DataBlock {
 public:
  /// Where a text lies, with its zero.
  int64_t add(const std::string& text) { return add(text.c_str(), text.size() + 1, 1); }
  /// Where `bytes` bytes lie, aligned to `alignment` (at most 16); kNowhere for none at all.
  int64_t add(const void* data, size_t bytes, size_t alignment = 16);
  const std::vector<uint8_t>& bytes() const { return bytes_; }

 private:
  std::vector<uint8_t> bytes_;
  std::map<std::string, int64_t> known_;
};

struct ImageQuant {
  int64_t scales = kNowhere, zero_points = kNowhere;
  int32_t count = 0, axis = 0;
};

/// Offsets are into the block.
struct ImageTensor {
  int64_t name = kNowhere, data = kNowhere, dims = kNowhere;
  size_t bytes = 0;
  ImageQuant quant;
  uint8_t dtype = 0, rank = 0;
  uint16_t flags = 0;
  int32_t variable = -1;
};

struct ImageNode {
  int64_t name = kNowhere, params = kNowhere, inputs = kNowhere, outputs = kNowhere;
  int64_t custom_code = kNowhere, custom = kNowhere;  ///< of a custom op: its name and the model's options for it
  uint32_t custom_bytes = 0;
  uint16_t kind = 0, input_count = 0, output_count = 0;
  uint8_t params_type = 0, activation = 0;
  std::string eval;  ///< symbols; empty: none
  std::string twin;
  int64_t step_data = kNowhere;
};

struct ImageGraph {
  std::vector<ImageTensor> tensors;
  std::vector<ImageNode> nodes;
  int64_t name = kNowhere, inputs = kNowhere, outputs = kNowhere, offsets = kNowhere;
  int32_t input_count = 0, output_count = 0;
};

struct ImageVariable {
  int64_t name = kNowhere, initial = kNowhere;
  size_t bytes = 0, offset = 0;
};

struct Image {
  DataBlock data;
  std::vector<ImageGraph> graphs;
  std::vector<ImageVariable> variables;
  std::vector<int64_t> metadata;  ///< key, value, key, value, ...
  size_t variables_bytes = 0, planned_bytes = 0, weights_bytes = 0, lower_bound = 0, lower_bound_unshared = 0, scratch_bytes = 0;
};

struct ImageOptions {
  bool names = false;  ///< of every tensor and op; else only of inputs and outputs
};

/// Prepares every op of a model for a target. Throws Error: an op refuses, or is a custom op that cannot be (custom.h).
Image make_image(const inlay_model* model, const Target& target, const ImageOptions& options);

/// What a prepared model takes on a target, in bytes; the code of ops and library apart.
struct ImageSizes {
  size_t data, tables;               ///< flash: the block of bytes, the structs around it
  size_t session, planned, scratch;  ///< RAM
  size_t flash() const { return data + tables; }
  size_t ram() const { return session + planned + scratch; }
};
ImageSizes sizes_of(const Image& image, const Target& target);

}  // namespace inlay::tools
