// SPDX-License-Identifier: Apache-2.0
#include "bench/host.h"

#include <sys/resource.h>

namespace inlay::bench {

uint64_t peak_rss() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) * 1024;  // Linux counts KiB
}

}  // namespace inlay::bench
