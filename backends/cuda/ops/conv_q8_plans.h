// SPDX-License-Identifier: Apache-2.0
// 8-bit convolutions as forms of an op: on tensor cores, by dp4a, and depthwise. Sizes are numbers of tiles in the order of
// conv_mma.h, conv_dot.h and depthwise.h; kBestSize leaves the choice to their tables. All of them do a sum behind the
// convolution.
#pragma once
#include "gpu/ops/conv_q8.h"
#include "ops/conv_dot.h"
#include "ops/depthwise.h"

namespace inlay::cuda {

constexpr int32_t kBestSize = -1;

/// Whether kernels here can do the sum behind a convolution.
bool takes_sum(const gpu::Sum& sum);

ConvShape shape_of(const gpu::ConvLaunch& l);
/// Whether kernels can count elements of tensors and bytes of weights in 32 bits.
bool mma_counts_fit(const ConvShape& s);

/// How many tiles take the convolution, 0 where its weights are not constant or do not fit int8.
int32_t mma_sizes(const gpu::ConvQ8& conv);
/// Above 1, the score of one value at a time, where tensor cores are not mostly multiplying zeros.
int32_t mma_score(const gpu::ConvQ8& conv);
void plan_mma(const gpu::ConvQ8& conv, int32_t size, gpu::Recipe* recipe);

/// The same for weights of which two in four are zeros, on devices from compute capability 8.0 on.
int32_t sparse_sizes(const gpu::ConvQ8& conv);
void plan_sparse(const gpu::ConvQ8& conv, int32_t size, gpu::Recipe* recipe);

/// The same where there are few tiles and a long depth, by several blocks to a tile.
int32_t split_sizes(const gpu::ConvQ8& conv);
/// Above that of tensor cores where a model says that it takes less time.
int32_t split_score(const gpu::ConvQ8& conv);
void plan_split(const gpu::ConvQ8& conv, int32_t size, gpu::Recipe* recipe);

/// The same of int8 by wgmma, where the plug-in was built for sm_90a and the device runs that.
int32_t wgmma_sizes(const gpu::ConvQ8& conv);
/// Above those of the other forms on tensor cores where a model says that it takes less time.
int32_t wgmma_score(const gpu::ConvQ8& conv);
void plan_wgmma(const gpu::ConvQ8& conv, int32_t size, gpu::Recipe* recipe);

/// 0 also where nothing is small that tensor cores want large (conv_dot.h), and where depthwise forms take the convolution.
int32_t dot_sizes(const gpu::ConvQ8& conv);
/// Between direct and tensor cores or above both, as the models of both say.
int32_t dot_score(const gpu::ConvQ8& conv);
void plan_dot(const gpu::ConvQ8& conv, int32_t size, gpu::Recipe* recipe);

/// 0 also where an input channel has more than one output channel.
int32_t depthwise_sizes(const gpu::ConvQ8& conv);
int32_t depthwise_score(const gpu::ConvQ8& conv);
void plan_depthwise(const gpu::ConvQ8& conv, int32_t size, gpu::Recipe* recipe);

}  // namespace inlay::cuda
