// SPDX-License-Identifier: Apache-2.0
// Lays the constants of a model out in the segments behind the tables.
#pragma once
#include <map>
#include <utility>
#include <vector>

#include "tools/graph/ir.h"

namespace inlay::tools {

/// Where one constant lies.
struct Place {
  uint32_t segment;
  uint64_t offset, bytes;
};

/// Collects constants; equal ones are stored once.
class WeightStore {
 public:
  /// Gives the place of `data`'s bytes; the same for equal contents.
  Place add(const std::shared_ptr<const Bytes>& data);
  const std::vector<Bytes>& segments() const { return segments_; }

 private:
  std::vector<Bytes> segments_;
  int small_segment_ = -1;  // collects constants too small for a segment of their own
  std::map<const Bytes*, Place> by_pointer_;
  std::multimap<uint32_t, std::pair<std::shared_ptr<const Bytes>, Place>> by_crc_;
};

}  // namespace inlay::tools
