// SPDX-License-Identifier: Apache-2.0
// The host's half of kernels/conv_q8_dot.cu.
#pragma once
#include "ops/conv_mma.h"

namespace inlay::cuda {

/// Channels of a group for some neighbours in a row to a thread.
struct DotForm {
  const char* name;
  int32_t channels, pixels;
};
/// Those that are not mostly channels which do not exist: the variants that `inlay tune` chooses from. Empty where no group is
/// small and sums are long: that is what tensor cores are for.
std::vector<const DotForm*> dot_forms_for(const ConvShape& s);
/// The one of those that a count of instructions says is fastest on `units` SMs.
const DotForm& choose_dot_form(const ConvShape& s, int32_t units);
/// Whether that is faster than the best tile of tensor cores, by the models of both.
bool dot_is_faster(const ConvShape& s, size_t shared_limit, int32_t units);
/// The kernel's options in the table.
std::string dot_options(const ConvShape& s, const DotForm& form);
/// Threads; 128 to a block.
int64_t dot_threads(const ConvShape& s, const DotForm& form);
/// By group, block of the form's channels, tap and four input channels: a word for each of the block's channels.
std::vector<uint8_t> pack_dot_weights(const ConvShape& s, const DotForm& form, const WeightOf& weight);

}  // namespace inlay::cuda
