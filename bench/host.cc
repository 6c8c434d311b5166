// SPDX-License-Identifier: Apache-2.0
#include "bench/host.h"

#include <sys/resource.h>

#include <fstream>
#include <string>

namespace inlay::bench {
namespace {

/// A line of /proc/self/status that counts kB, in bytes; 0: there is none.
uint64_t status_bytes(const std::string& key) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.compare(0, key.size(), key) == 0) return std::stoull(line.substr(key.size())) * 1024;
  }
  return 0;
}

}  // namespace

uint64_t peak_rss() {
  // The kernel's own mark of this program: that of getrusage also counts what the process was before exec, a shell or Python.
  if (const uint64_t mark = status_bytes("VmHWM:"); mark != 0) return mark;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) * 1024;  // Linux counts KiB
}

uint64_t current_rss() { return status_bytes("VmRSS:"); }

}  // namespace inlay::bench
