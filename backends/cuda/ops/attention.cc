// SPDX-License-Identifier: Apache-2.0
#include "ops/attention.h"

#include <algorithm>

#include "kernels/attention_types.h"
#include "ops/gemm_float.h"

namespace inlay::cuda {
namespace {

constexpr int32_t kRows = 64, kKeys = 64, kThreads = 128;  ///< of a block, as AttentionTile of kernels/attention.cuh has them

/// How many columns of answers a block has; 0: none has so many.
int32_t block_width(int32_t width) { return width <= 64 ? 64 : width <= 128 ? 128 : 0; }

/// AttentionTile::kSharedBytes.
size_t shared_bytes(Math math, int32_t width) {
  const int32_t element = math == Math::kF16 ? 2 : 4, score_panels = 2 * (kRows + kKeys) * 64;
  return static_cast<size_t>(score_panels + kRows * kKeys * element + width * kKeys * element + 2 * kRows * 4);
}

/// Steps of a mask over the rows and columns of scores, and where that of a matrix of scores begins.
struct MaskPlaces {
  int32_t row = 0, column = 0;
  std::vector<int32_t> begins;  ///< by matrix of scores
};

/// Dimensions of 1 do not step. The mask has no more of them than the scores.
MaskPlaces mask_places(const inlay_tensor& mask, const inlay_tensor& scores) {
  std::vector<int32_t> steps(static_cast<size_t>(scores.rank));
  const int32_t missing = scores.rank - mask.rank;
  int32_t step = 1;
  for (int32_t d = mask.rank - 1; d >= 0; --d) {
    steps[static_cast<size_t>(missing + d)] = mask.dims[d] == 1 ? 0 : step;
    step *= mask.dims[d];
  }
  MaskPlaces out;
  const auto rank = static_cast<size_t>(scores.rank);
  out.column = steps[rank - 1], out.row = steps[rank - 2];
  const int64_t matrices = element_count(scores) / std::max(scores.dims[rank - 1] * scores.dims[rank - 2], 1);
  for (int64_t b = 0; b < matrices; ++b) {
    int64_t left = b;
    int32_t at = 0;
    for (size_t d = rank - 2; d-- > 0; left /= scores.dims[d]) at += static_cast<int32_t>(left % scores.dims[d]) * steps[d];
    out.begins.push_back(at);
  }
  return out;
}

/// Of every matrix of answers: where q, k, v and the mask begin.
std::vector<int32_t> places_of(const Node& scores, const Node& answers, const MaskPlaces& mask) {
  const std::vector<int32_t> products = gpu::matmul_places(scores), sums = gpu::matmul_places(answers);
  const gpu::MatmulShape s = gpu::matmul_shape(answers);
  std::vector<int32_t> places;
  for (size_t i = 0; i < sums.size(); i += 2) {
    const auto matrix = static_cast<size_t>(sums[i] / (s.m * s.k));
    places.insert(places.end(), {products[2 * matrix], products[2 * matrix + 1], sums[i + 1], mask.begins.empty() ? 0 : mask.begins[matrix]});
  }
  return places;
}

/// A block goes over the keys one step after another, which separate launches share among all multiprocessors: worth it for few steps, or
/// where most of a block's rows and half of the multiprocessors have work. A rule of thumb that no device has confirmed.
bool is_worthwhile(const gpu::MatmulShape& answers, uint32_t units) {
  const int64_t blocks = int64_t{answers.batch} * ((answers.m + kRows - 1) / kRows);
  return answers.k <= 4 * kKeys || (answers.m >= kRows / 4 && 2 * blocks >= units);
}

}  // namespace

bool suits_attention(const Node& scores, const Node& answers, int32_t mask) {
  if (scores.input(0)->dtype != INLAY_FLOAT32 || scores.input(1)->dtype != INLAY_FLOAT32 || answers.input(1)->dtype != INLAY_FLOAT32) return false;
  const inlay_tensor& added = scores.segment->graph->tensors[mask >= 0 ? mask : scores.output_id()];
  const gpu::MatmulShape s = gpu::matmul_shape(answers);
  const int32_t width = block_width(s.n);
  return width != 0 && is_worthwhile(s, answers.caps->units) && s.batch > 0 && s.k > 0 && gpu::matmul_shape(scores).k > 0 && added.dtype == INLAY_FLOAT32 &&
         added.rank <= scores.output().rank && shared_bytes(math_of(answers), width) <= answers.caps->local_bytes;
}

void plan_attention(const Node& scores, const Node& answers, int32_t mask, float factor, float beta, Recipe* recipe) {
  const gpu::MatmulShape a = gpu::matmul_shape(scores), b = gpu::matmul_shape(answers);
  const Math math = math_of(answers);
  const MaskPlaces masks = mask >= 0 ? mask_places(scores.segment->graph->tensors[mask], scores.output()) : MaskPlaces();
  const Attention s = {b.batch, b.m, b.k, a.k, b.n, a.a_row, a.a_step, a.b_step, a.b_row, b.b_row, b.b_step,
                       masks.row, masks.column, factor, beta};
  const int32_t width = block_width(b.n);
  const std::vector<int32_t> products = gpu::matmul_places(scores);
  const bool whole = rows_in_chunks(a, a.a_row, a.a_step, products, 0, chunk_of(math)) &&
                     rows_in_chunks(a, a.b_step, a.b_row, products, 1, chunk_of(math));
  recipe->kernel = std::string("attention ") + name_of(math);
  recipe->launch(std::string("attention_") + name_of(math), gpu::define("WIDTH", width) + gpu::define("WHOLE", whole ? 1 : 0), "attention")
      .tensor(scores.input_id(0))
      .tensor(scores.input_id(1))
      .tensor(answers.input_id(1))
      .tensor(mask)
      .constant(places_of(scores, answers, masks))
      .tensor(answers.output_id())
      .value(s)
      .local(shared_bytes(math, width))
      .grid(static_cast<size_t>(b.batch) * static_cast<size_t>((b.m + kRows - 1) / kRows) * kThreads)
      .group(kThreads);
}

}  // namespace inlay::cuda
