// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

#include "tools/tune/wishes.h"

namespace inlay::tools {

struct PaperArgs {
  std::string model, board, trace;
  int32_t threads = 1;
  Wishes wishes;
  bool json = false;
  bool splits = true;  ///< also plan ops in parts
  bool why = false;    ///< and say why the others are not
};

/// Places a model for the board of a profile, and prints what is predicted of it and of the placements beside it. Throws Error.
void plan_on_paper(const PaperArgs& args);

}  // namespace inlay::tools
