// SPDX-License-Identifier: Apache-2.0
// Constants stored sparse (the TACO format: arXiv:1804.10112): a tree of levels, dense or compressed, whose leaves are the values.
#include "tools/import/tflite/sparse.h"

#include <algorithm>
#include <cstring>

namespace inlay::tools::tflite_import {
namespace {

/// One level of the tree: a dim of the tensor, or a dim inside its blocks.
struct Level {
  bool compressed = false;
  int64_t size = 0;                        ///< how many coordinates it has
  size_t dim = 0;                          ///< of the tensor
  int64_t pace = 1;                        ///< elements of that dim from one coordinate to the next
  std::vector<int64_t> segments, indices;  ///< compressed: children of parent p are indices[segments[p] .. segments[p + 1])
};

class Decoder {
 public:
  Decoder(const tfl::SparsityParameters& source, const Tensor& t, uint64_t most_bytes) : source_(source), t_(t), most_bytes_(most_bytes) {}

  Bytes decode(const Bytes& values) {
    width_ = inlay_dtype_bits(t_.dtype) / 8;
    if (width_ == 0 || inlay_dtype_bits(t_.dtype) % 8 != 0) fail("its elements are smaller than a byte");
    uint64_t bytes = width_;
    for (const int32_t dim : t_.shape) {
      if (dim < 1) fail("its shape is unknown or empty");
      if (bytes > most_bytes_ / static_cast<uint64_t>(dim)) fail("it would be more than 64 times the size of the file");
      bytes *= static_cast<uint64_t>(dim);
    }
    read_levels();
    check_counts(values.size());
    // A value that the tree leaves out is the real 0.
    Bytes dense(static_cast<size_t>(bytes), 0);
    if (width_ == 1 && t_.quant.zero_points.size() == 1) std::fill(dense.begin(), dense.end(), static_cast<uint8_t>(t_.quant.zero_points[0]));
    strides_.assign(t_.shape.size(), 1);
    for (size_t d = t_.shape.size(); d-- > 1;) strides_[d - 1] = strides_[d] * t_.shape[d];
    fill(values, &dense);
    return dense;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw Error("tensor '" + t_.name + "' is stored sparse, but " + what); }

  template <typename Vector>
  static std::vector<int64_t> list(const Vector* v) {
    return v == nullptr || v->values() == nullptr ? std::vector<int64_t>() : std::vector<int64_t>(v->values()->begin(), v->values()->end());
  }

  std::vector<int64_t> indices(tfl::SparseIndexVector kind, const void* at) const {
    switch (kind) {
      case tfl::SparseIndexVector::Int32Vector: return list(static_cast<const tfl::Int32Vector*>(at));
      case tfl::SparseIndexVector::Uint16Vector: return list(static_cast<const tfl::Uint16Vector*>(at));
      case tfl::SparseIndexVector::Uint8Vector: return list(static_cast<const tfl::Uint8Vector*>(at));
      default: fail("its index lists are missing");
    }
  }

  Level read_level(const tfl::DimensionMetadata& from, int64_t size) const {
    Level level;
    level.size = size;
    level.compressed = from.format() == tfl::DimensionType::SPARSE_CSR;
    if (!level.compressed && from.format() != tfl::DimensionType::DENSE) fail("a dim has an unknown format");
    if (!level.compressed && from.dense_size() != size) {
      fail("a dim has " + std::to_string(from.dense_size()) + " places, expected " + std::to_string(size));
    }
    if (!level.compressed) return level;
    level.segments = indices(from.array_segments_type(), from.array_segments());
    level.indices = indices(from.array_indices_type(), from.array_indices());
    const bool inside = std::all_of(level.indices.begin(), level.indices.end(), [&](int64_t i) { return i >= 0 && i < size; });
    if (!inside) fail("an index lies outside its dim of " + std::to_string(size));
    return level;
  }

