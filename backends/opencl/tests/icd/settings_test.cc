// SPDX-License-Identifier: Apache-2.0
// The test ICD steered by the environment, and its report.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>

#include "fixture.h"

namespace inlay::icd {
namespace {

/// This program as another process, with settings; the counters it reports.
std::map<std::string, int64_t> run_with(const std::string& settings, const std::string& filter, int* exit_status) {
  char self[4096] = "";
  if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0) std::abort();
  const std::string report = testing::TempDir() + "inlay_icd_" + std::to_string(getpid()) + ".txt";
  const std::string command = "INLAY_ICD='" + settings + "' INLAY_ICD_REPORT='" + report + "' '" + self +
                              "' --gtest_also_run_disabled_tests --gtest_filter='" + filter + "' >/dev/null 2>&1";
  *exit_status = std::system(command.c_str());
  std::map<std::string, int64_t> counters;
  std::ifstream file(report);
  std::string name;
  int64_t value = 0;
  while (file >> name >> value) counters[name] = value;
  std::remove(report.c_str());
  return counters;
}

/// Run by the test below, under its settings.
TEST(DISABLED_TestIcdChild, MakesThreeBuffers) {
  cl_platform_id platform = nullptr;
  cl_device_id device = nullptr;
  ASSERT_EQ(clGetPlatformIDs(1, &platform, nullptr), CL_SUCCESS);
  ASSERT_EQ(clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &device, nullptr), CL_SUCCESS);
  cl_context context = clCreateContext(nullptr, 1, &device, nullptr, nullptr, nullptr);
  char name[64] = "";
  EXPECT_EQ(clGetDeviceInfo(device, CL_DEVICE_NAME, sizeof(name), name, nullptr), CL_SUCCESS);
  EXPECT_STREQ(name, "Imagined");
  for (int i = 1; i <= 3; ++i) {
    cl_int status = CL_SUCCESS;
    clCreateBuffer(context, CL_MEM_READ_WRITE, 64, nullptr, &status);  // and never released
    EXPECT_EQ(status, i == 2 ? -4 : CL_SUCCESS);
  }
}

TEST(TestIcdEnvironment, SettingsAndReport) {
  const std::string child = "DISABLED_TestIcdChild.MakesThreeBuffers";
  int status = -1;
  std::map<std::string, int64_t> counters = run_with("fail=create_buffer:2:1:-4 name=Imagined", child, &status);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(counters["live.memory"], 2);
  EXPECT_EQ(counters["live_bytes"], 128);
  EXPECT_EQ(counters["calls.create_buffer"], 3);
  EXPECT_EQ(counters["taken.create_buffer"], 2);
  run_with("name=Imagined", child, &status);  // without the fault its second buffer succeeds, which it does not expect
  EXPECT_NE(status, 0);
  run_with("fail=create_bufer:2:1:-4 name=Imagined", child, &status);  // a wrong setting is no setting
  EXPECT_NE(status, 0);
}

}  // namespace
}  // namespace inlay::icd
