// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "plan/place_search.h"

namespace inlay {

void PlaceLayer::take(const PlaceLayout& layout, int32_t capacity, Bump* bump) {
  l_ = &layout;
  capacity_ = capacity;
  uint32_t buckets = 16;
  while (buckets < 2u * static_cast<uint32_t>(capacity)) buckets *= 2;
  mask_ = buckets - 1;
  words_ = bump->take_array<int64_t>(static_cast<size_t>(capacity) * static_cast<size_t>(layout.words));
  labels_ = bump->take_array<Label>(static_cast<size_t>(capacity));
  buckets_ = bump->take_array<int32_t>(buckets);
  order_ = bump->take_array<int32_t>(static_cast<size_t>(capacity));
}

void PlaceLayer::clear() {
  count_ = beaten_ = 0;
  std::fill(buckets_, buckets_ + mask_ + 1, -1);
}

/// FNV-1a over words, with the high half mixed in: a bucket is chosen by the low bits.
uint32_t PlaceLayer::hash_key(const int64_t* words) const {
  uint64_t hash = 14695981039346656037ull;
  for (int32_t i = l_->key; i < l_->words; ++i) {
    hash = (hash ^ static_cast<uint64_t>(words[i])) * 1099511628211ull;
    hash ^= hash >> 29;
  }
  return static_cast<uint32_t>(hash ^ hash >> 32);
}

bool PlaceLayer::no_worse(const int64_t* a, const int64_t* b, PlaceCounts counts) const {
  const auto part = [&](int32_t begin, int32_t end) {
    for (int32_t i = begin; i < end; ++i) {
      if (a[i] > b[i]) return false;
    }
    return true;
  };
  return (!counts.clocks || part(0, l_->busy)) && (!counts.busy || part(l_->busy, l_->constants)) &&
         (!counts.memory || part(l_->constants, l_->key));
}

void PlaceLayer::keep(const PlaceStep& step, int64_t bound, PlaceCounts counts) {
  const int64_t* words = fresh();
  const uint32_t hash = hash_key(words);
  int32_t* head = &buckets_[hash & mask_];
  for (int32_t i = *head; i >= 0; i = labels_[i].next) {
    Label& other = labels_[i];
    if (other.beaten || other.hash != hash || !std::equal(words + l_->key, words + l_->words, record(i) + l_->key)) continue;
    if (no_worse(record(i), words, counts)) return;
    if (!no_worse(words, record(i), counts)) continue;
    other.beaten = true;
    ++beaten_;
  }
  int64_t tie = 0;
  for (int32_t i = l_->queue; i < l_->lane; ++i) tie += words[i];
  labels_[count_] = {step, *head, hash, false, bound, tie};
  *head = count_++;
}

int64_t PlaceLayer::compact(int32_t most) {
  int32_t live = 0;
  for (int32_t i = 0; i < count_; ++i) {
    if (!labels_[i].beaten) order_[live++] = i;
  }
  int64_t given_up = kNever;
  if (live > most) {
    const auto better = [&](int32_t a, int32_t b) {
      const Label &x = labels_[a], &y = labels_[b];
      if (x.bound != y.bound) return x.bound < y.bound;
      return x.tie != y.tie ? x.tie < y.tie : a < b;
    };
    std::nth_element(order_, order_ + most, order_ + live, better);
    for (int32_t i = most; i < live; ++i) given_up = std::min(given_up, labels_[order_[i]].bound);
    std::sort(order_, order_ + most);
    live = most;
  } else if (beaten_ == 0) {
    return given_up;
  }
  clear();
  for (; count_ < live; ++count_) {
    const int32_t from = order_[count_];
    if (from != count_) std::copy(record(from), record(from) + l_->words, record(count_));
    Label label = labels_[from];
    label.next = buckets_[label.hash & mask_];
    buckets_[label.hash & mask_] = count_;
    labels_[count_] = label;
  }
  return given_up;
}

}  // namespace inlay
