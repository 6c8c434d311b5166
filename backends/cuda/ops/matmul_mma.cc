// SPDX-License-Identifier: Apache-2.0
#include "ops/matmul_mma.h"

#include <algorithm>

namespace inlay::cuda {
namespace {

/// What kernels are made for; the bits of MmaTile::loaders.
enum Reads : int { kChunks, kChunksTurned, kAny };
constexpr uint32_t kFast = 1u << kChunks | 1u << kChunksTurned, kAll = kFast | 1u << kAny;
const char* const kNames[] = {"chunks", "chunks turned", "any"};

/// A product as its kernels see it.
struct Product {
  explicit Product(const gpu::Node& node) : shape(gpu::matmul_shape(node)), places(gpu::matmul_places(node)) {
    a = row_reads(shape.m, shape.k, shape.a_row, shape.a_step, places, 0);
    b = row_reads(shape.n, shape.k, shape.b_step, shape.b_row, places, 1);
    const bool whole = a == kChunkReads && b == kChunkReads, turned = a == kChunkReads && b == kTurnedReads;
    reads = whole ? kChunks : turned ? kChunksTurned : kAny;
    if (reads != kAny) return;
    if (a == kChunkReads) a = kWordReads;
    if (b == kChunkReads) b = kWordReads;
  }
  gpu::MatmulShape shape;
  std::vector<int32_t> places;
  RowReads a, b;
  Reads reads;

  /// Of the same tiles, a convolution of one pixel row: a group to every matrix.
  ConvShape as_convolution() const {
    ConvShape s = {};
    s.batch = s.rows = s.filter_h = s.filter_w = 1;
    s.columns = shape.m;
    s.group_in = shape.k, s.in_c = shape.k;
    s.group_out = shape.n, s.out_c = shape.n * shape.batch;
    return s;
  }
  std::vector<const MmaTile*> tiles(const gpu::Caps& caps) const {
    std::vector<const MmaTile*> fit;
    for (const MmaTile& tile : matmul_tiles()) {
      if (tile.has(reads) && static_cast<uint64_t>(tile.shared_bytes()) <= caps.local_bytes) fit.push_back(&tile);
    }
    return fit;
  }
};

/// Kernels count in 32 bits.
bool takes(const gpu::Node& node) {
  if (node.input(0)->dtype != INLAY_INT8) return false;
  const gpu::MatmulShape s = gpu::matmul_shape(node);
  return s.batch > 0 && s.k > 0 && int64_t{s.n} * s.batch <= INT32_MAX;
}

}  // namespace

RowReads row_reads(int32_t rows, int32_t depth, int32_t stride, int32_t step, const std::vector<int32_t>& places, size_t operand) {
  const auto at_multiples = [&](int32_t of, int32_t of_depth, int32_t pitch) {
    if (of_depth % of != 0 || pitch % of != 0) return false;
    for (size_t i = operand; i < places.size(); i += 2) {
      if (places[i] % of != 0) return false;
    }
    return true;
  };
  if (step == 1 && at_multiples(16, depth, stride)) return kChunkReads;
  if (step == 1 && at_multiples(4, depth, stride)) return kWordReads;
  return stride == 1 && at_multiples(4, rows, step) ? kTurnedReads : kByteReads;
}

const std::vector<MmaTile>& matmul_tiles() {
  static const std::vector<MmaTile> tiles = {
      {"matmul_q8_mma", "128x128", 128, 128, 1, 4, 256, false, kFast}, {"matmul_q8_mma", "64x64", 64, 64, 1, 4, 128, false, kAll},
      {"matmul_q8_mma", "32x32", 32, 32, 4, 3, 128, false, kAll},      {"matmul_q8_mma", "64x8", 64, 8, 1, 4, 128, false, kAll},
      {"matmul_q8_mma", "16x8", 16, 8, 8, 3, 256, false, kAll},
  };
  return tiles;
}

int32_t matmul_mma_sizes(const gpu::Node& node) {
  return takes(node) ? static_cast<int32_t>(Product(node).tiles(*node.caps).size()) : 0;
}

void plan_matmul_mma(const gpu::Node& node, int32_t size, gpu::Recipe* recipe) {
  const Product p(node);
  const std::vector<const MmaTile*> tiles = p.tiles(*node.caps);
  const bool told = size >= 0 && static_cast<size_t>(size) < tiles.size();
  const MmaTile& tile = told ? *tiles[static_cast<size_t>(size)]
                             : choose_mma_tile(p.as_convolution(), tiles, static_cast<int32_t>(node.caps->units));
  const gpu::MatmulQuant q = gpu::matmul_quant(node);
  const gpu::MatmulShape& s = p.shape;
  const MatmulQ8 numbers = {s.batch, s.m,     s.k,        s.n,   s.a_row, s.a_step, s.b_row, s.b_step, q.a_zero,
                            q.b_zero, q.out_zero, q.low, q.high, q.scale, p.a,      p.b,     s.n % 16 == 0 ? 16 : s.n % 4 == 0 ? 4 : 1};
  const MmaGrid grid = mma_grid(p.as_convolution(), tile);
  recipe->kernel = std::string("tensor cores ") + tile.name;
  recipe->launch(tile.source, std::string(tile.name) + " " + kNames[p.reads], "matmul_q8_mma")
      .tensor(node.input_id(0))
      .tensor(node.input_id(1))
      .constant(p.places)
      .tensor(node.output_id())
      .value(numbers)
      .local(static_cast<size_t>(tile.shared_bytes()))
      .grid(static_cast<size_t>(grid.x * grid.y * grid.z) * static_cast<size_t>(tile.threads))
      .group(static_cast<size_t>(tile.threads));
}

}  // namespace inlay::cuda
