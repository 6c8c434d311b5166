// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "emulator/cuda_emulator.h"
#include "emulator/launch.h"

namespace inlay::cuda::emulator {
namespace {

struct Shuffle {
  uint64_t value, result;
  int from;
};
struct Vote {
  bool bit;
  uint32_t result;
};
struct Sum {
  uint32_t value, result;
};

void do_shuffle(void* const operands[kWarpSize]) {
  for (uint32_t i = 0; i < kWarpSize; ++i) {
    auto* s = static_cast<Shuffle*>(operands[i]);
    if (s == nullptr) continue;
    const auto* source = static_cast<const Shuffle*>(operands[s->from]);
    if (source == nullptr) throw Fault("a shuffle reads lane " + std::to_string(s->from) + ", which does not take part");
    s->result = source->value;
  }
}

void do_vote(void* const operands[kWarpSize]) {
  uint32_t bits = 0;
  for (uint32_t i = 0; i < kWarpSize; ++i) {
    if (operands[i] != nullptr && static_cast<const Vote*>(operands[i])->bit) bits |= 1u << i;
  }
  for (uint32_t i = 0; i < kWarpSize; ++i) {
    if (operands[i] != nullptr) static_cast<Vote*>(operands[i])->result = bits;
  }
}

void do_sum(void* const operands[kWarpSize]) {
  uint32_t sum = 0;
  for (uint32_t i = 0; i < kWarpSize; ++i) sum += operands[i] != nullptr ? static_cast<const Sum*>(operands[i])->value : 0;
  for (uint32_t i = 0; i < kWarpSize; ++i) {
    if (operands[i] != nullptr) static_cast<Sum*>(operands[i])->result = sum;
  }
}

}  // namespace

uint64_t shuffle(uint32_t mask, const char* what, uint64_t value, int from) {
  Shuffle s = {value, 0, from & 31};
  meet(mask, what, &s, do_shuffle);
  return s.result;
}

uint32_t ballot(uint32_t mask, bool bit) {
  Vote v = {bit, 0};
  meet(mask, "a vote", &v, do_vote);
  return v.result;
}

uint32_t sum_of_lanes(uint32_t mask, uint32_t value) {
  Sum s = {value, 0};
  meet(mask, "__reduce_add_sync", &s, do_sum);
  return s.result;
}

}  // namespace inlay::cuda::emulator
