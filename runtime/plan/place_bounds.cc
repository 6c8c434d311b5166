// SPDX-License-Identifier: Apache-2.0
#include "plan/place_bounds.h"

#include <algorithm>
#include <cmath>

namespace inlay {
namespace {

constexpr int32_t kBalanceSteps = 200;
constexpr double kGrain = 1024;  // weights are multiples of 1 / kGrain, so that sums below 2^43 are exact

/// Sums of doubles, as a bound: never above the exact one.
int64_t round_down(double sum) { return static_cast<int64_t>(std::floor(sum - std::fabs(sum) * 1e-13)); }

}  // namespace

PlaceValue value_of(const PlaceScore& score, PlaceObjective objective) {
  if (objective == PlaceObjective::kThroughput) return {score.period, score.latency};
  if (objective == PlaceObjective::kMemory) return {static_cast<int64_t>(score.bytes), score.latency};
  return {score.latency, 0};
}

void PlaceBounds::take(const PlaceProblem& problem, Bump* bump) {
  const auto nodes = static_cast<size_t>(problem.node_count);
  tail_ = bump->take_array<Nanos>(nodes * static_cast<size_t>(problem.device_count + 1));
  work_ = bump->take_array<double>(nodes + 1);
  bytes_ = bump->take_array<double>(nodes + 1);
}

void PlaceBounds::fill(const PlaceTables& tables, const PlaceLayout& layout, const PlaceSettings& settings) {
  t_ = &tables;
  l_ = &layout;
  objective_ = settings.objective;
  fill_tails(settings);
  balance(settings);
  const PlaceProblem& p = *t_->problem;
  work_[p.node_count] = bytes_[p.node_count] = 0;
  for (int32_t n = p.node_count; n-- > 0;) {
    int32_t ignored = 0;
    work_[n] = work_[n + 1] + least_work(settings, n, &ignored);
    bytes_[n] = bytes_[n + 1];
    for (int32_t i = 0; i < p.nodes[n].input_count; ++i) {
      const int32_t tensor = p.nodes[n].inputs[i];
      if (tensor >= 0 && p.tensors[tensor].constant && t_->slot[tensor] < 0)
        bytes_[n] += static_cast<double>(p.tensors[tensor].bytes);
    }
  }
}

/// Along every path of the graph at least the ops on it and the transfers between them take place one behind the other.
void PlaceBounds::fill_tails(const PlaceSettings& settings) {
  const PlaceProblem& p = *t_->problem;
  const int32_t places = t_->places;
  for (int32_t n = p.node_count; n-- > 0;) {
    const PlaceNode& node = p.nodes[n];
    Nanos* tail = tail_ + static_cast<ptrdiff_t>(n) * places;
    std::fill(tail, tail + places, kNever);
    for (int32_t i = 0; i < node.option_count; ++i) {
      Nanos& least = tail[t_->place_of[node.options[i].device]];
      if (is_allowed(settings, n, node.options[i])) least = std::min(least, node.options[i].cost);
    }
    for (int32_t from = 0; from < places; ++from) {
      if (tail[from] == kNever) continue;
      Nanos longest = 0;
      for (int32_t i = 0; i < node.output_count; ++i) {
        const int32_t tensor = node.outputs[i];
        if (tensor < 0) continue;
        const uint64_t bytes = p.tensors[tensor].bytes;
        if (t_->wanted[tensor] != 0) longest = std::max(longest, place_copy_time(p, from, kHostPlace, bytes));
        for (int32_t r = t_->reader_begin[tensor]; r < t_->reader_begin[tensor + 1]; ++r) {
          const Nanos* next = tail_ + static_cast<ptrdiff_t>(t_->readers[r]) * places;
          Nanos least = kNever;
          for (int32_t to = 0; to < places; ++to) {
            if (next[to] != kNever) least = std::min(least, place_copy_time(p, from, to, bytes) + next[to]);
          }
          longest = std::max(longest, least);
        }
      }
      tail[from] += longest;
    }
  }
}

/// The least of weight * work over a node's options, and the queue of that one.
double PlaceBounds::least_work(const PlaceSettings& settings, int32_t node, int32_t* place) const {
  const PlaceNode& n = t_->problem->nodes[node];
  double least = -1;
  for (int32_t i = 0; i < n.option_count; ++i) {
    if (!is_allowed(settings, node, n.options[i])) continue;
    const int32_t at = t_->place_of[n.options[i].device];
    const bool waits = t_->problem->devices[n.options[i].device].kind == PlaceKind::kRemote;
    const double work = (weight_[at] + (waits ? weight_[0] : 0)) * static_cast<double>(n.options[i].cost);
    if (least >= 0 && work >= least) continue;
    least = work;
    *place = at;
  }
  return std::max(least, 0.0);
}

/// For any weights of the queues that add up to 1, the weighted sum of their ends is not above the latest of them, and each
/// node adds at least least_work() to it: the linear relaxation's dual. Good weights are found by raising those of full queues.
void PlaceBounds::balance(const PlaceSettings& settings) {
  const PlaceProblem& p = *t_->problem;
  bool used[kMostPlaces] = {};
  int32_t count = 0;
  for (int32_t n = 0; n < p.node_count; ++n) {
    for (int32_t i = 0; i < p.nodes[n].option_count; ++i) used[t_->place_of[p.nodes[n].options[i].device]] = true;
  }
  for (int32_t q = 0; q < t_->places; ++q) count += used[q] ? 1 : 0;
  for (int32_t q = 0; q < t_->places; ++q) weight_[q] = used[q] ? std::floor(kGrain / count) / kGrain : 0;
  double best[kMostPlaces], best_sum = -1;
  std::copy(weight_, weight_ + kMostPlaces, best);
  double raw[kMostPlaces];
  std::copy(weight_, weight_ + kMostPlaces, raw);
  for (int32_t step = 0; step < (count > 1 ? kBalanceSteps : 0); ++step) {
    double sum = 0, load[kMostPlaces] = {}, most = 0, total = 0;
    for (int32_t n = 0; n < p.node_count; ++n) {
      int32_t at = 0;
      const double work = least_work(settings, n, &at);
      sum += work;
      load[at] += weight_[at] > 0 ? work / weight_[at] : 0;
    }
    if (sum > best_sum) {
      best_sum = sum;
      std::copy(weight_, weight_ + kMostPlaces, best);
    }
    for (int32_t q = 0; q < t_->places; ++q) most = std::max(most, load[q]);
    if (!(most > 0)) break;
    for (int32_t q = 0; q < t_->places; ++q) total += raw[q] *= std::exp(2.0 / (4 + step) * load[q] / most);
    for (int32_t q = 0; q < t_->places; ++q) weight_[q] = std::floor((raw[q] /= total) * kGrain) / kGrain;
  }
  std::copy(best, best + kMostPlaces, weight_);
}

bool PlaceBounds::was_issued(const int64_t* words, int32_t node, int32_t issued) const {
  return t_->any_order ? (words[l_->issued + node / 64] >> (node % 64) & 1) != 0 : node < issued;
}

/// When a tensor can be at a place that asks for it now.
Nanos PlaceBounds::arrival(const int64_t* words, int32_t slot, int32_t tensor, int32_t to) const {
  const PlaceSlot s = PlaceSlot::from(words[l_->slot + slot]);
  const Nanos host = words[l_->queue], queue = words[l_->queue + to];
  if ((s.present >> to & 1) != 0) return queue;
  const bool by_host = (s.present >> kHostPlace & 1) != 0;
  const Nanos begin = by_host ? host : words[l_->available + slot];
  const uint64_t bytes = t_->problem->tensors[tensor].bytes;
  return std::max(queue, begin + place_copy_time(*t_->problem, by_host ? kHostPlace : s.home, to, bytes));
}

Nanos PlaceBounds::path_bound(const int64_t* words, int32_t issued, const int32_t* holder) const {
  Nanos bound = 0;
  for (int32_t q = 0; q < t_->places; ++q) bound = std::max({bound, words[l_->queue + q], words[l_->lane + q]});
  for (int32_t slot = 0; slot < t_->slots; ++slot) {
    const PlaceSlot s = PlaceSlot::from(words[l_->slot + slot]);
    const int32_t tensor = holder[slot];
    if (s.used == 0 || t_->problem->tensors[tensor].constant) continue;
    Nanos at[kMostPlaces];
    for (int32_t q = 0; q < t_->places; ++q) at[q] = t_->exists[q] ? arrival(words, slot, tensor, q) : kNever;
    if (t_->wanted[tensor] != 0) bound = std::max(bound, at[kHostPlace]);
    for (int32_t r = t_->reader_begin[tensor]; r < t_->reader_begin[tensor + 1]; ++r) {
      if (was_issued(words, t_->readers[r], issued)) continue;
      const Nanos* tail = tail_ + static_cast<ptrdiff_t>(t_->readers[r]) * t_->places;
      Nanos least = kNever;
      for (int32_t q = 0; q < t_->places; ++q) least = std::min(least, at[q] + tail[q]);
      bound = std::max(bound, least);
    }
  }
  return bound;
}

double PlaceBounds::rest(const int64_t* words, int32_t issued, const double* sums) const {
  if (!t_->any_order) return sums[issued];
  double sum = 0;
  for (int32_t n = 0; n < t_->problem->node_count; ++n) sum += was_issued(words, n, issued) ? 0 : sums[n] - sums[n + 1];
  return sum;
}

int64_t PlaceBounds::bound(const int64_t* words, int32_t issued, const int32_t* holder) const {
  if (objective_ == PlaceObjective::kMemory) {
    int64_t bytes = 0;
    for (int32_t m = 0; m < t_->places; ++m) bytes += words[l_->constants + m] + words[l_->peak + m];
    return bytes + round_down(rest(words, issued, bytes_));
  }
  const bool latency = objective_ == PlaceObjective::kLatency;
  const int64_t* queue = words + (latency ? l_->queue : l_->busy);
  double work = rest(words, issued, work_);
  Nanos most = 0;
  for (int32_t q = 0; q < t_->places; ++q) {
    work += weight_[q] * static_cast<double>(queue[q]);
    most = std::max({most, queue[q], words[l_->busy_lane + q]});
  }
  return std::max({most, round_down(work), latency ? path_bound(words, issued, holder) : 0});
}

}  // namespace inlay
