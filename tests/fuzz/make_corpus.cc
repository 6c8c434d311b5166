// SPDX-License-Identifier: Apache-2.0
// inlay_make_corpus DATA OUT: writes the models of the conformance data, OUT/tflite/*.tflite and OUT/inlay/*.inlay: the seeds
// of the libFuzzer targets, which are thus as many as there are cases and need no place in the repository.
#include <cstdio>
#include <filesystem>

#include "conformance/runner/stored_case.h"
#include "fuzz/targets.h"
#include "tools/emit/emit.h"

namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, const inlay::tools::Bytes& bytes) {
  inlay::tools::write_file(path.string(), bytes.data(), bytes.size());
}

int make(const fs::path& data, const fs::path& out) {
  int models = 0;
  fs::create_directories(out / "tflite");
  fs::create_directories(out / "inlay");
  for (const fs::directory_entry& file : fs::directory_iterator(data)) {
    if (file.path().extension() != ".json") continue;
    for (const inlay::conformance::StoredCase& c : inlay::conformance::read_cases(file.path().string()).cases) {
      const std::string name = file.path().stem().string() + "." + c.name;
      write(out / "tflite" / (name + ".tflite"), c.model);
      write(out / "inlay" / (name + ".inlay"), inlay::fuzz::convert(c.model));
      ++models;
    }
  }
  return models;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: inlay_make_corpus DATA OUT\n");
    return 2;
  }
  try {
    std::printf("%d models\n", make(argv[1], argv[2]));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "inlay_make_corpus: %s\n", error.what());
    return 1;
  }
  return 0;
}
