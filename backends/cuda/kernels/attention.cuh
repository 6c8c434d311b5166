// SPDX-License-Identifier: Apache-2.0
// Attention in one launch: softmax(q k' * factor + mask) v, whose scores never leave the multiprocessor. A block has 64 rows of q and
// goes over keys 64 at a time. What it has seen of a row is its largest score m, the sum l of e^(score - m) and the values weighted by
// them; a larger score scales both down (M. Milakov and N. Gimelshein, "Online normalizer calculation for softmax", 2018; T. Dao et al.,
// "FlashAttention", 2022). Products and sums are those of matmul_gemm, so that the rules of fast math are, too.
#pragma once
#include "kernels/attention_types.h"
#include "kernels/float_gemm.cuh"

namespace inlay::cuda {

/// How a block divides its work, and where it keeps what. kBlocks: of a multiprocessor, which leave each thread so many registers.
template <class ScoreMath_, class ValueMath_, int kBlocks>
struct AttentionTile {
  using ScoreMath = ScoreMath_;
  using ValueMath = ValueMath_;
  using A = typename ScoreMath::A;
  using WeightPanel = Panel<ValueMath::kRows, ValueMath::kChunksA>;
  using ValuePanel = Panel<ValueMath::kColumns, ValueMath::kChunksB>;
  static constexpr int kRows = ScoreMath::kRows, kKeys = ScoreMath::kColumns, kWidth = ValueMath::kColumns;
  static constexpr int kThreads = ScoreMath::kThreads, kStages = 2;
  static constexpr int kBlocksOfUnit = kBlocks;
  static constexpr int kPerChunk = kChunkBytes / static_cast<int>(sizeof(A)), kDepth = ValueMath::kChunksA * kPerChunk;
  static constexpr int kPanels = kKeys / kDepth;
  static constexpr int kScoreBytes = kStages * (Stages<ScoreMath>::kBytesA + Stages<ScoreMath>::kBytesB);
  static constexpr int kWeightBytes = kPanels * WeightPanel::kBytes, kValueBytes = kPanels * ValuePanel::kBytes;
  static constexpr int kRowBytes = ScoreMath::kWarpsAcross * kRows * static_cast<int>(sizeof(float));
  static constexpr int kSharedBytes = kScoreBytes + kWeightBytes + kValueBytes + kRowBytes;
  static_assert(ScoreMath::kOwnRows == ValueMath::kOwnRows && kThreads == ValueMath::kThreads &&
                    ScoreMath::kLanesAcross == ValueMath::kLanesAcross && ScoreMath::kWarpsAcross == ValueMath::kWarpsAcross,
                "a thread has the same rows of scores and of the output");
};

struct Largest {
  static __device__ __forceinline__ float of(float a, float b) { return fmaxf(a, b); }
};
struct Added {
  static __device__ __forceinline__ float of(float a, float b) { return a + b; }
};

/// Folds what all threads of a row have of it. `rows`: kRowBytes of shared memory, which nobody reads any more before.
template <class Fold, class Tile>
__device__ __forceinline__ void fold_rows(float (&v)[Tile::ScoreMath::kOwnRows], const typename Tile::ScoreMath& math, float* rows) {
  constexpr int kOwnRows = Tile::ScoreMath::kOwnRows, kLanes = Tile::ScoreMath::kLanesAcross, kWarps = Tile::ScoreMath::kWarpsAcross;
  const int lane = static_cast<int>(threadIdx.x) % 32, warp = static_cast<int>(threadIdx.x) / 32 % kWarps;
  INLAY_CUDA_UNROLL
  for (int i = 0; i < kOwnRows; ++i) {
    INLAY_CUDA_UNROLL
    for (int step = kLanes / 2; step > 0; step /= 2) v[i] = Fold::of(v[i], __shfl_xor_sync(0xffffffffu, v[i], step));
    if (lane % kLanes == 0) rows[warp * Tile::kRows + math.row_of(i)] = v[i];
  }
  __syncthreads();
  INLAY_CUDA_UNROLL
  for (int i = 0; i < kOwnRows; ++i) {
    v[i] = rows[math.row_of(i)];
    INLAY_CUDA_UNROLL
    for (int w = 1; w < kWarps; ++w) v[i] = Fold::of(v[i], rows[w * Tile::kRows + math.row_of(i)]);
  }
}

/// Scales the sums of a key block and adds the mask; keys behind the last have no weight.
template <class Tile>
__device__ __forceinline__ void mask_scores(typename Tile::ScoreMath& scores, const typename Tile::A* mask, const Attention& s,
                                            int first_row, int first_key) {
  INLAY_CUDA_UNROLL
  for (int i = 0; i < Tile::ScoreMath::kOwnRows; ++i) {
    const int row = min(first_row + scores.row_of(i), s.m - 1);
    INLAY_CUDA_UNROLL
    for (int c = 0; c < Tile::ScoreMath::kOwnColumns; ++c) {
      const int key = first_key + scores.column_of(c);
      float& v = scores.at(i, c);
      v *= s.factor;
      if (mask != nullptr && key < s.n) v += to_float(mask[row * s.mask_row + key * s.mask_column]);
      if (key >= s.n) v = -INFINITY;
    }
  }
}

/// A row's state: what was seen of it, of the sum only what this thread has seen.
template <class Tile>
struct RowStates {
  float largest[Tile::ScoreMath::kOwnRows], sum[Tile::ScoreMath::kOwnRows];
  __device__ __forceinline__ RowStates() {
    INLAY_CUDA_UNROLL
    for (int i = 0; i < Tile::ScoreMath::kOwnRows; ++i) largest[i] = -INFINITY, sum[i] = 0.0f;
  }
};

/// Makes weights of the scores, as panels, and scales down what was seen before.
template <class Tile>
__device__ __forceinline__ void weigh(typename Tile::ScoreMath& scores, typename Tile::ValueMath& out, RowStates<Tile>& states,
                                      unsigned char* weights, float* rows, float beta) {
  using Math = typename Tile::ScoreMath;
  using A = typename Tile::A;
  float most[Math::kOwnRows];
  INLAY_CUDA_UNROLL
  for (int i = 0; i < Math::kOwnRows; ++i) {
    most[i] = states.largest[i];
    INLAY_CUDA_UNROLL
    for (int c = 0; c < Math::kOwnColumns; ++c) most[i] = fmaxf(most[i], scores.at(i, c));
  }
  fold_rows<Largest, Tile>(most, scores, rows);
  INLAY_CUDA_UNROLL
  for (int i = 0; i < Math::kOwnRows; ++i) {
    const float base = most[i] == -INFINITY ? 0.0f : most[i];  // where nothing was seen that counts
    const float less = expf((states.largest[i] - base) * beta);
    states.largest[i] = most[i];
    states.sum[i] *= less;
    INLAY_CUDA_UNROLL
    for (int c = 0; c < Tile::ValueMath::kOwnColumns; ++c) out.at(i, c) *= less;
    INLAY_CUDA_UNROLL
    for (int c = 0; c < Math::kOwnColumns; ++c) {
      const int key = scores.column_of(c), in_panel = key % Tile::kDepth;
      const float weight = expf((scores.at(i, c) - base) * beta);
      states.sum[i] += weight;
      unsigned char* const chunk = weights + key / Tile::kDepth * Tile::WeightPanel::kBytes +
                                   Tile::WeightPanel::at(scores.row_of(i), in_panel / Tile::kPerChunk);
      reinterpret_cast<A*>(chunk)[in_panel % Tile::kPerChunk] = from_float<A>(weight);
    }
  }
}

/// Grid: a block to 64 rows of a matrix, rows fastest; Tile::kThreads threads, Tile::kSharedBytes of dynamic shared memory. places: for
/// every matrix of the output, where those of q, k, v and the mask begin. mask: NULL where there is none. kWhole: rows of q and k run
/// along the depth in chunks of 16 bytes at multiples of 16.
template <class Tile, bool kWhole>
__global__ void __launch_bounds__(Tile::kThreads, Tile::kBlocksOfUnit)
    attention(const typename Tile::A* q, const typename Tile::A* k, const typename Tile::A* v, const typename Tile::A* mask,
              const int* places, typename Tile::A* out, Attention s) {
  using A = typename Tile::A;
  INLAY_CUDA_DYNAMIC_SHARED(unsigned char, memory);
  unsigned char* const weights = memory + Tile::kScoreBytes;
  unsigned char* const value_panels = weights + Tile::kWeightBytes;
  auto* const rows = reinterpret_cast<float*>(value_panels + Tile::kValueBytes);
  const int thread = static_cast<int>(threadIdx.x), down = (s.m + Tile::kRows - 1) / Tile::kRows;
  const int batch = static_cast<int>(blockIdx.x) / down, first_row = (static_cast<int>(blockIdx.x) - batch * down) * Tile::kRows;
  const int* const at = places + 4 * batch;
  const MatrixSource<A, kWhole> from_q = {q + at[0], s.m, s.depth, s.q_row, s.q_step};
  const MatrixSource<A, kWhole, !kWhole> from_k = {k + at[1], s.n, s.depth, s.k_row, s.k_step};
  const MatrixSource<A, false, true> from_v = {v + at[2], s.width, s.n, s.v_column, s.v_row};
  const A* const masked = mask != nullptr ? mask + at[3] : nullptr;
  const PanelLoader<Tile::kThreads, Tile::kWidth, Tile::ValueMath::kChunksB, MatrixSource<A, false, true>> load_values(from_v, 0, thread);

  typename Tile::ValueMath answers(thread);
  RowStates<Tile> states;
  for (int key = 0; key < s.n; key += Tile::kKeys) {
    __syncthreads();  // everybody has left the panels of the keys before
    INLAY_CUDA_NO_UNROLL
    for (int p = 0; p < Tile::kPanels; ++p) {
      load_values.load(shared_address(value_panels + p * Tile::ValuePanel::kBytes), key + p * Tile::kDepth);
    }
    commit_copies();
    typename Tile::ScoreMath scores(thread);
    add_panels<Tile::kStages>(memory, scores, from_q, from_k, first_row, key, 0, s.depth);
    mask_scores<Tile>(scores, masked, s, first_row, key);
    weigh<Tile>(scores, answers, states, weights, rows, s.beta);
    wait_copies<0>();
    __syncthreads();  // weights and values are there for all
    INLAY_CUDA_NO_UNROLL
    for (int p = 0; p < Tile::kPanels; ++p) {
      answers.step(weights + p * Tile::WeightPanel::kBytes, value_panels + p * Tile::ValuePanel::kBytes);
    }
  }
  fold_rows<Added, Tile>(states.sum, typename Tile::ScoreMath(thread), rows);
  INLAY_CUDA_UNROLL
  for (int i = 0; i < Tile::ValueMath::kOwnRows; ++i) {
    const float share = 1.0f / states.sum[i];
    INLAY_CUDA_UNROLL
    for (int c = 0; c < Tile::ValueMath::kOwnColumns; ++c) answers.at(i, c) *= share;
  }
  const TensorOut<A, RowPlaces> to = {out + static_cast<size_t>(batch) * static_cast<size_t>(s.m) * static_cast<size_t>(s.width),
                                      nullptr, nullptr, s.width, s.width % 2 == 0, {-INFINITY, INFINITY, 0.0f, 0.0f}, {s.m, s.width}};
  answers.finish(to, first_row, 0);
}

template <class Kind, int kWidth>
using TensorAttention = AttentionTile<TensorMath<Kind, 64, 64, 32, 32>, TensorMath<Kind, 64, kWidth, 32, kWidth / 2>,
                                      kWidth <= 64 ? 3 : 2>;
template <int kWidth>
using ScalarAttention = AttentionTile<ScalarMath<64, 64, 8, 4>, ScalarMath<64, kWidth, 8, kWidth / 16>, 2>;

#define INLAY_CUDA_ATTENTION_WIDTH(source, TILE, width)                                                        \
  INLAY_CUDA_KERNEL(#source, "-DWIDTH=" #width " -DWHOLE=0", "attention", attention<TILE<width>, false>),      \
      INLAY_CUDA_KERNEL(#source, "-DWIDTH=" #width " -DWHOLE=1", "attention", attention<TILE<width>, true>)
/// The entries of one kind of Math.
#define INLAY_CUDA_ATTENTION(source, TILE) \
  INLAY_CUDA_ATTENTION_WIDTH(source, TILE, 64), INLAY_CUDA_ATTENTION_WIDTH(source, TILE, 128)

}  // namespace inlay::cuda
