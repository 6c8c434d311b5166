// SPDX-License-Identifier: Apache-2.0
// inlay_mutation_test FILE.tflite SEED COUNT [FIRST]: every truncation of the file and of its .inlay form, then COUNT
// mutations of each, from number FIRST on. The mutation of a number depends on it and SEED alone, so a failure is repeated
// with COUNT 1. INLAY_MUTATION_OUT names a file that always holds the input being tried.
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>

#include "fuzz/targets.h"
#include "tools/emit/emit.h"

namespace {

using inlay::fuzz::Reached;
using inlay::tools::Bytes;

constexpr size_t kTruncations = 3000;  // of one file; larger files are cut in steps
constexpr unsigned kHangSeconds = 20;

struct Target {
  const char* name;
  Reached (*run)(const uint8_t*, size_t);
  Bytes seed;
  uint64_t tried[4];
};

void try_one(Target& target, const Bytes& bytes) {
  if (const char* path = std::getenv("INLAY_MUTATION_OUT")) inlay::tools::write_file(path, bytes.data(), bytes.size());
  alarm(kHangSeconds);  // a hang ends the test by SIGALRM
  ++target.tried[static_cast<int>(target.run(bytes.data(), bytes.size()))];
  alarm(0);
}

void truncate_all(Target& target) {
  const size_t step = target.seed.size() / kTruncations + 1;
  Bytes part;
  for (size_t n = 0; n < target.seed.size(); n += step) {
    part.assign(target.seed.begin(), target.seed.begin() + static_cast<std::ptrdiff_t>(n));
    try_one(target, part);
  }
}

class Mutator {
 public:
  explicit Mutator(uint64_t seed) : random_(seed) {}

  void mutate(Bytes& b) {
    for (size_t i = 1 + below(4); i > 0 && b.size() > 8; --i) once(b);
  }

 private:
  /// A number below n. Not a std distribution: those differ between libraries.
  size_t below(size_t n) { return static_cast<size_t>(random_() % n); }

  /// Half of all places lie in the first or last 4 KiB, where the tables are.
  size_t place(size_t size, size_t room) {
    const size_t last = size - room, near = last < 4096 ? last : 4096;
    switch (below(4)) {
      case 0: return below(near + 1);
      case 1: return last - below(near + 1);
      default: return below(last + 1);
    }
  }

  void once(Bytes& b) {
    static constexpr uint32_t kInteresting[] = {0, 1, 0xffffffff, 0x7fffffff, 0x80000000, 2, 16, 0xffff, 0x10000, 0x01000000, 0x7fc00000};
    switch (below(6)) {
      case 0: b[place(b.size(), 1)] ^= static_cast<uint8_t>(1u << below(8)); break;
      case 1: b[place(b.size(), 1)] = static_cast<uint8_t>(below(256)); break;
      case 2: {
        const uint32_t v = kInteresting[below(sizeof(kInteresting) / sizeof(kInteresting[0]))];
        std::memcpy(&b[place(b.size(), 4) & ~size_t{3}], &v, 4);
        break;
      }
      case 3: {
        const size_t n = 1 + below(b.size() < 64 ? b.size() : 64);
        std::memmove(&b[place(b.size(), n)], &b[place(b.size(), n)], n);
        break;
      }
      case 4: {
        const size_t n = 1 + below(16), at = place(b.size(), 1);
        b.insert(b.begin() + static_cast<std::ptrdiff_t>(at), n, static_cast<uint8_t>(below(256)));
        break;
      }
      default: {
        const size_t n = 1 + below(b.size() / 2 < 16 ? b.size() / 2 : 16);
        const auto at = b.begin() + static_cast<std::ptrdiff_t>(place(b.size(), n));
        b.erase(at, at + static_cast<std::ptrdiff_t>(n));
        break;
      }
    }
  }

  std::mt19937_64 random_;
};

/// A mutation of a .inlay file that changes its length is refused at once unless the header tells the new length.
void tell_length(Bytes& b) {
  const uint64_t size = b.size();
  if (b.size() >= 16) std::memcpy(&b[8], &size, sizeof(size));
}

void report(const Target& target, double seconds) {
  std::printf("%s: %llu refused, %llu verified, %llu prepared, %llu ran; %.1f s\n", target.name,
              static_cast<unsigned long long>(target.tried[0]), static_cast<unsigned long long>(target.tried[1]),
              static_cast<unsigned long long>(target.tried[2]), static_cast<unsigned long long>(target.tried[3]), seconds);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4 && argc != 5) {
    std::fprintf(stderr, "usage: inlay_mutation_test FILE.tflite SEED COUNT [FIRST]\n");
    return 2;
  }
  const Bytes tflite = inlay::tools::read_file(argv[1]);
  const uint64_t seed = std::strtoull(argv[2], nullptr, 10), count = std::strtoull(argv[3], nullptr, 10);
  const uint64_t first = argc == 5 ? std::strtoull(argv[4], nullptr, 10) : 0;
  Target targets[] = {{"inlay", inlay::fuzz::fuzz_inlay, inlay::fuzz::convert(tflite), {}},
                      {"tflite", inlay::fuzz::fuzz_tflite, tflite, {}}};
  for (Target& target : targets) {
    const auto start = std::chrono::steady_clock::now();
    if (first == 0) {
      try_one(target, target.seed);
      truncate_all(target);
    }
    for (uint64_t i = first; i < first + count; ++i) {
      Mutator mutator(seed * 0x9e3779b97f4a7c15u + i);
      Bytes bytes = target.seed;
      mutator.mutate(bytes);
      if (&target == &targets[0] && i % 8 != 0) tell_length(bytes);
      try_one(target, bytes);
    }
    report(target, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    std::fflush(stdout);
  }
  return 0;
}
