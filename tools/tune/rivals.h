// SPDX-License-Identifier: Apache-2.0
// The placements that one has to be better than.
#pragma once
#include "tools/tune/choose.h"

namespace inlay::tools {

struct Rival {
  std::string name;                ///< "mali alone", "greedy by capability"
  std::vector<int32_t> placement;  ///< as Choice::placement
  double us = 0;                   ///< predicted
  int32_t elsewhere = 0;           ///< ops of a device alone that it does not take: each on the cheapest other
  std::string too_much;            ///< which memory limit it exceeds; empty: none
};

/// Each device alone, in their order, and behind them what goes by capability: every op on the first device that takes it,
/// accelerators before the host.
std::vector<Rival> rivals_of(const Choice& choice);
/// The least of those that are a device alone and fit in memory; NULL: none.
const Rival* best_single(const std::vector<Rival>& rivals);

}  // namespace inlay::tools
