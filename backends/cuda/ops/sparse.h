// SPDX-License-Identifier: Apache-2.0
// 2:4 structured sparsity: of every four values along the depth at most two are not zero, and only those are stored, with their
// places.
#pragma once
#include "ops/conv_mma.h"

namespace inlay::cuda {

/// Whether all weights are such. Chunks of four begin at multiples of four of the depth: taps, for each the channels of the
/// group.
bool is_sparse_2_4(const ConvShape& s, const WeightOf& weight);

/// Two values of four and their places, the lesser first, in 4 bits: first | second << 2. A place that holds zero fills up. False
/// where more than two are not zero.
struct Pair24 {
  int32_t values[2];
  uint32_t places;
};
bool compress_2_4(const int32_t (&four)[4], Pair24* out);

/// Unit after unit of 16 channels x 64 bytes of depth, as pack_mma_weights(): 16 rows of 32 stored bytes as they are to lie in
/// shared memory, then 32 words of places, one to a lane of mma.sp.m16n8k64.
std::vector<uint8_t> pack_sparse_weights(const ConvShape& s, const WeightOf& weight);
/// The same of halves for mma.sp.m16n8k32: weight() are their bits, 0 for either zero. s counts values.
std::vector<uint8_t> pack_sparse_halves(const ConvShape& s, const WeightOf& weight);
constexpr int32_t kSparseUnitBytes = 16 * 32 + 32 * 4;

}  // namespace inlay::cuda