  void read_levels() {
    const size_t rank = t_.shape.size(), count = size_of(source_.traversal_order()), blocks = size_of(source_.block_map());
    if (rank == 0 || count != rank + blocks || size_of(source_.dim_metadata()) != count) fail("its lists differ in length");
    std::vector<bool> seen(count, false);
    std::vector<int64_t> block(rank, 1);
    std::vector<size_t> target(count);
    for (size_t i = 0; i < count; ++i) {
      const int32_t place = source_.traversal_order()->Get(static_cast<uint32_t>(i));
      if (place < 0 || static_cast<size_t>(place) >= count || seen[static_cast<size_t>(place)]) fail("its traversal order is no permutation");
      seen[static_cast<size_t>(place)] = true;
      target[i] = static_cast<size_t>(place);
      if (target[i] < rank) continue;
      const int32_t dim = source_.block_map()->Get(static_cast<uint32_t>(target[i] - rank));
      const int32_t size = source_.dim_metadata()->Get(static_cast<uint32_t>(i))->dense_size();
      if (dim < 0 || static_cast<size_t>(dim) >= rank || block[static_cast<size_t>(dim)] != 1) fail("a block belongs to no dim of its own");
      if (size < 1 || t_.shape[static_cast<size_t>(dim)] % size != 0) fail("a block does not divide its dim");
      block[static_cast<size_t>(dim)] = size;
    }
    for (size_t i = 0; i < count; ++i) {
      const bool inner = target[i] >= rank;
      const auto dim = inner ? static_cast<size_t>(source_.block_map()->Get(static_cast<uint32_t>(target[i] - rank))) : target[i];
      const int64_t size = inner ? block[dim] : t_.shape[dim] / block[dim];
      Level level = read_level(*source_.dim_metadata()->Get(static_cast<uint32_t>(i)), size);
      level.dim = dim;
      level.pace = inner ? 1 : block[dim];
      levels_.push_back(std::move(level));
    }
  }

  /// The tree has exactly as many leaves as there are values: walking it costs no more than the file is long.
  void check_counts(size_t value_bytes) const {
    uint64_t nodes = 1;
    for (const Level& level : levels_) {
      if (!level.compressed) {
        if (nodes > most_bytes_ / static_cast<uint64_t>(level.size)) fail("its tree is too large");
        nodes *= static_cast<uint64_t>(level.size);
        continue;
      }
      const std::vector<int64_t>& s = level.segments;
      if (s.size() != nodes + 1 || s.front() != 0 || s.back() != static_cast<int64_t>(level.indices.size()) || !std::is_sorted(s.begin(), s.end())) {
        fail("its segments do not cut its indices");
      }
      nodes = level.indices.size();
    }
    if (nodes * width_ != value_bytes) {
      fail("its tree has " + std::to_string(nodes) + " values, the file " + std::to_string(value_bytes / width_));
    }
  }

  /// Level by level, the offset in the dense tensor of every node of the tree.
  void fill(const Bytes& values, Bytes* dense) const {
    std::vector<int64_t> offsets = {0};
    for (const Level& level : levels_) {
      const int64_t step = strides_[level.dim] * level.pace;
      std::vector<int64_t> next;
      for (size_t p = 0; p < offsets.size(); ++p) {
        const int64_t first = level.compressed ? level.segments[p] : 0, last = level.compressed ? level.segments[p + 1] : level.size;
        for (int64_t i = first; i < last; ++i) next.push_back(offsets[p] + step * (level.compressed ? level.indices[static_cast<size_t>(i)] : i));
      }
      offsets = std::move(next);
    }
    for (size_t i = 0; i < offsets.size(); ++i) {
      std::memcpy(dense->data() + static_cast<size_t>(offsets[i]) * width_, values.data() + i * width_, width_);
    }
  }

  const tfl::SparsityParameters& source_;
  const Tensor& t_;
  const uint64_t most_bytes_;
  size_t width_ = 0;
  std::vector<Level> levels_;
  std::vector<int64_t> strides_;
};

}  // namespace

Bytes dense_of(const tfl::SparsityParameters& source, const Tensor& t, const Bytes& values, uint64_t most_bytes) {
  return Decoder(source, t, most_bytes).decode(values);
}

}  // namespace inlay::tools::tflite_import
