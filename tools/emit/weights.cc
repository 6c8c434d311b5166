// SPDX-License-Identifier: Apache-2.0
#include "tools/emit/weights.h"

#include "core/checked.h"
#include "core/crc32c.h"
#include "model/model.h"

namespace inlay::tools {
namespace {

// Below this, padding each constant to a segment's 64 bytes would cost more than it brings.
constexpr size_t kSmall = 2048;

}  // namespace

Place WeightStore::add(const std::shared_ptr<const Bytes>& data) {
  if (const auto it = by_pointer_.find(data.get()); it != by_pointer_.end()) return it->second;
  const uint32_t crc = crc32c(data->data(), data->size());
  const auto [first, last] = by_crc_.equal_range(crc);
  for (auto it = first; it != last; ++it) {
    if (*it->second.first == *data) return by_pointer_[data.get()] = it->second.second;
  }
  const bool small = data->size() < kSmall;
  if (!small || small_segment_ < 0) {
    segments_.emplace_back();
    if (small) small_segment_ = static_cast<int>(segments_.size()) - 1;
  }
  const size_t index = small ? static_cast<size_t>(small_segment_) : segments_.size() - 1;
  Bytes& segment = segments_[index];
  segment.resize(align_up(segment.size(), kConstantAlignment));
  const Place place = {static_cast<uint32_t>(index), segment.size(), data->size()};
  segment.insert(segment.end(), data->begin(), data->end());
  by_crc_.emplace(crc, std::make_pair(data, place));
  return by_pointer_[data.get()] = place;
}

}  // namespace inlay::tools
