// SPDX-License-Identifier: Apache-2.0
// inlay_mutation_test FILE.tflite SEED COUNT [FIRST]: truncations of the file and of its .inlay form, then COUNT mutations of
// each, from number FIRST on. The mutation of a number depends on it and SEED alone, so a failure is repeated with COUNT 1.
// inlay_mutation_test DIRECTORY SEED COUNT [PREFIX]: the same for every model of the conformance data in DIRECTORY; PREFIX:
// for those whose file begins so.
// inlay_mutation_test DIRECTORY: each .tflite and .inlay file below it, as it is.
// INLAY_MUTATION_OUT names a file that always holds the input being tried, and with ".txt" one that says where it is from.
#include <sys/time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "conformance/runner/stored_case.h"
#include "fuzz/mutator.h"
#include "fuzz/targets.h"
#include "tools/emit/emit.h"

namespace {

using inlay::fuzz::Reached;
using inlay::tools::Bytes;
namespace fs = std::filesystem;

constexpr size_t kTruncations = 3000;  // of one file; larger files are cut in steps
constexpr long kHangSeconds = 20;

struct Work {
  uint64_t seed, first, count;
  size_t truncations;
};

struct Target {
  const char* name;
  Reached (*run)(const uint8_t*, size_t);
  uint64_t tried[4];
  double seconds;
};

void leave_behind(const Bytes& bytes, const std::string& from) {
  const char* path = std::getenv("INLAY_MUTATION_OUT");
  if (path == nullptr) return;
  inlay::tools::write_file(path, bytes.data(), bytes.size());
  inlay::tools::write_file(std::string(path) + ".txt", from.data(), from.size());
}

void try_one(Target& target, const Bytes& bytes, const std::string& from) {
  leave_behind(bytes, from);
  // A hang ends the test by SIGPROF; time that other processes take does not count.
  const itimerval limit = {{0, 0}, {kHangSeconds, 0}}, none = {};
  setitimer(ITIMER_PROF, &limit, nullptr);
  ++target.tried[static_cast<int>(target.run(bytes.data(), bytes.size()))];
  setitimer(ITIMER_PROF, &none, nullptr);
}

void truncate_all(Target& target, const Bytes& seed, size_t most, const std::string& from) {
  const size_t step = most != 0 ? seed.size() / most + 1 : seed.size() + 1;
  Bytes part;
  for (size_t n = 0; n < seed.size(); n += step) {
    part.assign(seed.begin(), seed.begin() + static_cast<std::ptrdiff_t>(n));
    try_one(target, part, from + " cut to " + std::to_string(n));
  }
}

void try_model(Target& target, const Bytes& model, const Work& work, const std::string& name) {
  const auto start = std::chrono::steady_clock::now();
  const std::string from = name + " as ." + target.name;
  const bool is_inlay = target.run == inlay::fuzz::fuzz_inlay;
  if (work.first == 0) {
    try_one(target, model, from);
    truncate_all(target, model, work.truncations, from);
  }
  for (uint64_t i = work.first; i < work.first + work.count; ++i) {
    inlay::fuzz::Mutator mutator(work.seed * 0x9e3779b97f4a7c15u + i);
    Bytes bytes = model;
    if (i % 2 == 0)
      mutator.mutate_word(bytes);
    else
      mutator.mutate(bytes);
    if (is_inlay && i % 8 != 0) inlay::fuzz::tell_length(bytes);
    try_one(target, bytes, from + " mutation " + std::to_string(i));
  }
  target.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void report(const Target& target) {
  std::printf("%s: %llu refused, %llu verified, %llu prepared, %llu ran; %.1f s\n", target.name,
              static_cast<unsigned long long>(target.tried[0]), static_cast<unsigned long long>(target.tried[1]),
              static_cast<unsigned long long>(target.tried[2]), static_cast<unsigned long long>(target.tried[3]), target.seconds);
}

std::vector<fs::path> data_files(const char* directory, const std::string& prefix) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& file : fs::directory_iterator(directory)) {
    const std::string stem = file.path().stem().string();
    if (file.path().extension() == ".json" && stem.compare(0, prefix.size(), prefix) == 0) files.push_back(file.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

void try_files(Target& inlay, Target& tflite, const char* directory) {
  for (const fs::directory_entry& file : fs::recursive_directory_iterator(directory)) {
    const std::string path = file.path().string();
    if (file.path().extension() == ".inlay") try_one(inlay, inlay::tools::read_file(path), path);
    if (file.path().extension() == ".tflite") try_one(tflite, inlay::tools::read_file(path), path);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bool files = argc == 2 && fs::is_directory(argv[1]);
  if (!files && argc != 4 && argc != 5) {
    std::fprintf(stderr,
                 "usage: inlay_mutation_test FILE.tflite SEED COUNT [FIRST]\n"
                 "       inlay_mutation_test DIRECTORY SEED COUNT [PREFIX]\n");
    return 2;
  }
  Target inlay = {"inlay", inlay::fuzz::fuzz_inlay, {}, 0}, tflite = {"tflite", inlay::fuzz::fuzz_tflite, {}, 0};
  if (files) {
    try_files(inlay, tflite, argv[1]);
    report(inlay);
    report(tflite);
    return 0;
  }
  Work work = {std::strtoull(argv[2], nullptr, 10), 0, std::strtoull(argv[3], nullptr, 10), kTruncations};
  if (fs::is_directory(argv[1])) {
    for (const fs::path& file : data_files(argv[1], argc == 5 ? argv[4] : "")) {
      work.truncations = work.count < 10 ? 100 : kTruncations;  // of the first model of a file; the others are cut alike
      size_t number = 0;
      for (const inlay::conformance::StoredCase& c : inlay::conformance::read_cases(file.string()).cases) {
        if (work.count < 10 && number++ % 8 != 0) continue;  // the quick test of every build
        const std::string name = file.stem().string() + "." + c.name;
        try_model(inlay, inlay::fuzz::convert(c.model), work, name);
        try_model(tflite, c.model, work, name);
        work.truncations = 0;
        work.seed = work.seed * 31 + 7;  // equal numbers mean other mutations in each model
      }
    }
  } else {
    const Bytes model = inlay::tools::read_file(argv[1]);
    if (argc == 5) work.first = std::strtoull(argv[4], nullptr, 10);
    try_model(inlay, inlay::fuzz::convert(model), work, argv[1]);
    try_model(tflite, model, work, argv[1]);
  }
  report(inlay);
  report(tflite);
  return 0;
}
