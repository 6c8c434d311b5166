// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/board.h"

#include <algorithm>

#include "inlay/backend.h"
#include "tools/inlay/handles.h"
#include "tools/tune/host.h"

#ifndef INLAY_BUILD_TYPE
#define INLAY_BUILD_TYPE ""
#endif

namespace inlay::tools {
namespace {

constexpr int32_t kMaxDevices = 16;

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string differ(const char* what, const std::string& there, const std::string& here) {
  return std::string("another ") + what + " ('" + there + "', here '" + here + "')";
}

}  // namespace

std::string build_name() { return std::string(INLAY_BUILD_TYPE) + " " + __VERSION__; }

Board this_board(const std::vector<inlay_device>& named) {
  const Host host = describe_host();
  Board board = {host.cpu, host.machine, std::string(inlay_version()) + " " + build_name(), host.features, host.cores, {}};
  for (int32_t b = 0; b < inlay_backend_count(); ++b) {
    const inlay_backend* backend = inlay_backend_at(b);
    const auto of_it = [&](const inlay_device& device) { return device.backend == backend; };
    const bool accelerator = (backend->flags & INLAY_BACKEND_ACCELERATOR) != 0;
    if (accelerator && std::none_of(named.begin(), named.end(), of_it)) continue;
    inlay_device_info infos[kMaxDevices] = {};
    inlay_error why{};
    const int32_t count = backend->probe(infos, kMaxDevices, &why);
    for (int32_t i = 0; i < count && i < kMaxDevices; ++i) board.devices[device_label({backend, i})] = infos[i].name;
  }
  return board;
}

std::string describe(const Board& board) {
  return board.cpu + ", " + std::to_string(board.cores) + (board.cores == 1 ? " core, " : " cores, ") + board.build;
}

std::string difference(const Board& there, const Board& here) {
  if (there.cpu != here.cpu) return differ("CPU", there.cpu, here.cpu);
  if (there.machine != here.machine) return differ("architecture", there.machine, here.machine);
  if (there.features != here.features) return differ("set of CPU features", join(there.features), join(here.features));
  if (there.cores != here.cores) return differ("number of cores", std::to_string(there.cores), std::to_string(here.cores));
  if (there.build != here.build) return differ("build of Inlay", there.build, here.build);
  for (const auto& [name, is] : here.devices) {
    const auto was = there.devices.find(name);
    if (was != there.devices.end() && was->second != is) return differ(("device " + name).c_str(), was->second, is);
  }
  return "";
}

}  // namespace inlay::tools
