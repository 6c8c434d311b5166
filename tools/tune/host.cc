// SPDX-License-Identifier: Apache-2.0
#include "tools/tune/host.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <sstream>

namespace inlay::tools {
namespace {

const std::set<std::string>& known_features() {
  static const std::set<std::string> names = {
      "sse4_1",  "sse4_2",      "avx",      "avx2",     "fma",      "f16c",        "avx_vnni", "avx512f", "avx512bw", "avx512vl",
      "avx512dq", "avx512_vnni", "avx512_bf16", "avx512_fp16", "amx_tile", "amx_int8", "amx_bf16", "neon",    "asimd",    "asimddp",
      "asimdhp", "fphp",        "i8mm",     "bf16",     "sve",      "sve2",        "vfpv4",    "idiva"};
  return names;
}

std::string trim(const std::string& text) {
  const size_t begin = text.find_first_not_of(" \t");
  const size_t end = text.find_last_not_of(" \t\r");
  return begin == std::string::npos ? "" : text.substr(begin, end - begin + 1);
}

/// The first core of /proc/cpuinfo; its keys differ between x86, Arm and RISC-V.
void read_cpuinfo(Host& host) {
  std::ifstream file("/proc/cpuinfo");
  std::string part;
  for (std::string line; std::getline(file, line);) {
    const size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::string key = trim(line.substr(0, colon));
    const std::string value = trim(line.substr(colon + 1));
    if (host.cpu.empty() && (key == "model name" || key == "uarch" || key == "Hardware")) host.cpu = value;
    if (part.empty() && (key == "CPU part" || key == "isa")) part = key + " " + value;
    if (!host.features.empty() || (key != "flags" && key != "Features")) continue;
    std::istringstream words(value);
    for (std::string word; words >> word;) {
      if (known_features().count(word) != 0) host.features.push_back(word);
    }
  }
  if (host.cpu.empty()) host.cpu = part;
}

}  // namespace

Host describe_host() {
  Host host;
  read_cpuinfo(host);
  utsname names{};
  if (uname(&names) == 0) {
    host.os = std::string(names.sysname) + " " + names.release + " " + names.machine;
    host.machine = names.machine;
    if (host.cpu.empty()) host.cpu = host.machine;
  }
  host.cores = static_cast<int32_t>(sysconf(_SC_NPROCESSORS_ONLN));
  return host;
}

}  // namespace inlay::tools
