// SPDX-License-Identifier: Apache-2.0
// Folders of built programs: warm, refused, torn, exchanged, not to be written, and two processes at once.
#include <fstream>
#include <iterator>
#include <map>
#include <thread>
#include <vector>

#include "failing.h"

namespace inlay::opencl {
namespace {

namespace fs = std::filesystem;

class Caching : public Failing {
 protected:
  /// A session on a new context. Returns how many programs were built from source.
  int64_t built(const char* cache_dir) {
    lose_the_context();
    const Life life = live(&chain, 1, cache_dir);
    expect_right(life);
    EXPECT_EQ(life.use.programs, programs);
    EXPECT_EQ(life.use.programs - life.use.programs_cached, counts().made[ICD_PROGRAM] - counts().taken[ICD_CREATE_PROGRAM_BINARY]);
    return counts().taken[ICD_CREATE_PROGRAM_SOURCE];
  }
  std::vector<fs::path> files() const {
    std::vector<fs::path> all;
    for (const auto& entry : fs::directory_iterator(folder)) all.push_back(entry.path());
    return all;
  }
  static std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static void write(const fs::path& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }
};

TEST_F(Caching, TheSecondSessionBuildsNothing) {
  EXPECT_EQ(built(folder.c_str()), programs);
  EXPECT_EQ(files().size(), static_cast<size_t>(programs));
  EXPECT_EQ(built(folder.c_str()), 0);
  EXPECT_EQ(built(nullptr), programs);
}

TEST_F(Caching, ARefusedBinaryIsBuiltAnew) {
  EXPECT_EQ(built(folder.c_str()), programs);
  lose_the_context();
  icd->fail(ICD_CREATE_PROGRAM_BINARY, 1, 0, CL_INVALID_BINARY);
  expect_right(live(&chain, 1, folder.c_str()));
  EXPECT_EQ(counts().taken[ICD_CREATE_PROGRAM_SOURCE], programs);
  lose_the_context();
  icd->fail(ICD_BUILD_PROGRAM, 1, 1, CL_BUILD_PROGRAM_FAILURE);  // taken, and then not built
  expect_right(live(&chain, 1, folder.c_str()));
  EXPECT_EQ(counts().taken[ICD_CREATE_PROGRAM_SOURCE], 1);
}

TEST_F(Caching, ADriverThatGivesNoBinariesIsNoFailure) {
  lose_the_context();
  icd->fail(ICD_GET_PROGRAM_BINARIES, 1, 0, CL_OUT_OF_HOST_MEMORY);
  expect_right(live(&chain, 1, folder.c_str()));
  EXPECT_TRUE(!fs::exists(folder) || files().empty());
}

TEST_F(Caching, TornAndExchangedFilesAreReplaced) {
  EXPECT_EQ(built(folder.c_str()), programs);
  const std::vector<fs::path> all = files();
  if (all.size() < 2) GTEST_SKIP() << "the chain is one program here";
  const std::string first = read(all[0]), second = read(all[1]);
  std::string flipped = first, header = first;
  flipped[flipped.size() - 5] ^= 1;
  header[0] ^= 1;
  const std::string huge = first.substr(0, 16) + std::string(8, '\x7f') + first.substr(24);
  for (const std::string& bad : {std::string(), first.substr(0, 7), first.substr(0, first.size() / 2), flipped, header, huge,
                                 first + "x", second, std::string(1000, 'z')}) {
    write(all[0], bad);
    EXPECT_EQ(built(folder.c_str()), 1) << bad.size() << " bytes";
    EXPECT_EQ(read(all[0]).size(), first.size());
    EXPECT_EQ(built(folder.c_str()), 0);
    if (HasFailure()) break;
  }
  EXPECT_EQ(files().size(), 2u);  // and nothing lies about
}

TEST_F(Caching, AFolderThatTakesNoFilesIsNoFailure) {
  write(folder, "a file, not a folder");
  EXPECT_EQ(built(folder.c_str()), programs);
  EXPECT_EQ(built((folder + "/below").c_str()), programs);
  EXPECT_EQ(built("/proc/no/such/folder"), programs);
  EXPECT_EQ(read(folder), "a file, not a folder");
}

/// This program as another process on `folder`; what its driver counted.
std::map<std::string, int64_t> run_child(const std::string& folder, const std::string& settings, int number) {
  char self[4096] = "";
  if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0) std::abort();
  const std::string report = folder + ".report" + std::to_string(number);
  const std::string command = "INLAY_ICD='" + settings + "' INLAY_ICD_REPORT='" + report + "' INLAY_TEST_CACHE='" + folder + "' '" +
                              self + "' --gtest_also_run_disabled_tests --gtest_filter='DISABLED_Child.*' >/dev/null 2>&1";
  std::map<std::string, int64_t> counters;
  counters["status"] = std::system(command.c_str());
  std::ifstream file(report);
  std::string name;
  int64_t value = 0;
  while (file >> name >> value) counters[name] = value;
  fs::remove(report);
  return counters;
}

using DISABLED_Child = Failing;
TEST_F(DISABLED_Child, OneLife) { expect_right(live(&chain, 1, std::getenv("INLAY_TEST_CACHE"))); }

TEST_F(Caching, TwoProcessesAtOnceOnAColdFolder) {
  std::map<std::string, int64_t> counters[2];
  std::thread other([&] { counters[1] = run_child(folder, "delay=build_program:200", 1); });
  counters[0] = run_child(folder, "delay=build_program:200", 0);
  other.join();
  for (auto& c : counters) EXPECT_EQ(c["status"], 0);
  EXPECT_EQ(files().size(), static_cast<size_t>(programs));
  std::map<std::string, int64_t> warm = run_child(folder, "", 0);
  EXPECT_EQ(warm["status"], 0);
  EXPECT_EQ(warm["taken.create_program_source"], 0);
  EXPECT_EQ(warm["taken.create_program_binary"], programs);
}

TEST_F(Caching, AnotherDriverBuildsItsOwn) {
  EXPECT_EQ(run_child(folder, "", 0)["taken.create_program_source"], programs);
  std::map<std::string, int64_t> other = run_child(folder, "driver_version=9.9", 0);
  EXPECT_EQ(other["status"], 0);
  EXPECT_EQ(other["taken.create_program_source"], programs);
  EXPECT_EQ(other["taken.create_program_binary"], 0);
  EXPECT_EQ(run_child(folder, "", 0)["taken.create_program_source"], 0);
  EXPECT_EQ(files().size(), static_cast<size_t>(2 * programs));
}

}  // namespace
}  // namespace inlay::opencl
