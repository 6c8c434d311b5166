// SPDX-License-Identifier: Apache-2.0
// Which machine and which build a measurement belongs to.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "inlay/inlay.h"

namespace inlay::tools {

struct Board {
  std::string cpu, machine, build;
  std::vector<std::string> features;
  int32_t cores = 0;
  std::map<std::string, std::string> devices;  ///< what a user types -> what the backend says it is, a library with its version
};

/// "Release 12.2.0": how this program was built.
std::string build_name();
/// This machine and this build. Accelerators are asked who they are only where `named` has a device of theirs: starting a GPU's
/// driver takes its time. Backends that are loaded later are not in it.
Board this_board(const std::vector<inlay_device>& named = {});
/// "AMD EPYC 7B13, 2 cores, 0.1.0 Release 12.2.0".
std::string describe(const Board& board);
/// Why measurements on `there` say nothing about `here`: a piece of a sentence; empty when they do. Devices that only one of them
/// has do not matter.
std::string difference(const Board& there, const Board& here);

}  // namespace inlay::tools
