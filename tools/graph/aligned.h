// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <cstring>
#include <vector>

#include "tools/graph/ir.h"

namespace inlay::tools {

/// Zeroed memory aligned to 64, for models and what they are read into: std::vector aligns bytes to 8 on 32-bit hosts.
class Aligned {
 public:
  explicit Aligned(size_t bytes = 0) : lines_(bytes / sizeof(Line) + 1) {}
  explicit Aligned(const Bytes& copied) : Aligned(copied.size()) {
    if (!copied.empty()) std::memcpy(data(), copied.data(), copied.size());
  }
  uint8_t* data() { return lines_.front().bytes; }
  const uint8_t* data() const { return lines_.front().bytes; }

 private:
  struct alignas(64) Line {
    uint8_t bytes[64];
  };
  std::vector<Line> lines_;
};

}  // namespace inlay::tools
