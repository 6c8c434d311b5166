// SPDX-License-Identifier: Apache-2.0
// The host's half of kernels/conv_q8_depthwise.cu.
#pragma once
#include "ops/conv_mma.h"

namespace inlay::cuda {

/// Channels of some neighbours in a row to a thread.
struct DepthwiseForm {
  const char* name;
  int32_t channels, pixels;
};
/// Those that the shape's channels are multiples for: the variants that `inlay tune` chooses from.
std::vector<const DepthwiseForm*> depthwise_forms_for(const ConvShape& s);
/// The one with the most work to a thread that still gives every one of `units` SMs 512 threads; else the one with the most
/// threads.
const DepthwiseForm& choose_depthwise_form(const ConvShape& s, int32_t units);
/// The kernel's options in the table.
std::string depthwise_options(const ConvShape& s, const DepthwiseForm& form);
/// Threads; 128 to a block.
int64_t depthwise_threads(const ConvShape& s, const DepthwiseForm& form);
/// [taps][channels]
std::vector<uint8_t> pack_depthwise_weights(const ConvShape& s, const WeightOf& weight);

}  // namespace inlay::cuda
