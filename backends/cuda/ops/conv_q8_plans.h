// SPDX-License-Identifier: Apache-2.0
// 8-bit convolutions as forms of an op: on tensor cores, and depthwise. Sizes are numbers of tiles in the order of conv_mma.h and
// depthwise.h; kBestSize leaves the choice to their tables.
#pragma once
#include "gpu/ops/conv_q8.h"
#include "ops/depthwise.h"

namespace inlay::cuda {

constexpr int32_t kBestSize = -1;

/// An ADD of the convolution's result (numbers' a) and another tensor of its shape (b), done by the same launch.
struct FusedSum {
  int32_t other, output;  ///< tensors
  Sum8 numbers;
};

ConvShape shape_of(const gpu::ConvLaunch& l);
/// Whether kernels can count elements of tensors and bytes of weights in 32 bits.
bool mma_counts_fit(const ConvShape& s);

/// How many tiles take the convolution, 0 where its weights are not constant or do not fit int8.
int32_t mma_sizes(const gpu::ConvQ8& conv);
/// Above 1, the score of one value at a time, where tensor cores are not mostly multiplying zeros.
int32_t mma_score(const gpu::ConvQ8& conv);
void plan_mma(const gpu::ConvQ8& conv, int32_t size, gpu::Recipe* recipe, const FusedSum* sum = nullptr);

/// The same for weights of which two in four are zeros, on devices from compute capability 8.0 on.
int32_t sparse_sizes(const gpu::ConvQ8& conv);
void plan_sparse(const gpu::ConvQ8& conv, int32_t size, gpu::Recipe* recipe, const FusedSum* sum = nullptr);

/// 0 also where an input channel has more than one output channel.
int32_t depthwise_sizes(const gpu::ConvQ8& conv);
int32_t depthwise_score(const gpu::ConvQ8& conv);
void plan_depthwise(const gpu::ConvQ8& conv, int32_t size, gpu::Recipe* recipe, const FusedSum* sum = nullptr);

}  // namespace inlay::cuda
